"""Of what sentences about executions are made: how one is named, courtesies, what is done by it."""

# ruff: noqa: E501  patterns read best on one line
import re
from collections.abc import Callable, Sequence

from bot.domain.intents import ApproveRun, Intent, QuietAlert, RejectRun, ShowLogs
from bot.language.amounts import written
from bot.language.numbers import NUMBER, number_of

NUMBERED = r"(?:(?:run|execution|exec|job|task|number|no\.?|id|执行|任务|运行|作业|编号|单号)[\s#:-]*){0,2}#?(?P<n>[1-9]\d{2,5})(?!\d)\s?号?(?:的?(?:任务|执行|运行|作业))?"
IT = r"(?P<it>it|this|that|this one|that one|this run|that run|the run|它|这个|那个|这次|这个任务|那个任务)"
LATEST = r"(?P<last>(?:(?:the|my|our) )?(?:very )?(?:last|latest|most recent|previous)(?: one| run| execution| job| task)?|(?:上|最近|最后|刚才|刚刚)的?(?:一?[次个]|那一?[次个])?的?(?:执行|运行|任务)?)"
EXECUTION = rf"(?:{NUMBERED}|{IT}|{LATEST})"
LOUD = r"(?:please |pls |plz |can you |could you |would you |will you |i want to |i need to |help me (?:to )?|lets |let's |go ahead and |just |now |hey |hi |ok |okay |bot,? )*"
END = r"(?: (?:please|pls|plz|now|asap|thanks|thx|for me|right now|immediately))*"
HAN_LEAD = r"(?:请|我的|我|麻烦|帮我|帮忙|给我|把|将|你|能不能|可以|\s|，)*"
HAN_END = r"(?:吧|了|一下|下|掉|谢谢|，|\s|呢|啊)*"
WHY = r"(?:[\s,，:：;；-]+(?:because of|because|as|since|reason[:：]?|原因是?[:：]?|因为|理由是?[:：]?)?\s*(?P<why>.{1,300}))?"

Makes = Callable[[re.Match[str]], Intent | None]


def reference(found: re.Match[str]) -> int | None:
    number = found.groupdict().get("n")
    return int(number) if number else None


def why(found: re.Match[str]) -> str:
    groups = found.groupdict()
    return (groups.get("why") or groups.get("why2") or "").strip(" ,，.。")


_NO_REASON = re.compile(
    r"了?[吗么].*|了?没有?|过.*|了|的.*|(?:如果|要是|除非|万一|假如).*|.*(?:[吗么呢吧]|怎样|怎么样?|如何|什么|谁|没有)|or\b.*|if\b.*|unless\b.*|(?:who|why|how|when|what)\b.*"
)
"""What follows a decision in a question about it: 驳回 1042 了吗, 批准 1042 会怎样."""


def approved(found: re.Match[str]) -> Intent | None:
    said = why(found)
    return (
        None if _NO_REASON.fullmatch(said) else ApproveRun(execution=reference(found), reason=said)
    )


def rejected(found: re.Match[str]) -> Intent | None:
    said = why(found)
    return (
        None if _NO_REASON.fullmatch(said) else RejectRun(execution=reference(found), reason=said)
    )


def count(found: re.Match[str]) -> int | None:
    number = number_of(found.groupdict().get("c") or "")
    return int(number) if number is not None and 0 < number <= 10_000 else None


def mute(found: re.Match[str]) -> Intent | None:
    return QuietAlert(alert=found["alert"], mute=True, seconds=_seconds(found))


def _seconds(found: re.Match[str]) -> int | None:
    number, unit = number_of(found["c"] or ""), (found["u"] or "")[:1]
    size = {"m": 60, "h": 3_600, "d": 86_400, "分": 60, "小": 3_600, "天": 86_400}.get(unit)
    return int(float(written(number)) * size) if number is not None and size else None


def rules(patterns: Sequence[str], make: Makes) -> list[tuple[re.Pattern[str], Makes]]:
    return [(re.compile(pattern), make) for pattern in patterns]


def english(patterns: Sequence[str], make: Makes) -> list[tuple[re.Pattern[str], Makes]]:
    return rules([f"{LOUD}(?:{pattern}){END}" for pattern in patterns], make)


def chinese(patterns: Sequence[str], make: Makes) -> list[tuple[re.Pattern[str], Makes]]:
    return rules([rf"{HAN_LEAD}(?:{pattern}){HAN_END}" for pattern in patterns], make)


COUNT = rf"(?P<c>{NUMBER})"
SHOW = r"(?:show(?: me)?|get(?: me)?|give me|see|view|print|display|fetch|tail|cat|pull(?: up)?|check) "
LOGS = r"(?:logs?|output|stdout|log output|log lines|log file)"
RUNS = r"(?:runs?|executions?|jobs?)"
STATE = r"(?:done|finished|complete|completed|ready|ok|okay|good|running|still running|over|successful|stuck|alive|failed|green|through)"


def logs_of(found: re.Match[str]) -> Intent:
    groups = found.groupdict()
    said = groups.get("c") or groups.get("c2") or ""
    number = number_of(said)
    execution = groups.get("n") or groups.get("n2") or groups.get("n3")
    reference = int(execution) if execution else None
    if number is None or not 0 < number <= 10_000:
        return ShowLogs(execution=reference)
    return ShowLogs(execution=reference, lines=int(number))


def is_run(found: re.Match[str]) -> bool:
    """`restart it` is said of services; `restart 1042` of a run."""
    word = found.group().split()[0]
    return word not in {"restart"} or bool(found.groupdict().get("n"))
