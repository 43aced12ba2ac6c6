"""How near two names are, for "did you mean": spelling in Latin script, bigrams in Chinese."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA

from bot.language.normalising import compact, folded

_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_PARTS = re.compile(r"[^\w]+")


def has_cjk(text: str) -> bool:
    return _CJK.search(text) is not None


def closeness(said: str, name: str) -> float:
    """1 for the same name, 0 for one that would be an absurd suggestion."""
    ours, theirs = folded(said), folded(name)
    if not ours or not theirs:
        return 0.0
    if compact(said) == compact(name):
        return 1.0
    if has_cjk(ours) or has_cjk(theirs):
        return _bigram_closeness(compact(said), compact(name))
    return max(_spelling_closeness(ours, theirs), _part_closeness(ours, theirs))


def nearest(said: str, names: Iterable[str], *, most: int = 3) -> tuple[str, ...]:
    """The nearest names, best first, equals by alphabet; none rather than an absurd one."""
    scored = ((closeness(said, name), name) for name in dict.fromkeys(names))
    return best((pair for pair in scored if pair[0] > 0), most=most)


def misspelt(said: str, names: Iterable[str]) -> str | None:
    """The name that was probably mistyped; never another word or a part of one."""
    ours = folded(said)
    scored = ((_spelling_closeness(ours, folded(name)), name) for name in names)
    return next(iter(best((pair for pair in scored if pair[0] > 0), most=1)), None)


def best(scored: Iterable[tuple[float, str]], *, most: int) -> tuple[str, ...]:
    """The names of the highest scores, equals by alphabet."""
    ranked: Sequence[tuple[float, str]] = sorted(scored, key=lambda pair: (-pair[0], pair[1]))
    return tuple(name for _, name in ranked[:most])


def _edits_allowed(length: int) -> int:
    return 0 if length < 3 else 1 if length < 6 else 2 if length < 10 else 3


def _spelling_closeness(ours: str, theirs: str) -> float:
    length = min(len(ours), len(theirs))
    allowed = _edits_allowed(length)
    # Short words are near by chance: `web` is not `dev`; their first letters must agree.
    if allowed == 0 or (length < 5 and ours[0] != theirs[0]):
        return 0.0
    edits = OSA.distance(ours, theirs, score_cutoff=allowed)
    return 0.0 if edits > allowed else 1.0 - edits / (max(len(ours), len(theirs)) + 1)


def _part_closeness(ours: str, theirs: str) -> float:
    """`report disk` and `disk` are near `disk-report`; `deployment` is near `deploy`."""
    said, name = set(_words(ours)), set(_words(theirs))
    if not said or not name:
        return 0.0
    shared = len(said & name) / len(said | name)
    if shared >= 0.5:
        return 0.6 + shared / 4
    if len(theirs) >= 4 and ours.startswith(theirs):
        return 0.6
    return 0.6 if len(ours) >= 3 and any(part.startswith(ours) for part in name) else 0.0


def _words(text: str) -> list[str]:
    return [word for word in _PARTS.split(text) if len(word) > 1]


def _bigram_closeness(ours: str, theirs: str) -> float:
    shorter, longer = sorted((ours, theirs), key=len)
    if len(shorter) < 2 or not (has_cjk(ours) and has_cjk(theirs)):
        return 0.0
    left, right = _bigrams(ours), _bigrams(theirs)
    shared = 2 * (left & right).total() / (left.total() + right.total())
    if shorter in longer:
        return max(shared, 0.6)
    return shared if shared >= 0.5 else 0.0


def _bigrams(text: str) -> Counter[str]:
    return Counter(text[i : i + 2] for i in range(len(text) - 1))
