"""Short forms of an operator: `/pods prod`, `list pods in prod`, `kubectl logs api-7d9 -n prod`."""

import re
from collections.abc import Sequence

from bot.domain.intents import UseShortcut
from bot.domain.surroundings import Shortcut
from bot.language.sentences import Atom, Sentence, Shape
from bot.language.stopwords import FILLERS

_FLAGS = {"n": "namespace", "l": "selector", "tail": "lines", "replicas": "replicas"}
_PREFIXES = frozenset({"k8s", "kubectl", "kube", "/k8s", "/kubectl"})
_SHOWS = frozenset({"show", "list", "get", "me", "the", "all"})
_POLITE = frozenset({"please", "pls", "plz", "kindly", "thanks", "thx", "now"})
_SHARED = frozenset({"logs", "scale", "status", "list", "help", "run", "history", "cancel"})
"""Words that mean something without any shortcut: they need a slash or a prefix."""
_NUMBERS = frozenset({"replicas", "lines", "count", "limit", "tail", "n"})
_DIGITS = re.compile(r"[0-9]{1,6}")

_NAMESPACE = frozenset({"ns", "namespace"})


def shortcut_in(
    sentence: Sentence, shortcuts: Sequence[Shortcut], taken: frozenset[str]
) -> UseShortcut | None:
    """The shortcut of a whole sentence; `taken` are words that name jobs."""
    atoms = [atom for atom in sentence.atoms if atom.shape is not Shape.MARK]
    if not atoms or not shortcuts:
        return None
    known = {shortcut.name: shortcut for shortcut in shortcuts}
    first = atoms[0].text
    if first.startswith("/") and first[1:] in known:
        return _read(known[first[1:]], atoms[1:])
    if first in _PREFIXES:
        rest = [atom for atom in atoms[1:] if atom.text not in _SHOWS]
        return _read(known[rest[0].text], rest[1:]) if rest and rest[0].text in known else None
    return _plain(known, atoms, taken)


def _plain(
    known: dict[str, Shortcut], atoms: Sequence[Atom], taken: frozenset[str]
) -> UseShortcut | None:
    at, end = 0, len(atoms)
    while at < end and atoms[at].text in _SHOWS | _POLITE:
        at += 1
    while end > at and atoms[end - 1].text in _POLITE:
        end -= 1
    atoms = atoms[:end]
    name = atoms[at].text if at < len(atoms) else ""
    if name not in known or name in _SHARED or name in taken:
        return None
    rest = [atom for atom in atoms[at + 1 :] if atom.text not in {"in", "of", "for", "from"}]
    words = [atom for atom in rest if atom.shape is not Shape.PAIR]
    if len(rest) > len(known[name].arguments) or any(a.text in FILLERS for a in words):
        return None
    return _read(known[name], rest)


def _read(shortcut: Shortcut, atoms: Sequence[Atom]) -> UseShortcut | None:
    """Named ones first, numbers to what counts, the rest in order; None when some are left."""
    given: dict[str, str] = {}
    words: list[str] = []
    waiting = list(atoms)
    while waiting:
        atom = waiting.pop(0)
        key = atom.key or (atom.text.lstrip("-") if atom.text.startswith("-") else "")
        name = key if key in shortcut.arguments else _FLAGS.get(key, "")
        if name in shortcut.arguments:
            if atom.raw and atom.shape in {Shape.PAIR, Shape.FLAG}:
                given[name] = atom.raw
            elif waiting:
                given[name] = waiting.pop(0).raw
        elif atom.text in _NAMESPACE and "namespace" in shortcut.arguments and waiting:
            given["namespace"] = waiting.pop(0).raw
        elif not atom.raw:
            # A flag that the shortcut does not have.
            return None
        elif atom.shape is Shape.PAIR:
            words.append(f"{atom.key}={atom.raw}")
        elif atom.text not in {"in", "of", "for", "to", "from", "on", "the", *_NAMESPACE}:
            words.append(atom.raw)
    return _ordered(shortcut, given, words)


def _ordered(shortcut: Shortcut, given: dict[str, str], words: Sequence[str]) -> UseShortcut | None:
    for word in words:
        is_number = _DIGITS.fullmatch(word) is not None
        open_ones = [name for name in shortcut.arguments if name not in given]
        fitting = [n for n in open_ones if (n in _NUMBERS) is is_number]
        if "=" in word and "selector" in open_ones:
            fitting = ["selector"]
        if not fitting:
            return None
        given[fitting[0]] = word
    ordered = {name: given[name] for name in shortcut.arguments if name in given}
    return UseShortcut(name=shortcut.name, given=ordered)
