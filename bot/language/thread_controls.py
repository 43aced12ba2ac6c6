"""What is said in a run's own thread without naming the run: 停一下, 跑完了吗, `done yet`."""

# ruff: noqa: E501  patterns read best on one line
import re

from bot.domain.intents import CancelRun, Intent, ShowStatus

LONGEST = 40

_LEAD = r"(?:请|麻烦|帮我|帮忙|给我|你|您|快点?|先|赶紧|赶快|马上|立刻|立即|现在|那就?|哎|好的?|，|,|\s)*"
_END = r"(?:吧|一下|下来|下|掉|谢谢|啊|呀|呗|，|,|\s)*"
_STOPS = re.compile(
    rf"{_LEAD}(?:停|停止|停掉|终止|中止|取消|撤销|杀掉|叫停|中断"
    rf"|(?:别|不要|不用|甭)(?:再|继续)*(?:跑|执行|运行|弄|搞)(?:下去)?了?){_END}"
)

_NOW = r"(?:现在|目前|那|任务|这边|执行|结果|都|还|已经|，|,|\s)*"
_DOES = r"(?:跑|执行|运行|弄|搞|做|处理|进行)"
_ASKED = r"(?:吗|么|没有|没|不|呢|啊)"
_STATES = re.compile(
    rf"{_NOW}(?:(?:{_DOES}[得的])?(?:怎么?样|咋样|如何)了?(?:呢|啊|呀)?"
    rf"|(?:(?:{_DOES})?(?:好|完|成|定)|{_DOES}|停|挂|卡住|失败|成功|完成|结束|跑通)了(?:吗|么|没有|没)"
    rf"|(?:{_DOES}?完|完成|结束|成功|失败)(?:了没有?|没有?|了?吗)"
    rf"|在{_DOES}{_ASKED}"
    rf"|(?:{_DOES}|走)?到(?:哪|哪儿|哪里|哪一?步|什么程度|百分之几)了?(?:呢|啊)?"
    r"|(?:什么|啥)(?:情况|状态|进度|进展|结果)了?"
    r"|(?:状态|进度|进展|情况)(?:呢|如何|怎么?样|是什么)?了?"
    r"|有(?:结果|进展|消息|进度)了?(?:吗|么|没有|没)"
    r"|(?:要|有|得)?(?:多久|多长时间)(?:能|才能?)?(?:好|完|跑完|结束|完成)?(?:呢|啊)?)"
    r"|(?:is it |are we |is this )?(?:all |already )?(?:done|finished|ready|complete|completed|over|through) yet"
    r"|(?:any )?(?:news|updates?|progress)(?: yet| so far)?|how far(?: along)?|still running"
)


def said_in_thread(text: str) -> Intent | None:
    """Stop or status of the run whose thread this is, of a whole folded text; else None.

    Outside such a thread the same words may be about anything.
    """
    said = " ".join(text.split()).rstrip(" .!?~。！？…")
    if not said or len(said) > LONGEST:
        return None
    if _STOPS.fullmatch(said) is not None:
        return None if text.rstrip().endswith(("?", "？")) else CancelRun()
    return ShowStatus() if _STATES.fullmatch(said) is not None else None
