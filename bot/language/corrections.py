"""Values that are taken back in the same breath: 5 个，哦不，8 个, 不是预发，是生产."""

# ruff: noqa: E501  patterns read best on one line
import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from bot.language.claims import Claims
from bot.language.numbers import CHINESE
from bot.language.sentences import HAN

_CORRECTION = re.compile(
    r"(?<=[ ,-])(?:no|nope|sorry|actually|wait|rather|oops|instead|correction|mean|meant|make that)(?=[ ,-])"
)
_HAN_CORRECTIONS = ("不对", "错了", "不是", "应该是", "改成", "还是", "更正", "说错")
MOST = 8
"""Values and corrections of a sentence that are looked at."""

_OH = r"(?:啊|哦|噢|喔|呃|额|诶|哎|唉|哎呀|等等|等下|等一下|抱歉|不好意思|那个)*[，,、…. ]*"
_TAKES_BACK = re.compile(
    rf"[，,。；;、…. ]*{_OH}(?:(?:不对|错了|[说打写]错了?|不是(?=[，,。])|不(?=[，,。])|更正|口误|搞错了)[了啦]?[，,：:。 ]*(?:应该)?(?:是|要|改成|改为|到|为)? *"
    r"|(?<=[，,。；;])(?:还是)?(?:改成|改为|换成)(?:到)? *)"
)
_DENIED = re.compile(r"[，,、 ]*(?<!是)(?:不是|而不是|不要|别用) *$")
_BUT = re.compile(r"[，,、 ]*(?:而?是|要) *")
_COUNTED = rf"(?: ?(?:(?!不)[{HAN}]{{1,3}}|%|[a-z]{{1,8}}))?"
_CLASSES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<![a-z0-9_.-])v?\d+\.\d+\.\d+(?:-[a-z0-9.]+)?(?![a-z0-9_-])",
        r"(?<![a-z0-9_.-])[a-z]+(?:-[a-z]+)*-?\d{1,4}(?![a-z0-9_-])",
        rf"(?<![a-z0-9_.:/-])(?:\d{{1,6}}(?:\.\d+)?|{CHINESE})(?![a-z0-9_.:/-]*\d){_COUNTED}",
    )
)


def is_corrected(claims: Claims, low: int, high: int) -> bool:
    """A word between the two takes the first one back; it is then accounted for."""
    between = claims.sentence.folded[claims.atoms[low].end : claims.atoms[high].at]
    hit = _CORRECTION.search(f" {between} ") is not None
    said = None if hit else next((word for word in _HAN_CORRECTIONS if word in between), None)
    which = said == "还是" and not between.strip().startswith(("，", ",", "。", "；"))
    if not (hit or said) or which:
        # 线上还是预发 asks which.
        return False
    claims.claim(low + 1, high - 1, "correction")
    return True


_INSTEAD = re.compile(r"\b(?:instead of|rather than|in place of)(?: (?:the|in|on|to|at|from))*\s*$")


def is_ruled_out(claims: Claims, low: int, high: int) -> bool:
    """`To prod instead of staging`: the later of the two is the one that is not meant."""
    between = claims.sentence.folded[claims.atoms[low].end : claims.atoms[high].at]
    if _INSTEAD.search(between) is None:
        return False
    claims.claim(low + 1, high - 1, "correction")
    return True


def claim_taken_back(claims: Claims) -> None:
    """Of two numbers, versions or machines of which one is taken back, that one says nothing."""
    text = claims.sentence.folded
    for pattern in _CLASSES:
        said = [found.span() for found in islice(pattern.finditer(text), MOST)]
        for begin, end in _taken_back(text, said):
            covered = claims.sentence.within(begin, end)
            if covered and claims.is_free(covered[0], covered[-1]):
                claims.claim(covered[0], covered[-1], "correction")


def _taken_back(text: str, said: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Stretches of text that take back a value, and where that value is."""
    for (first, ends), (second, last) in pairwise(said):
        between = text[ends:second]
        mark = next((m for m in _TAKES_BACK.finditer(between) if m.end() == len(between)), None)
        if mark is not None and (
            mark.start() == 0 or _are_alike(text[first:ends], text[second:last])
        ):
            yield ends + mark.start(), second
            yield first, ends
            continue
        denied = _DENIED.search(text[:first])
        if denied is not None and _BUT.fullmatch(between):
            yield denied.start(), second
        elif _DENIED.fullmatch(between):
            yield ends, last


def _are_alike(one: str, other: str) -> bool:
    """Two versions or machines, or numbers of the same: 5 个 and 8 个."""
    return _SIGNS.sub("", one) == _SIGNS.sub("", other) or "." in one


_SIGNS = re.compile(rf"[\d .]|{CHINESE}")
