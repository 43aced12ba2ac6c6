"""The words of the commands in English and Chinese, and the words that forbid or ask."""

from collections.abc import Iterable, Mapping, Set
from enum import StrEnum

from bot.language.matching import has_cjk
from bot.language.normalising import folded, plain_word


class Verb(StrEnum):
    """What a command's first word asks for; the value is its canonical word."""

    RUN = "run"
    STATUS = "status"
    LIST = "list"
    HISTORY = "history"
    LOGS = "logs"
    CANCEL = "cancel"
    RERUN = "rerun"
    HELP = "help"


class Word(StrEnum):
    """Further canonical words; unlike those of `Verb` they may also be a job's own name."""

    SCHEDULE = "schedule"
    APPROVE = "approve"
    REJECT = "reject"
    APPROVALS = "approvals"
    SCHEDULES = "schedules"
    PLATFORMS = "platforms"
    ACK = "ack"
    MUTE = "mute"


COMMANDS: Mapping[str, Verb] = {verb.value: verb for verb in Verb} | {
    "运行": Verb.RUN,
    "状态": Verb.STATUS,
    "列表": Verb.LIST,
    "历史": Verb.HISTORY,
    "日志": Verb.LOGS,
    "取消": Verb.CANCEL,
    "重跑": Verb.RERUN,
    "帮助": Verb.HELP,
}
"""The words of the manual; no job may be called by one of them."""

TOPICS = frozenset(COMMANDS) | {
    *Word,
    *("can", "why", "alias", "aliases", "away", "delegate", "platform"),
    *("别名", "审批", "平台", "休假", "委托", "计划", "定时计划", "定时", "批准", "拒绝"),
}
"""Words of the manual that help is asked about, besides jobs."""

_SYNONYMS: Mapping[Verb, str] = {
    Verb.RUN: "start,execute,launch,trigger,执行,启动,跑",
    Verb.STATUS: "state,progress,进度,查看状态,查询状态,看状态,看看状态",
    Verb.LIST: "jobs,ls,list jobs,list all jobs,所有任务,任务列表,查看任务,列出任务",
    Verb.HISTORY: "历史记录,查看历史,运行历史",
    Verb.LOGS: "log,tail,查看日志,看日志,看看日志,显示日志",
    Verb.CANCEL: "stop,abort,kill,停止,终止,中止",
    Verb.RERUN: "retry,redo,run again,run it again,run that again,run this again,do it again,"
    "try again,try it again,重试,重新运行,重新执行,再跑一次,再运行一次,再来一次,再试一次",
    Verb.HELP: "?,usage,commands,man,使用帮助,怎么用",
}

SYNONYMS: Mapping[str, Verb] = {
    word: verb for verb, words in _SYNONYMS.items() for word in words.split(",")
} | {
    f"{look} {word}": verb
    for look in ("show", "show me", "get", "check", "view")
    for word, verb in {**COMMANDS, "log": Verb.LOGS, "jobs": Verb.LIST}.items()
    if verb in {Verb.STATUS, Verb.LOGS, Verb.HISTORY, Verb.LIST} and not has_cjk(word)
}
"""Other words for a command; a job's own name goes before them."""

AGAIN = frozenset({"again", "once more", "one more time", "再来", "再一次", "同样再来一次"})
"""Said of the thread's execution, and of nothing else."""

IT = frozenset({"it", "that", "this", "它", "这个", "那个", "这次", "那次", "这个任务"})
LATEST = frozenset({"last", "latest", "最近", "上次", "最新", "上一个", "最后一次"})
EXECUTION_WORDS = frozenset(
    {"run", "execution", "job", "number", "no", "of", "for", "from", "the", "执行", "任务", "编号"}
)

EVERYTHING = frozenset({"all", "jobs", "all jobs", "the jobs", "任务", "作业", "全部", "所有任务"})
"""Said after `list`, these search for nothing."""

HISTORY_OF = frozenset({"history", "历史", "历史记录", "的历史"})
"""Said after a job's name: `deploy history`."""

BECAUSE = ("because", "cause", "cuz", "因为", "由于")
REASON_KEYS = frozenset({"reason", "because", "why", "原因", "理由"})
TRUE_WORDS = frozenset({"true", "yes", "y", "on", "1", "是", "开"})
FALSE_WORDS = frozenset({"false", "no", "n", "off", "0", "否", "关"})

ARTICLES = frozenset(
    {"the", "a", "an", "my", "our", "job", "task", "任务", "作业", "一下", "-", "–", "—", "->", "→"}
)
"""Words without a meaning of their own."""

CHINESE_CONNECTORS = "到至在给和的"
CONNECTORS = frozenset(
    {"to", "in", "on", "for", "with", "at", "of", "and", "using"} | set(CHINESE_CONNECTORS)
)
"""Words that tie a value to its job in a sentence; what they tie is shown before it runs."""

_LIMITING_ENGLISH = frozenset(
    """
    not dont never no cant cannot wont shouldnt mustnt neednt doesnt didnt isnt wasnt stop avoid
    without except unless if when whenever until till before after once while whether or nor but
    instead rather only
    """.split()  # noqa: SIM905  a list of words reads best as words
)
_TELLING_ENGLISH = frozenset(
    """
    should shall would could may might must why what who how where which did does do was were is
    are am be been has have had will failed fails failing broke broken
    """.split()  # noqa: SIM905
)
_LIMITING_CHINESE = (*"不别勿没未除若等但只或", "无需", "禁止", "如果", "要是", "假如", "是否")
_TELLING_CHINESE = (*"停吗么怎何什谁哪后前当时了过能", "失败", "应该", "可以")


def limits(words: Iterable[str]) -> bool:
    """True when one of the words denies or makes a condition."""
    return any(_is_one(word, _LIMITING_ENGLISH, _LIMITING_CHINESE) for word in words)


def forbids(words: Iterable[str]) -> bool:
    """True when one of the words denies, conditions, asks or tells instead of commanding."""
    english = _LIMITING_ENGLISH | _TELLING_ENGLISH
    chinese = _LIMITING_CHINESE + _TELLING_CHINESE
    return any(_is_one(word, english, chinese) for word in words)


def _is_one(word: str, english: Set[str], chinese: Iterable[str]) -> bool:
    return plain_word(word) in english or (has_cjk(word) and any(part in word for part in chinese))


def is_reserved(word: str) -> bool:
    """True for a word that means something before any job's name is looked for."""
    spoken = folded(word)
    return any(spoken in words for words in (COMMANDS, SYNONYMS, AGAIN, IT, ARTICLES, CONNECTORS))
