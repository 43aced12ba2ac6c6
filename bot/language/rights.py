"""Questions about rights, in English and Chinese: `can @ana run deploy env=prod`, `why #1042`."""

import re
from collections.abc import Collection, Mapping

from bot.domain.rights import MayQuestion, RightsQuestion, WhyQuestion
from bot.domain.rules import Command

LONGEST = 2_000
"""Characters of such a question."""

_WHO = r"<@(?P<user>[UW][A-Z0-9]{2,30})(?:\|[^>]{0,80})?>"
_VERBS: Mapping[str, Command] = {
    "run": Command.RUN,
    "start": Command.RUN,
    "cancel": Command.CANCEL,
    "stop": Command.CANCEL,
    "approve": Command.APPROVE,
    "schedule": Command.SCHEDULE,
    "see the logs of": Command.LOGS,
    "read the logs of": Command.LOGS,
    "logs": Command.LOGS,
    "see the history of": Command.HISTORY,
    "history": Command.HISTORY,
    "audit": Command.AUDIT,
    "admin": Command.ADMIN,
    "use": Command.USE,
    "运行": Command.RUN,
    "执行": Command.RUN,
    "取消": Command.CANCEL,
    "停止": Command.CANCEL,
    "批准": Command.APPROVE,
    "审批": Command.APPROVE,
    "定时": Command.SCHEDULE,
    "看日志": Command.LOGS,
    "查看日志": Command.LOGS,
    "日志": Command.LOGS,
    "历史": Command.HISTORY,
    "审计": Command.AUDIT,
}
_VERB = "|".join(sorted((re.escape(word) for word in _VERBS), key=len, reverse=True))
_ENGLISH = re.compile(
    rf"(?:/job\s+)?can\s+(?:(?:{_WHO}|i|me)\s+)?(?P<verb>{_VERB})(?![A-Za-z])\s*(?P<words>.*)",
    re.I | re.S,
)
_CHINESE = re.compile(
    rf"(?:/job\s+)?(?:(?:{_WHO}|我)\s*)?(?:能不能|能否|可不可以|可否|可以|能)\s*"
    rf"(?P<verb>{_VERB})\s*(?P<words>.*?)\s*(?:吗|么)?\s*[?？]?",
    re.I | re.S,
)
_NUMBER = r"(?:#?(?P<number>\d{1,12}))"
_WHY = re.compile(
    rf"(?:/job\s+)?why(?:\s+{_NUMBER}|\s+not|\s+(?:the\s+)?last(?:\s+refusal)?"
    r"|\s+(?:was|am)\s+i\s+refused)?\s*[?？]?",
    re.I,
)
_WHY_CHINESE = re.compile(
    rf"(?:/job\s+)?为(?:什么|何)\s*(?:{_NUMBER}|不行|不能|(?:我)?被?拒绝(?:了)?)?\s*[?？]?"
)


def rights_asked(text: str, jobs: Collection[str]) -> RightsQuestion | None:
    """What is asked about rights; None when the text asks for something else.

    `jobs` are the names that jobs go by: a job called `can` or `why` is meant by that word.
    """
    said = text.strip()
    if len(said) > LONGEST or any(word in jobs for word in said.split(maxsplit=1)[:1]):
        return None
    if why := _WHY.fullmatch(said) or _WHY_CHINESE.fullmatch(said):
        number = why.group("number")
        return WhyQuestion(execution=int(number) if number else None)
    asked = _ENGLISH.fullmatch(said) or _CHINESE.fullmatch(said)
    if asked is None:
        return None
    words = asked.group("words").strip().rstrip("?？").strip()
    return MayQuestion(
        user=asked.group("user") or "",
        command=_VERBS[asked.group("verb").casefold()],
        words=words,
    )
