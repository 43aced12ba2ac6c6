"""Things that shall be done: `need north cleaned`, `can we get it pushed`, `it should be`."""

# ruff: noqa: SIM905  lists of words read best as words
from collections.abc import Collection, Iterator
from dataclasses import replace

from bot.language.lexicons import stem
from bot.language.sentences import Atom, Sentence, Shape

_LEADS = frozenset(
    "please pls plz plox kindly hey hi hello ok okay so yo team folks guys all everyone and also "
    "just now still really urgently i we id wed would like".split()
)
_WISHES = frozenset({"need", "want"})
_GETS = frozenset({"get", "have"})
_INVERTED = frozenset({"can", "could", "would", "may"})
_ASKERS = frozenset("i we you u someone somebody anyone anybody".split())
_ANY_GET = frozenset({"please", "pls", "plz", "lets", "kindly"})
_DUTIES = (("should", "be"), ("must", "be"), ("has", "to", "be"), ("have", "to", "be"))
_POLITE = frozenset({"please", "pls", "plz", "plox", "kindly", "asap"})
_HEDGES = frozenset(
    "may might could would can will does do did probably maybe perhaps possibly apparently "
    "already still often sometimes always usually no not "
    "never nothing anything i we you they he she".split()
)
_IRREGULAR = {"rebuilt": "rebuild", "sent": "send", "shut": "shut", "reset": "reset", "run": "run"}
_TOLD = frozenset("is are was were been being got had that which who a an".split())
_DESCRIBED = frozenset("version versions release releases revision tag image".split())
"""`The deployed version` is one that is looked for."""
_MOST = 60
"""Atoms of a sentence that is read like this."""


def as_command(sentence: Sentence, known: Collection[str]) -> Sentence:
    """The deed in its base form, where `known` are words of the catalogue; else as it was.

    A wish of the speaker becomes a request, and so does what ought to be done: nobody tells a
    machine what a thing needs for another reason. What perhaps ought to be stays a tale.
    """
    atoms = sentence.atoms
    if not 3 <= len(atoms) <= _MOST or any(a.shape is Shape.HAN for a in atoms):
        return sentence
    wish = _wish_of(atoms)
    if wish is not None:
        deed = _deed_after(atoms, wish + 1, known)
        return _told_as(sentence, {wish: "please", **deed}) if deed else sentence
    duty = _duty_of(atoms)
    if duty is None:
        return sentence
    first, last = duty
    deed = _next_deed(atoms, last, known)
    if not deed:
        return sentence
    word = "please" if _is_meant(atoms, first) else "needs"
    return _told_as(sentence, {**dict.fromkeys(range(first, last + 1), word), **deed})


def _is_meant(atoms: tuple[Atom, ...], first: int) -> bool:
    """Somebody says please, or that it ought to be done and not that it may have to."""
    texts = [atom.text for atom in atoms]
    if any(text in _POLITE for text in texts):
        return True
    return texts[first] != "be" and not _HEDGES & {*texts} and "by now" not in " ".join(texts)


def _told_as(sentence: Sentence, words: dict[int, str]) -> Sentence:
    atoms = (
        replace(atom, text=words[at]) if at in words else atom
        for at, atom in enumerate(sentence.atoms)
    )
    return replace(sentence, atoms=tuple(atoms))


def _wish_of(atoms: tuple[Atom, ...]) -> int | None:
    """The place of `need` or `get` where the sentence begins with the speaker's wish."""
    said: list[str] = []
    for at, atom in enumerate(atoms):
        if _may_wish(atom.text, said):
            is_to_get = [a.text for a in atoms[at + 1 : at + 3]] in (["to", "get"], ["to", "have"])
            return at + 2 if is_to_get else at
        if atom.text in _GETS and _may_get(atom.text, said):
            return at
        is_lead = atom.text in _LEADS | _INVERTED | _ASKERS | {"lets"} or atom.shape is Shape.MARK
        if not is_lead:
            return None
        said.append(atom.text)
    return None


def _may_wish(word: str, said: list[str]) -> bool:
    """`We need`, `i'd like`; what you need, or what we can need, is no wish."""
    if set(said) & (_INVERTED - {"would"} | _ASKERS - {"i", "we"}):
        return False
    return word in _WISHES or (word == "like" and said[-1:] in (["would"], ["id"]))


def _may_get(word: str, said: list[str]) -> bool:
    """`Get it cleaned`, `can we get it cleaned`; `we have it cleaned` tells."""
    asked = [each for each in said if each in _INVERTED | _ASKERS]
    if asked and asked[0] in _INVERTED:
        return len(asked) > 1
    if set(said) & _ASKERS or (word == "have" and not set(said) & _ANY_GET):
        return False
    return not said or bool(set(said) & _ANY_GET) or said[-1] == ","


def _deed_after(
    atoms: tuple[Atom, ...], start: int, known: Collection[str]
) -> dict[int, str] | None:
    """The one thing that shall be done; none where two are, or where it tells of one."""
    found = [
        (at, base)
        for at in range(start + 1, len(atoms))
        if not atoms[at].text.endswith("ing") and (base := _base_of(atoms[at], known)) is not None
    ]
    if len(found) != 1 or atoms[start].text in {"to", "not"}:
        return None
    at, base = found[0]
    after = atoms[at + 1].text if at + 1 < len(atoms) else ""
    return None if atoms[at - 1].text in _TOLD or after in _DESCRIBED else {at: base}


def _duty_of(atoms: tuple[Atom, ...]) -> tuple[int, int] | None:
    """Where it stands that something has to be done, behind what it is said of."""
    texts = [atom.text for atom in atoms]
    if texts[0] in {"can", "could"} and "be" in texts[2:]:
        # `Can web-01 be rebooted please?`
        at = texts.index("be", 2)
        return at, at
    for at in range(1, len(atoms)):
        if atoms[at].text in {"needs", "need"}:
            end = at
            while end + 1 < len(atoms) and atoms[end + 1].text in {"to", "be", "a", "another"}:
                end += 1
            return at, end
        for words in _DUTIES:
            said = tuple(atom.text for atom in atoms[at : at + len(words)])
            if said == words:
                return at, at + len(words) - 1
    return None


def _next_deed(atoms: tuple[Atom, ...], last: int, known: Collection[str]) -> dict[int, str] | None:
    """`needs a reboot`, `needs rebooting`, `needs to be rebooted`: the word right behind it."""
    at = last + 1
    if at >= len(atoms) or atoms[at].shape is not Shape.WORD or atoms[last].text == "to":
        return None
    if atoms[last].text in {"a", "another"}:
        return {at: atoms[at].text} if stem(atoms[at].text) in known else None
    base = _base_of(atoms[at], known)
    return {at: base} if base is not None else None


def _base_of(atom: Atom, known: Collection[str]) -> str | None:
    if atom.shape is not Shape.WORD or atom.raw[:1].isdigit():
        return None
    return next((base for base in _bases(atom.text) if stem(base) in known), None)


def _bases(word: str) -> Iterator[str]:
    if word in _IRREGULAR:
        yield _IRREGULAR[word]
    ending = next((end for end in ("ed", "ing") if word.endswith(end)), "")
    bare = word[: len(word) - len(ending)]
    if not ending or len(bare) < 3:
        return
    yield bare
    yield bare + "e"
    if bare[-1] == bare[-2]:
        yield bare[:-1]
    if ending == "ed" and bare[-1] == "i":
        yield bare[:-1] + "y"
