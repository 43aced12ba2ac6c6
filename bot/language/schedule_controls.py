"""What is done to one schedule, by its number and nothing else: `pause schedule 3`, 跳过计划 3 的下一次."""

# ruff: noqa: E501  patterns read best on one line
import re

from bot.domain.intents import ChangeSchedule, ScheduleDeed

LONGEST_SCHEDULE_CONTROL = 120

_POLITE = r"(?:please|pls|plz|(?:can|could|would|will) you(?: please)?|just|now|hey|hi|ok|okay|,)"
_END = r"(?:,? ?(?:please|pls|plz|now|thanks|thank you|thx|for me))*"
_SCHEDULE = r"(?:the )?schedule (?:number |no\.? ?)?#?(?P<n>[1-9]\d{0,8})"
_ENGLISH = {
    ScheduleDeed.PAUSE: rf"(?:pause|suspend) {_SCHEDULE}",
    ScheduleDeed.RESUME: rf"(?:resume|unpause|reactivate) {_SCHEDULE}",
    ScheduleDeed.CANCEL: rf"(?:cancel|delete|remove) {_SCHEDULE}",
    ScheduleDeed.SKIP: rf"skip (?:the )?(?:next|coming|upcoming) (?:run|execution|one|time) (?:of|for|in|on) {_SCHEDULE}"
    rf"|skip {_SCHEDULE.replace('<n>', '<n2>')}(?:'s)? next (?:run|execution|one|time)",
}
_LEAD = r"(?:请|麻烦|劳驾|帮忙|帮我|给我|你|能不能|可不可以|可以|能否|，| )*"
_LIGHT = r"(?:一下|下|掉|了)?"
_PLAN = (
    r"(?:第)? ?(?:定时|周期)?(?:计划|排期|日程)(?:任务)? ?(?:编号|号)? ?#?(?P<n>[1-9]\d{0,8}) ?号?"
)
_NEXT = r"(?:的|在)? ?下一?[次回](?:的)?(?:运行|执行)?"
_SAID = {
    ScheduleDeed.PAUSE: ("暂停", "停用", "挂起"),
    ScheduleDeed.RESUME: ("恢复", "重新启用", "启用", "取消暂停"),
    ScheduleDeed.CANCEL: ("取消", "删除", "删掉"),
}
_CHINESE_END = r"(?:吧|谢谢|，|行吗|可以吗|好吗| )*"


def _chinese(deed: ScheduleDeed) -> str:
    if deed is ScheduleDeed.SKIP:
        plan = _PLAN.replace("<n>", "<n2>")
        return rf"跳过{_LIGHT} ?{_PLAN}{_NEXT}|(?:把|将)? ?{plan}{_NEXT} ?(?:跳过|略过){_LIGHT}"
    verbs, plan = "|".join(_SAID[deed]), _PLAN.replace("<n>", "<n2>")
    return rf"(?:{verbs}){_LIGHT} ?{_PLAN}|(?:把|将) ?{plan} ?(?:{verbs}){_LIGHT}"


_RULES = tuple(
    (deed, re.compile(pattern))
    for deed in ScheduleDeed
    for pattern in (
        rf"(?:{_POLITE} )*(?:{_ENGLISH[deed]}){_END}",
        rf"{_LEAD}(?:{_chinese(deed)}){_CHINESE_END}",
    )
)
_ASKED = re.compile(r"\b(?:can|could|would|will) you\b|能不能|可不可以|可以|能否|行吗|好吗")


def schedule_control_of(text: str) -> ChangeSchedule | None:
    """The change of a whole folded text that names one schedule by its number, else None."""
    said = " ".join(text.split())
    if not said or len(said) > LONGEST_SCHEDULE_CONTROL:
        return None
    asks = said.endswith(("?", "？"))
    said = said.rstrip(" .!?~。！？…")
    for deed, pattern in _RULES:
        found = pattern.fullmatch(said)
        if found is not None and (not asks or _ASKED.search(said)):
            return ChangeSchedule(schedule=int(found["n"] or found["n2"]), deed=deed)
    return None
