"""Chinese mixed with English and with light words, in one way of saying it."""

# ruff: noqa: E501  patterns read best on one line
import re

from bot.language.sentences import HAN

_SPOKEN = {
    "status": "状态", "progress": "进度", "job": "任务", "jobs": "任务", "tail": "查看", "show": "查看", "check": "查看",
    "list": "列出", "history": "历史", "cancel": "取消", "stop": "停止", "kill": "终止", "approve": "批准",
    "reject": "拒绝", "rerun": "重跑", "retry": "重试", "log": "日志", "logs": "日志",
}  # fmt: skip
_ANY_SPOKEN = re.compile(rf"\b(?:{'|'.join(_SPOKEN)})\b", re.ASCII)
_LIGHTLY = re.compile(
    r"(?:一下|一哈|给我看看?|给我|帮我|帮忙|麻烦|劳驾|呗|哈)[子儿]?|(?<=[a-z]) ?[下掉](?= |\d|#|$)"
)


def in_one_tongue(said: str) -> str:
    """`approve 一下 1042` as 批准 1042: of mixed and of light words one way to say it."""
    if re.search(f"[{HAN}]", said) is None:
        return said
    plain = _ANY_SPOKEN.sub(lambda f: _SPOKEN[f.group()], _LIGHTLY.sub(" ", said))
    return " ".join(re.sub(rf"(?<=[{HAN}]) +(?=[{HAN}])", "", plain).split())
