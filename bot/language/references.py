"""Which execution is meant, and how many lines of its log."""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.intents import ExecutionRef
from bot.language.normalising import folded
from bot.language.tokens import Shape, Token
from bot.language.vocabulary import ARTICLES, EXECUTION_WORDS, IT, LATEST

_NUMBER = re.compile(r"(?:#|№|no\.?)?([1-9][0-9]{0,11})")
_COUNT = re.compile(r"[1-9][0-9]{0,5}")
_SHORT_COUNT = re.compile(r"-n([1-9][0-9]{0,5})")
_CHINESE_COUNT = re.compile(r"(?:最后|最近)?([1-9][0-9]{0,5})行")
_LINE_KEYS = frozenset({"lines", "n", "line", "行数"})
_LINE_WORDS = frozenset({"lines", "line", "行"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """An execution by number, or None for the one of the thread or the asker's latest."""

    execution: ExecutionRef = None


def reference_in(tokens: Sequence[Token], *, in_thread: bool) -> Reference | None:
    """The execution that the words mean, or None when they mean something else."""
    if any(token.shape is not Shape.WORD for token in tokens):
        return None
    words = [folded(token.text) for token in tokens]
    told = [word for word in words if word not in EXECUTION_WORDS | ARTICLES]
    if not told:
        return None if words else Reference()
    if len(told) > 1:
        return None
    if found := _NUMBER.fullmatch(told[0]):
        return Reference(execution=int(found.group(1)))
    # In a thread "the last one" may be the thread's or the asker's: nobody should guess.
    is_spoken_of = told[0] in IT or (told[0] in LATEST and not in_thread)
    return Reference() if is_spoken_of else None


def line_count(tokens: Sequence[Token]) -> tuple[int | None, tuple[Token, ...]]:
    """How many lines are asked for (None: not said) and the tokens that say something else."""
    count: int | None = None
    rest: list[Token] = []
    waiting = deque(tokens)
    while waiting:
        token = waiting.popleft()
        following = waiting[0] if waiting else None
        said = _count_in(token)
        if said is None and following is not None:
            said = _count_of_two(token, following)
            if said is not None:
                waiting.popleft()
        if said is None or count is not None:
            rest.append(token)
        else:
            count = said
    if count is not None:
        rest = [token for token in rest if folded(token.text) not in LATEST | {"tail"}]
    return count, tuple(rest)


def _count_in(token: Token) -> int | None:
    if token.shape is Shape.PAIR and folded(token.key) in _LINE_KEYS:
        return _whole(_COUNT.fullmatch(folded(token.text)))
    word = folded(token.text)
    if found := _SHORT_COUNT.fullmatch(word) or _CHINESE_COUNT.fullmatch(word):
        return int(found.group(1))
    return None


def _count_of_two(token: Token, following: Token) -> int | None:
    """`-n 50`, `--lines 50`, `50 lines`."""
    if token.shape is Shape.FLAG and folded(token.key) in _LINE_KEYS:
        return _whole(_COUNT.fullmatch(folded(following.text)))
    if folded(token.text) == "-n":
        return _whole(_COUNT.fullmatch(folded(following.text)))
    if folded(following.text) in _LINE_WORDS:
        return _whole(_COUNT.fullmatch(folded(token.text)))
    return None


def _whole(found: re.Match[str] | None) -> int | None:
    return int(found.group()) if found else None
