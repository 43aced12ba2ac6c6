"""Verbs that many say for another, where a catalogue has only the other: `power cycle` a host."""

# ruff: noqa: SIM905  a list of words reads best as words
import re
from collections.abc import Mapping
from dataclasses import replace

from bot.language.lexicons import Lexicon, phrase_key
from bot.language.sentences import Atom, Sentence, Shape
from bot.language.stopwords import HOSTS

_VERSION = re.compile(r"v?\d+\.\d+[\w.-]*|latest|[0-9a-f]{7,40}")
_NUMBER = re.compile(r"\d{1,6}")
_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "power cycle": ("reboot", "restart host", "restart server", "restart"),
    "power-cycle": ("reboot", "restart"),
    "recycle": ("restart", "reboot"),
    "bounce": ("restart",),
    "cycle": ("restart",),
    "kick": ("restart",),
    "spin up": ("scale up", "scale"),
    "dep": ("deploy",),
    "depl": ("deploy",),
}
_WITH_VERSION = ("deploy", "upgrade", "release")
_WITH_NUMBER = ("scale", "resize")
_BY_VALUE = frozenset({"bump", "upgrade"})
_SET_TO = frozenset("increase raise decrease lower reduce".split())
"""Verbs for which the value tells what is meant: a version, or how many there shall be."""
_OF_THINGS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("send", "route", "direct", "divert", "move"), ("shift",)),
    **dict.fromkeys(("pull", "produce", "create", "make"), ("generate", "export")),
    **dict.fromkeys(("refresh", "extend"), ("renew",)),
    **dict.fromkeys(("regenerate", "recreate"), ("rebuild",)),
    "change": ("reset",),
    "apply": ("run", "install"),
}
"""Verbs that mean the other only of what the catalogue says it of: `shift traffic`."""
_LEADS = frozenset(
    "please pls plz kindly hey hi hello ok okay so yo just now can could would will you u someone "
    "somebody anyone lets go ahead and quickly".split()
)
_NOT_AFTER = frozenset({"off", "out", "back", "in"})
_REVERSED = frozenset({"back", "down", "from"})
_FAR = 8
_ARTICLES = frozenset({"the", "this", "that"})


def in_own_words(sentence: Sentence, lexicon: Lexicon) -> Sentence:
    """The sentence with its verb as the catalogue says it; unchanged where that knows the verb."""
    at = _verb_of(sentence)
    if at is None:
        return sentence
    atoms = sentence.atoms
    for count in (2, 1):
        said = " ".join(atom.text for atom in atoms[at : at + count])
        meant = _meant(said, sentence, lexicon) if _is_new(atoms, at, count, lexicon) else ""
        if meant:
            return _with(sentence, at, count, meant)
    meant = _meant_of_a_thing(sentence, at, lexicon)
    return _with(sentence, at, 1, meant) if meant else _of_a_host(sentence, at, lexicon)


def _meant_of_a_thing(sentence: Sentence, at: int, lexicon: Lexicon) -> str:
    atoms = sentence.atoms
    targets = _OF_THINGS.get(atoms[at].text, ())
    things = {a.text for a in atoms[at + 1 : at + _FAR] if a.shape is Shape.WORD}
    if not targets or not _is_new(atoms, at, 1, lexicon):
        return ""
    keys = {each: {phrase_key(f"{each} {thing}") for thing in things} for each in targets}
    return next((each for each in targets if keys[each] & lexicon.names.keys()), "")


def _verb_of(sentence: Sentence) -> int | None:
    for at, atom in enumerate(sentence.atoms[:12]):
        if atom.shape is Shape.WORD and atom.text not in _LEADS:
            return at
        if atom.shape not in {Shape.WORD, Shape.MARK}:
            return None
    return None


def _is_new(atoms: tuple[Atom, ...], at: int, count: int, lexicon: Lexicon) -> bool:
    after = atoms[at + 1].text if at + 1 < len(atoms) else ""
    if after in _NOT_AFTER or len(atoms) < at + count + 1:
        return False
    own = {phrase_key(atoms[at].text), phrase_key(f"{atoms[at].text} {after}")}
    return not any(key in lexicon.names for key in own)


def _meant(said: str, sentence: Sentence, lexicon: Lexicon) -> str:
    targets = _SYNONYMS.get(said, ())
    words = [atom.text for atom in sentence.atoms]
    if said in _BY_VALUE and not _REVERSED & set(words):
        if any(_VERSION.fullmatch(word) for word in words):
            targets = _WITH_VERSION
        elif any(_NUMBER.fullmatch(word) for word in words):
            targets = _WITH_NUMBER
    elif said in _SET_TO and "to" in words and "by" not in words and "%" not in sentence.folded:
        targets = _WITH_NUMBER if any(map(_NUMBER.fullmatch, words)) else ()
    most = said.count(" ") + 1
    fitting = (each for each in targets if each.count(" ") < most)
    return next((each for each in fitting if phrase_key(each) in lexicon.names), "")


def _with(sentence: Sentence, at: int, count: int, meant: str) -> Sentence:
    """Places stay the same: what is over becomes a word without a meaning."""
    words = [*meant.split(), *["please"] * count][:count]
    atoms = list(sentence.atoms)
    for i, word in enumerate(words):
        atoms[at + i] = replace(atoms[at + i], text=word)
    return replace(sentence, atoms=tuple(atoms))


def _of_a_host(sentence: Sentence, at: int, lexicon: Lexicon) -> Sentence:
    """`restart the box web-03` where the catalogue says `restart host`."""
    atoms = sentence.atoms
    noun = at + 2 if at + 1 < len(atoms) and atoms[at + 1].text in _ARTICLES else at + 1
    if noun + 1 >= len(atoms) or atoms[noun].text not in HOSTS:
        return sentence
    verbs = (atoms[at].text, *_SYNONYMS.get(atoms[at].text, ()))
    pairs = (f"{verb} {each}" for verb in verbs if " " not in verb for each in sorted(HOSTS))
    known = [pair for pair in pairs if phrase_key(pair) in lexicon.names]
    if not known or phrase_key(f"{atoms[at].text} {atoms[noun].text}") in lexicon.names:
        return sentence
    return _with(sentence, at, noun - at + 1, known[0])
