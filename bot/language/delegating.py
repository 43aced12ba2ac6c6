"""Being away, in English and Chinese: `away until friday 18:00 @bo because vacation`."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.domain.delegations import AwayAsked, AwayEnded, AwayListed, AwayQuestion
from bot.language.normalising import cleaned
from bot.language.times import Time, times_in

LONGEST = 1_000
"""Characters of such a text."""

_ENGLISH = (
    r"(?:i(?:'|’)?(?:m|\s+am|ll\s+be|\s+will\s+be)\s+)?"
    r"(?:away|ooo|out\s+of\s+(?:the\s+)?office|on\s+(?:vacation|holiday|leave)|delegate"
    r"|stand[- ]?ins?|delegations?)(?![\w-])(?:\s+to(?=\s+<@))?"
)
_CHINESE = r"我?(?:要|将|会)?(?:休假|请假|不在|委托|代理)(?:中|了)?(?:给(?=\s*<@))?"
_HEAD = re.compile(rf"(?:/job\s+)?(?:{_ENGLISH}|{_CHINESE})\s*", re.I)
_BACK = re.compile(
    r"(?:/job\s+)?(?:(?:i(?:'|’)?(?:m|\s+am)\s+)?back(?:\s+again)?|我?回来了|销假)\s*[.!。！]?",
    re.I,
)
_END = re.compile(
    r"(?:end(?:s|ed)?|stop|cancel|over|revoke|结束|取消|撤销)\s*(?:#?(?P<number>\d{1,9}))?\s*[.!。！]?",
    re.I,
)
_END_OF = re.compile(
    r"(?:/job\s+)?(?:(?:end|stop|cancel|revoke)\s+(?:my\s+|the\s+)?delegation"
    r"|(?:结束|取消|撤销)(?:休假|请假|委托|代理))\s*(?:#?(?P<number>\d{1,9}))?\s*[.!。！]?",
    re.I,
)
_LIST = re.compile(r"(?:list|show|status|列表|查看|状态)?\s*[?？.。]?", re.I)
_LIST_ALL = re.compile(r"(?:list\s+)?(?:all|everybody|everyone|所有|全部|大家)\s*[?？.。]?", re.I)
_WHO = re.compile(r"(?:(?<!\S)(?:to|with|for)\s+)?<@([UW][A-Z0-9]{1,30})(?:\|[^>]{0,80})?>")
_WHY = re.compile(
    r"(?:(?<![^\s,;，；])(?:because(?:\s+of)?|reason\s*[:=]|why\s*[:=])"
    r"|因为|原因\s*(?:是|[:：]))\s*(?P<why>.+)",
    re.I | re.S,
)
_UNTIL = re.compile(
    r"(?<![^\s,;，；])(?:until|till|til|through|up\s+to|to|ends?)(?=\s)|直到|到|至|截止", re.I
)
_FROM = re.compile(r"(?<![^\s,;，；])(?:from|starting|starts?|as\s+of)(?=\s)|从|自|起", re.I)
_SPAN = re.compile(
    r"(?:(?<![^\s,;])for\s+)?(?P<count>\d{1,3})\s*个?(?P<unit>hours?|h|days?|d|weeks?|w|小时|天|周|星期)"
    r"(?![\w])",
)
_UNITS = {
    **dict.fromkeys("h小", timedelta(hours=1)),
    **dict.fromkeys("d天", timedelta(days=1)),
    **dict.fromkeys("w周星", timedelta(weeks=1)),
}
_FILLERS = frozenset(
    {"is", "my", "delegate", "stand-in", "stands", "in", "me", "for", "from", "to", "and", "the"}
    | {
        "on",
        "at",
        "with",
        "由",
        "给",
        "让",
        "代",
        "代理",
        "代我",
        "替我",
        "审批",
        "批准",
        "为止",
        "的",
        "起",
    }
)
_DOUBTFUL = frozenset({"vague", "half"})


def away_asked(text: str, jobs: Collection[str], now: datetime) -> AwayQuestion | None:
    """What is said about being away; None when the text asks for something else.

    `jobs` are the names that jobs go by: one called `away` is meant by that word. `now` is in the
    zone of who asks.
    """
    said = cleaned(text)
    if len(said) > LONGEST or said.split(maxsplit=1)[:1] in [[name] for name in jobs]:
        return None
    if _BACK.fullmatch(said):
        return AwayEnded()
    if ended := _END_OF.fullmatch(said):
        return AwayEnded(number=_number(ended))
    head = _HEAD.match(said)
    if head is None:
        return None
    rest = said[head.end() :]
    if _LIST.fullmatch(rest):
        return AwayListed()
    if _LIST_ALL.fullmatch(rest):
        return AwayListed(of_all=True)
    if ended := _END.fullmatch(rest):
        return AwayEnded(number=_number(ended))
    return _asked(rest, now)


def _number(found: re.Match[str]) -> int | None:
    return int(found.group("number")) if found.group("number") else None


def _asked(rest: str, now: datetime) -> AwayAsked:
    asked = AwayAsked()
    if why := _WHY.search(rest):
        # Who is named in the reason is no stand-in, unless nobody else is named.
        asked = replace(asked, reason=_WHO.sub("", why.group("why")).strip(" .。"))
        named = _WHO.search(rest[: why.start()]) or _WHO.search(why.group("why"))
        rest = rest[: why.start()]
    else:
        named = _WHO.search(rest)
    if named is not None:
        asked = replace(asked, user=named.group(1))
    return _timed(_WHO.sub(" ", rest), asked, now)


def _timed(rest: str, asked: AwayAsked, now: datetime) -> AwayAsked:
    """What comes before `until` is when it begins; what is not a time was not understood."""
    folded = unicodedata.normalize("NFKC", rest).casefold()
    span = _SPAN.search(folded)
    if span is not None:
        folded = f"{folded[: span.start()]} {folded[span.end() :]}"
    until = _UNTIL.search(folded)
    before = folded if until is None else folded[: until.start()]
    after = "" if until is None else folded[until.end() :]
    first, left = _first(before, now)
    begins = _moment(first, now, ends=False)
    # From Monday until Friday is until the Friday after that Monday.
    last, left_after = _first(after, begins or now)
    if until is None and first is not None and first.last is not None:
        last = first
    ends = _moment(last, now, ends=True)
    if span is not None and ends is None:
        ends = (begins or now) + int(span.group("count")) * _UNITS[span.group("unit")[0]]
    return replace(asked, begins=begins, ends=ends, unread=" ".join([*left, *left_after]))


def _first(text: str, now: datetime) -> tuple[Time | None, list[str]]:
    """The first time in a text that leaves no doubt, and the words that are none of it."""
    found = next((t for t in times_in(text, now) if t.doubt not in _DOUBTFUL and not t.cron), None)
    rest = text if found is None else f"{text[: found.at]} {text[found.end :]}"
    words = (word.strip(",.;:，。；：、") for word in _FROM.sub(" ", rest).split())
    return found, [word for word in words if word and word not in _FILLERS]


def _moment(found: Time | None, now: datetime, *, ends: bool) -> datetime | None:
    """A day without a clock begins at midnight, and ends at the next."""
    if found is None:
        return None
    if found.at_moment is not None and (found.has_clock or found.day is None):
        return found.at_moment
    day = (found.last or found.day) if ends else found.day
    if day is None:
        return found.at_moment
    return datetime.combine(day + timedelta(days=int(ends)), time(), tzinfo=now.tzinfo)
