"""Values that somebody takes back in the same breath: `to 5, no, 6`, `6 instead of 5`."""

import re
from itertools import pairwise

from bot.language.numbers import ENGLISH
from bot.language.sentences import Sentence, without

_DAY = r"20\d\d-\d\d-\d\d"
_CLOCK = r"\d{1,2}(?::[0-5]\d)? ?[ap]m|[0-2]?\d:[0-5]\d"
_VERSION = r"v?\d+\.\d+\.[\w.-]*\w"
_MACHINE = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*-?\d+"
_NUMBER = rf"\d{{1,9}}(?:\.\d+)?|(?:{ENGLISH})"
_VALUE = re.compile(
    rf"(?<![\w./:@#=-])(?:(?P<day>{_DAY})|(?P<clock>{_CLOCK})|(?P<version>{_VERSION})|(?P<machine>{_MACHINE})"
    rf"|(?P<number>{_NUMBER}))(?![\w/:@=-]|\.\w)"
)
_SORRY = (
    r"(?:no|nope|sorry|oops|whoops|wait|actually|rather|or rather|i mean|i meant|correction"
    r"|scratch that|my bad|err?|uh|um|make (?:it|that)|let's (?:say|do)|better)"
)
_THING = r"(?: (?!no\b|not\b|sorry\b|wait\b|and\b|or\b|to\b|but\b|then\b)[a-z]+)?"
_TIES = r"(?:(?:to|at|it|that|for|on|in|with|is|be|just) )*"
_MENDED = re.compile(rf"{_THING}[\s,.;:…!?-]*(?:{_SORRY}[\s,.;:…!-]+)+{_TIES}")
_RULED_OUT = re.compile(
    rf"{_THING}[\s,]*(?:and |but )?(?:not|instead of|rather than|in place of) {_TIES}"
)
_NOT = re.compile(rf"(?<!\w)not {_TIES}$")
_BUT = re.compile(rf"{_THING},? but (?:rather )?{_TIES}")
_MOST = 24
"""Values of a sentence that are looked at."""


def retracted(sentence: Sentence) -> Sentence:
    """The sentence without numbers, versions, clocks and machines that were taken back."""
    values = list(_VALUE.finditer(sentence.folded))[:_MOST]
    spans: list[tuple[int, int]] = []
    for one, other in pairwise(values):
        if one.lastgroup != other.lastgroup or (spans and one.start() < spans[-1][1]):
            continue
        between = sentence.folded[one.end() : other.start()]
        if _MENDED.fullmatch(between):
            spans.append((one.start(), other.start()))
        elif _RULED_OUT.fullmatch(between):
            spans.append((one.end(), other.end()))
        elif _BUT.fullmatch(between) and (denied := _NOT.search(sentence.folded[: one.start()])):
            spans.append((denied.start(), other.start()))
    return without(sentence, spans)
