"""Questions about the audit log: who, which job, when, in English and Chinese."""

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.audit import AuditQuestion, AuditSearch

LONGEST = 1_000
"""Characters of such a question."""

UNLESS_SAID = timedelta(days=30)
"""How far back is looked when no time is said."""

_HEAD = re.compile(r"(?:/job\s+)?(audit(?:[ -](?:log|trail))?(?!\S)|审计(?:日志|记录)?)\s*", re.I)
_DATE = r"(\d{4}-\d{2}-\d{2})"
_UNITS = {
    "h": timedelta(hours=1),
    "小": timedelta(hours=1),
    "d": timedelta(days=1),
    "天": timedelta(days=1),
    "日": timedelta(days=1),
    "w": timedelta(weeks=1),
    "周": timedelta(weeks=1),
    "星": timedelta(weeks=1),
}
_UNIT = r"(h|hours?|d|days?|w|weeks?|个?小时|天|日|个?周|个?星期)(?![a-z])"
_FILLERS = frozenset(
    {"by", "of", "for", "the", "from", "as", "a", "in", "runs", "job", "log", "的", "任务", "用户"}
)

Said = tuple[re.Pattern[str], Callable[[AuditQuestion, re.Match[str], datetime], AuditQuestion]]


def audit_asked(text: str, jobs: Collection[str], now: datetime) -> AuditQuestion | None:
    """What is asked of the audit log; None when the text asks for something else.

    `jobs` are the names that jobs go by, `now` is in the zone of who asks. A job called `audit` is
    meant by that word alone; `audit log` is always this.
    """
    head = _HEAD.match(text.strip()[:LONGEST])
    if head is None or head.group(1).casefold() in {name.casefold() for name in jobs}:
        return None
    rest = text.strip()[head.end() : LONGEST]
    asked = AuditQuestion(search=AuditSearch())
    for pattern, meaning in _SAID:
        if found := pattern.search(rest):
            asked = meaning(asked, found, now)
            rest = f"{rest[: found.start()]} {rest[found.end() :]}"
    asked = _of_job(asked, rest, jobs)
    if asked.search.since is None and not asked.search.subject:
        start = (asked.search.until or now) - UNLESS_SAID
        return _with(asked, since=start)
    return asked


def _of_job(asked: AuditQuestion, rest: str, jobs: Collection[str]) -> AuditQuestion:
    by_name = {name.casefold(): name for name in jobs}
    unread: list[str] = []
    for word in rest.split():
        said = word.strip(",.:;，。：；、的").casefold()
        if said in by_name and not asked.search.job:
            asked = _with(asked, job=by_name[said])
        elif said and said not in _FILLERS:
            unread.append(word)
    return replace(asked, unread=" ".join(unread))


def _person(asked: AuditQuestion, found: re.Match[str], _now: datetime) -> AuditQuestion:
    return _with(asked, person=found.group(1))


def _job(asked: AuditQuestion, found: re.Match[str], _now: datetime) -> AuditQuestion:
    # Also one that is in the catalogue no more.
    return _with(asked, job=found.group(1))


def _execution(asked: AuditQuestion, found: re.Match[str], _now: datetime) -> AuditQuestion:
    return _with(asked, subject=f"execution:{int(found.group(1))}")


def _as_file(asked: AuditQuestion, _found: re.Match[str], _now: datetime) -> AuditQuestion:
    return replace(asked, as_file=True)


def _last(asked: AuditQuestion, found: re.Match[str], now: datetime) -> AuditQuestion:
    unit = _UNITS[found.group(2).casefold().removeprefix("个")[0]]
    return _with(asked, since=now - int(found.group(1) or 1) * unit)


def _today(asked: AuditQuestion, _found: re.Match[str], now: datetime) -> AuditQuestion:
    return _with(asked, since=_midnight(now))


def _yesterday(asked: AuditQuestion, _found: re.Match[str], now: datetime) -> AuditQuestion:
    return _with(asked, since=_midnight(now - timedelta(days=1)), until=_midnight(now))


def _since(asked: AuditQuestion, found: re.Match[str], now: datetime) -> AuditQuestion:
    day = _day(found.group(1), now)
    return asked if day is None else _with(asked, since=day)


def _until(asked: AuditQuestion, found: re.Match[str], now: datetime) -> AuditQuestion:
    """The day that is named belongs to it."""
    day = _day(found.group(1), now)
    return asked if day is None else _with(asked, until=day + timedelta(days=1))


def _on(asked: AuditQuestion, found: re.Match[str], now: datetime) -> AuditQuestion:
    return _until(_since(asked, found, now), found, now)


def _with(asked: AuditQuestion, **changes: str | datetime) -> AuditQuestion:
    search = replace(asked.search, **changes)  # pyright: ignore[reportArgumentType]  fields by name
    return replace(asked, search=search)


def _day(text: str, now: datetime) -> datetime | None:
    try:
        day = datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007  the zone follows
    except ValueError:
        return None
    return day.replace(tzinfo=now.tzinfo)


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.I)


_SAID: tuple[Said, ...] = (
    (_pattern(r"<@([UW][A-Z0-9]{1,30})(?:\|[^>]*)?>"), _person),
    (_pattern(r"(?<!\S)job[=:]\s*([\w./-]{1,80})"), _job),
    (_pattern(r"#(\d{1,12})\b"), _execution),
    (_pattern(r"(?<!\S)(?:as (?:a )?)?(?:csv|export)(?!\S)|导出|表格"), _as_file),
    (_pattern(rf"(?:(?:since|from)\s+|自|从)\s*{_DATE}(?:\s*起)?"), _since),
    (_pattern(rf"(?:(?:until|to|till|up to)\s+|到|至)\s*{_DATE}(?:\s*为?止)?"), _until),
    (_pattern(rf"(?:on\s+)?{_DATE}"), _on),
    (_pattern(rf"(?:last|past|最近|过去|近)\s*(\d{{1,4}})?\s*{_UNIT}"), _last),
    (_pattern(rf"(?<!\S)(\d{{1,4}})\s*{_UNIT}"), _last),
    (_pattern(r"(?<!\S)today(?!\S)|今天|今日"), _today),
    (_pattern(r"(?<!\S)yesterday(?!\S)|昨天|昨日"), _yesterday),
)
"""What can be said, each once; what matched is taken out of the text before the next is tried."""
