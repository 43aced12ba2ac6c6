"""Whole turns of phrase that mean a verb of the catalogue: `off and on again`, `back to 1.4.2`."""

# ruff: noqa: SIM905  lists of words read best as words
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.language.lexicons import Lexicon, phrase_key
from bot.language.ranking import named_whole
from bot.language.sentences import Atom, Sentence, Shape

_LEADS = frozenset(
    "please pls plz kindly hey hi hello ok okay so yo just now can could would will you u someone "
    "somebody anyone lets let us go ahead and quickly time to i we need want id like ready a do "
    "the bot jobthread team folks : , !".split()
)
_FILLED = "please"
"""A word without a meaning: places stay the same."""
_SWITCHING = frozenset("turn switch power flip toggle shut take bring put".split())
_RETURNING = frozenset("get bring put go take switch move return set flip change roll step".split())
_PLACING = frozenset("get put bring send install update promote move take roll set upload".split())
_LAUNCHING = frozenset("launch fire start trigger invoke call initiate kick".split())
_MAKING = frozenset("create perform initiate conduct issue request schedule order produce".split())
_TO_A_PLACE = frozenset("to on onto in into out live over".split())
_NOT_A_PLACE = frozenset(
    "back down from traffic percent secret config configuration settings backup weight".split()
)
_VERSION = re.compile(r"v?\d+\.\d+\.\d+[\w.-]*|[0-9a-f]{7,40}")
_EARLIER = frozenset("previous prior earlier older last before".split())
_DEEDS = frozenset("deploy deployment release rollout push change update upgrade version".split())
_MOST = 60
_MOST_CLAUSES = 3
_NEAR = 6

Rewrites = dict[int, str]


def rephrased(sentence: Sentence, lexicon: Lexicon) -> Sentence:
    """The sentence with the catalogue's own verb; unchanged where none of the turns is in it."""
    atoms = sentence.atoms
    if not 3 <= len(atoms) <= _MOST or any(a.shape is Shape.HAN for a in atoms):
        return sentence
    for at in _verbs_of(atoms):
        for turn in _TURNS:
            words = turn(atoms, at, lexicon)
            if words:
                changed = (replace(a, text=words.get(i, a.text)) for i, a in enumerate(atoms))
                return replace(sentence, atoms=tuple(changed))
    return sentence


def _verbs_of(atoms: Sequence[Atom]) -> list[int]:
    """Where a request may begin: the first telling word of the sentence and behind each mark."""
    found: list[int] = []
    is_begun = False
    for at, atom in enumerate(atoms):
        if atom.shape is Shape.MARK:
            is_begun = False
        elif not is_begun and not _leads(atoms, at):
            is_begun = True
            found.append(at)
    return found[:_MOST_CLAUSES]


def _leads(atoms: Sequence[Atom], at: int) -> bool:
    after = atoms[at + 1].text if at + 1 < len(atoms) else ""
    return atoms[at].text in _LEADS and (atoms[at].text != "go" or after in {"ahead", "and"})


def _known(lexicon: Lexicon, *names: str) -> str:
    """The first of the names that a job of the catalogue goes by."""
    return next((name for name in names if phrase_key(name) in lexicon.names), "")


def _off_and_on(atoms: Sequence[Atom], at: int, lexicon: Lexicon) -> Rewrites:
    """`Turn it off and on again`, `switch gateway off and back on`: a restart."""
    if atoms[at].text not in _SWITCHING:
        return {}
    texts = [atom.text for atom in atoms]
    off = next((i for i in range(at + 1, len(texts)) if texts[i] == "off"), None)
    if off is None or texts[off + 1 : off + 2] not in (["and"], ["then"], ["&"]):
        return {}
    on = next((i for i in range(off + 2, min(off + 5, len(texts))) if texts[i] == "on"), None)
    meant = _known(lexicon, "restart", "reboot")
    if on is None or not meant or named_whole(lexicon, atoms[at + 1 :]):
        return {}
    again = [on + 1] if texts[on + 1 : on + 2] == ["again"] else []
    return {at: meant, **dict.fromkeys([*range(off, on + 1), *again], _FILLED)}


def _back_to(atoms: Sequence[Atom], at: int, lexicon: Lexicon) -> Rewrites:
    """`Get search back to 6.5.0`, `downgrade search to 6.5.0`: an earlier version."""
    meant = _known(lexicon, "rollback", "revert")
    texts = [atom.text for atom in atoms]
    if not meant or _known(lexicon, texts[at]):
        return {}
    if texts[at] == "downgrade":
        return {at: meant}
    back = next((i for i in range(at + 1, len(texts) - 1) if texts[i] == "back"), None)
    if texts[at] == "return" and back is None:
        back = at
    is_earlier = any(_VERSION.fullmatch(word) or word in _EARLIER for word in texts)
    if texts[at] not in _RETURNING or back is None or not is_earlier:
        return {}
    if not {"to", "on", "onto"} & {*texts[back + 1 : back + 3]} and texts[at] != "return":
        return {}
    return {back: _FILLED, at: meant}


def _undo_last(atoms: Sequence[Atom], at: int, lexicon: Lexicon) -> Rewrites:
    """`Undo the last deploy of search`: which one is what the job goes back to by itself."""
    texts = [atom.text for atom in atoms]
    if texts[at] not in {"undo", "revert", "reverse"} or not _known(
        lexicon, "rollback", "undo deploy"
    ):
        return {}
    last = next(
        (
            i
            for i in range(at + 1, min(at + 4, len(texts)))
            if texts[i] in {"last", "latest", "recent"}
        ),
        None,
    )
    deed = next((i for i in range(at + 1, min(at + _NEAR, len(texts))) if texts[i] in _DEEDS), None)
    if deed is None or (last is not None and last > deed):
        return {}
    filled = [i for i in range(at + 1, deed + 1) if i in {last, deed} or texts[i] == "most"]
    return {
        at: _known(lexicon, "rollback", "revert") or texts[at],
        **dict.fromkeys(filled, _FILLED),
    }


def _by_version(atoms: Sequence[Atom], at: int, lexicon: Lexicon) -> Rewrites:
    """`Get search 3.0.1 onto dev`, `update search to 3.0.1`: what has a version is deployed."""
    texts = [atom.text for atom in atoms]
    meant = _known(lexicon, "deploy", "release", "upgrade")
    is_new = texts[at] in _PLACING and not _known(lexicon, texts[at])
    has_version = any(_VERSION.fullmatch(word) for word in texts[at + 1 :])
    if not (meant and is_new and has_version and _TO_A_PLACE & {*texts[at + 1 :]}):
        return {}
    if _NOT_A_PLACE & {*texts} or any("%" in word for word in texts):
        return {}
    return {} if named_whole(lexicon, atoms[at + 1 :]) else {at: meant}


def _of_a_form(atoms: Sequence[Atom], at: int, lexicon: Lexicon) -> Rewrites:
    """`Kick off fix.sh on web-01`: what has the form that only a few jobs ask for is run."""
    if atoms[at].text not in _LAUNCHING:
        return {}
    end = at + 2 if [a.text for a in atoms[at + 1 : at + 2]] in (["off"], ["up"]) else at + 1
    if atoms[at].text == "kick" and end == at + 1:
        return {}
    raws = [a.raw for a in atoms[end : end + 4] if a.shape is Shape.WORD and not a.raw.isalpha()]
    formed = any(len(r) <= 200 and re.fullmatch(f, r) for f in lexicon.forms for r in raws)
    if not formed or named_whole(lexicon, atoms[at:end]):
        return {}
    return {at: "run", **dict.fromkeys(range(at + 1, end), _FILLED)}


def _making(atoms: Sequence[Atom], at: int, lexicon: Lexicon) -> Rewrites:
    """`Create a full backup`: the deed is what is made."""
    if atoms[at].text not in _MAKING or _known(lexicon, atoms[at].text):
        return {}
    if [a.text for a in atoms[at + 1 : at + 2]] not in (["a"], ["an"], ["another"], ["the"]):
        return {}
    named = named_whole(lexicon, atoms[at + 2 : at + _NEAR])
    return {at: _FILLED} if named else {}


def _healthy(atoms: Sequence[Atom], at: int, lexicon: Lexicon) -> Rewrites:
    """`Is search healthy?` asks for a check, if the catalogue has one."""
    meant = _known(lexicon, "healthcheck", "health check")
    if atoms[at].text not in {"is", "are"} or not meant or atoms[at + 1].text in {"you", "it"}:
        return {}
    end = next((i for i, a in enumerate(atoms) if i > at + 1 and a.text == "healthy"), None)
    return {end: "healthcheck"} if end is not None else {}


_TURNS: tuple[Callable[[Sequence[Atom], int, Lexicon], Rewrites], ...] = (
    _off_and_on,
    _back_to,
    _undo_last,
    _by_version,
    _of_a_form,
    _making,
    _healthy,
)
