"""Chinese ways to say a word of the catalogue: where 扩容 is known, 扩到 is understood."""

# ruff: noqa: E501  lists of words read best as they are
from collections.abc import Iterator

_VERBS: tuple[tuple[frozenset[str], tuple[str, ...]], ...] = (
    (
        frozenset({"部署", "发布", "上线", "发版"}),
        (
            "发到", "发上", "发个版", "发个", "推到", "推上", "推送到", "上到", "上个", "更新到", "升到",
            "升级到", "布到", "放到",
        ),
    ),
    (frozenset({"重启", "重启服务"}), ("重新启动", "重新起", "重新拉起", "拉起来", "重启动")),
    (
        frozenset({"扩容", "扩缩容", "伸缩"}),
        ("扩到", "扩成", "扩至", "扩展到", "扩充到", "加到", "增加到", "增到", "多加", "再加"),
    ),
    (
        frozenset({"缩容", "扩缩容", "伸缩"}),
        ("缩到", "缩成", "缩至", "缩减到", "减到", "减少到", "降到", "缩回"),
    ),
    (frozenset({"回滚", "回退"}), ("退回", "退到", "滚回", "回到上", "倒回")),
    (frozenset({"压测", "压力测试"}), ("压一压", "压一下", "压一把", "压一轮")),
    (frozenset({"备份"}), ("备一份", "备个份")),
    (frozenset({"解锁", "解锁账号", "解锁用户"}), ("解一下锁", "解个锁", "解下锁")),
    (frozenset({"授权", "开权限", "加权限"}), ("开通权限", "给权限", "赋权", "开通")),
    (frozenset({"打补丁", "系统补丁"}), ("打一下补丁", "打下补丁", "打个补丁", "打一下系统补丁", "打下系统补丁", "打个系统补丁")),
)  # fmt: skip
_STATES: tuple[tuple[frozenset[str], tuple[str, ...]], ...] = (
    (frozenset({"开启", "打开", "启用"}), ("开启", "打开", "启用", "开起来", "开了", "开上", "开")),
    (
        frozenset({"关闭", "关掉", "停用"}),
        ("关闭", "关掉", "停用", "关了", "关上", "撤掉", "退出", "关"),
    ),
)


def verbs_like(said: str) -> Iterator[str]:
    """What else people say who mean this name of a job; for texts that name no job outright."""
    for names, others in _VERBS:
        if said in names:
            yield from others


def states_like(said: str) -> Iterator[str]:
    """What else people say who mean this choice."""
    for names, others in _STATES:
        if said in names:
            yield from others


_NOUNS = (
    ("报表", "报告"), ("账号", "账户", "帐号", "帐户"), ("密钥", "秘钥", "密匙"),
    ("主机", "服务器", "机器"), ("证书", "SSL证书", "ssl证书"),
)  # fmt: skip
_LIGHT = ("一下", "下", "掉", "了", "个", "一次", "一遍")


def nouns_like(said: str) -> Iterator[str]:
    """The same name with another word for the thing."""
    for group in _NOUNS:
        for noun in group:
            if noun in said:
                yield from (said.replace(noun, other) for other in group if other != noun)


def lightly(verb: str, noun: str) -> Iterator[tuple[str, str]]:
    """清理 + 磁盘 as 清一下…磁盘, and with the thing first: 磁盘…清一下, 磁盘…清理一下."""
    for light in _LIGHT:
        if len(verb) == 2:
            yield verb[0] + light, noun
            yield noun, verb[0] + light
        yield noun, verb + light
