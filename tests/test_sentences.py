"""No sentence for people is forgotten: whatever looks like one goes through wording."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.web.passkeys import WORDS

ROOT = Path(__file__).parent.parent
EDGES = [*(ROOT / "blocks").glob("*.py"), *(ROOT / "handlers").glob("*.py")]
RULES = [
    path
    for room in ("domain", "services", "language")
    for path in (ROOT / "bot" / room).rglob("*.py")
]

MARKED = {"_", "N_", "ngettext", "at_rest"}
UNSEEN = {"cast", "compile", "debug", "info", "warning", "error", "critical", "exception"}
TOLD = {"Mistake", "Refused", "Stale", "UnknownName", "InvalidValues"}

NOT_SENTENCES = {
    "application/json; charset=utf-8": "a media type",
    "Content-Type": "a header",
    "Jobthread": "our own name",
    "{date_short_pretty} {time}": "Slack's pattern of a date",
}
"""What looks like a sentence and is none that anybody reads, and why."""

TYPED = re.compile(
    r"(run|status|list|history|logs|cancel|rerun|can|why|alias|away|schedules?|help)"
    r"( until| remove)? [^a-z ].*"
)
"""How a command is written, which is the same in every language."""

FOR_OPERATORS = {
    "bot/services/prunings.py": "the command line's",
    "bot/services/verifications.py": "the command line's",
    "bot/domain/ledgers.py": "the command line's",
    "bot/domain/chains.py": "the command line's",
    "bot/domain/trials.py": "the command line's",
    "bot/domain/prompts.py": "what a model reads",
}
"""Files whose sentences stay English, and why."""


def _parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def _above(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while (node := parents.get(node, node)) in parents:
        yield node


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    func = node.func
    return func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")


def _text(node: ast.AST) -> str | None:
    """A literal, or an f-string with `{}` for what is filled in."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        pieces = [each.value if isinstance(each, ast.Constant) else "{}" for each in node.values]
        return "".join(str(piece) for piece in pieces)
    return None


def _is_sentence(text: str) -> bool:
    bare = re.sub(r"\{[^{}]*\}", "", text).strip(" .:,·•…()[]")
    if text in NOT_SENTENCES or TYPED.fullmatch(text) or re.search(r"[a-z]{2}", bare) is None:
        return False
    if re.search(r"\\[a-zA-Z]|\(\?|\^|<!", text):
        return False
    return " " in bare or re.fullmatch(r"[A-Z][a-z]+", bare) is not None


def _literals(path: Path) -> Iterator[tuple[ast.AST, str, list[ast.AST]]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parents = _parents(tree)
    for node in ast.walk(tree):
        text = _text(node)
        above = list(_above(node, parents))
        parent = parents.get(node)
        if any(isinstance(each, ast.Assert) for each in above):
            continue
        inside = isinstance(parent, ast.JoinedStr | ast.FormattedValue | ast.Expr | ast.Subscript)
        if text is None or inside or isinstance(parent, ast.MatchValue | ast.Compare):
            continue
        if not {_called(each) for each in above} & (MARKED | UNSEEN):
            yield node, text, above


def _where(path: Path, node: ast.AST, text: str) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}: {text}"


@pytest.mark.parametrize("path", EDGES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_whatever_is_shown_goes_through_wording(path: Path) -> None:
    left = [_where(path, node, text) for node, text, _ in _literals(path) if _is_sentence(text)]

    assert left == []


def _is_raised(above: list[ast.AST], *, by_values: bool) -> bool:
    told = TOLD | ({"ValueError", "Denied"} if by_values else {"Denied"})
    is_rule = any(isinstance(each, ast.keyword) and each.arg != "reason" for each in above)
    return bool({_called(each) for each in above} & told) and not is_rule


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_whatever_is_refused_is_said_through_wording(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    left = [
        _where(path, node, text)
        for node, text, above in _literals(path)
        if _is_sentence(text) and _is_raised(above, by_values="domain" in path.parts)
    ]

    assert left == [] or name in FOR_OPERATORS


def test_the_passkey_page_says_only_what_the_catalogues_hold() -> None:
    script = (ROOT / "bot" / "web" / "passkey.js").read_text(encoding="utf-8")

    assert set(re.findall(r'say\("([^"]+)"', script)) == set(WORDS)


def test_every_exception_is_still_one() -> None:
    assert [name for name in FOR_OPERATORS if not (ROOT / name).exists()] == []
