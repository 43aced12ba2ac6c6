"""Chinese ways to say a word of the catalogue: where 扩容 is known, 扩到 is understood."""

# ruff: noqa: E501, SIM905  lists of words read best as they are
from collections.abc import Iterator
from functools import lru_cache

ORDINARY = frozenset(
    "关于 相关 有关 无关 开关 机关 关键 关联 关系 关注 关心 开始 离开 公开 展开 避开 开会 开头 开发 开源 开放 "
    "清楚 清单 切换 出现 出错 改成 改为 跑步 更多 打算 打扰 打开 刷新 解决 解释 更新".split()
)
"""Words in which a single character is no word of its own."""
_VERBS: tuple[tuple[frozenset[str], tuple[str, ...]], ...] = (
    (
        frozenset({"部署", "发布", "上线", "发版"}),
        (
            "发到", "发上", "发个版", "发一版", "发一下", "发个", "上一版", "上一下", "推到", "推上", "推送到", "上到", "上个", "更新到", "升到",
            "升级到", "升级", "升一下", "布到", "放到",
        ),
    ),
    (frozenset({"重启", "重启服务"}), ("重新启动", "重新起", "重新拉起", "拉起来", "重启动")),
    (
        frozenset({"扩容", "扩缩容", "伸缩"}),
        ("扩到", "扩成", "扩至", "扩展到", "扩充到", "加到", "增加到", "增到", "多加", "再加", "加几个", "加个", "扩一下", "扩一扩", "扩一倍", "翻倍", "翻一倍"),
    ),
    (
        frozenset({"缩容", "扩缩容", "伸缩"}),
        ("缩到", "缩成", "缩至", "缩减到", "减到", "减少到", "降到", "缩回", "缩一下", "缩一缩", "缩一半"),
    ),
    (frozenset({"回滚", "回退"}), ("退回", "退到", "滚回", "回到上", "倒回", "切回", "滚到上")),
    (frozenset({"健康检查", "巡检"}), ("体检", "体检一下", "做个体检")),
    (frozenset({"压测", "压力测试"}), ("压一压", "压一下", "压一把", "压一轮")),
    (frozenset({"备份"}), ("备一份", "备个份")),
    (frozenset({"解锁", "解锁账号", "解锁用户"}), ("解一下锁", "解个锁", "解下锁")),
    (frozenset({"授权", "开权限", "加权限"}), ("开通权限", "给权限", "赋权", "开通", "授予", "赋予")),
    (frozenset({"打补丁", "系统补丁"}), ("打一下补丁", "打下补丁", "打个补丁", "打一下系统补丁", "打下系统补丁", "打个系统补丁")),
)  # fmt: skip
_APART: tuple[tuple[frozenset[str], tuple[tuple[str, str], ...]], ...] = (
    (
        frozenset({"同步配置", "配置同步"}),
        (
            ("配置", "拷"), ("配置", "拷贝"), ("配置", "复制"), ("配置", "覆盖"), ("拷贝", "配置"),
            ("复制", "配置"), ("拷", "配置"), ("配置", "同步"),
        ),
    ),
    (
        frozenset({"导出报表", "生成报告", "出报表"}),
        tuple((verb, noun) for verb in ("拉", "导", "跑", "生成", "导出", "出", "要") for noun in ("报表", "报告")),
    ),
    (
        frozenset({"健康检查"}),
        (("检查", "健康"), ("检查", "正常"), ("看", "健康"), ("看", "正常"), ("查", "健康"), ("查", "正常")),
    ),
    (
        frozenset({"切流", "切流量", "流量权重"}),
        (("流量", "切"), ("流量", "调到"), ("流量", "调成"), ("流量", "降到"), ("切", "的量"), ("导", "流量"), ("流量", "导到")),
    ),
)  # fmt: skip
_STATES: tuple[tuple[frozenset[str], tuple[str, ...]], ...] = (
    (
        frozenset({"开启", "打开", "启用"}),
        ("开启", "打开", "启用", "进入", "开起来", "开了", "开上", "开"),
    ),
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


def verbs_apart(said: str) -> Iterator[tuple[str, str]]:
    """The same where other words stand between the two."""
    for names, others in _APART:
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
_LIGHT = ("一下", "下", "掉", "了", "个", "一次", "一遍", "一份")


def nouns_like(said: str) -> Iterator[str]:
    """The same name with another word for the thing."""
    for group in _NOUNS:
        for noun in group:
            if noun in said:
                yield from (said.replace(noun, other) for other in group if other != noun)


@lru_cache(maxsize=16_384)
def weight_of(part: str) -> str:
    """What of a part tells something: of 清一下 only 清."""
    if part.isascii():
        return part
    ends = (light for light in _LIGHT if part.endswith(light) and len(part) > len(light))
    return part.removesuffix(next(ends, ""))


def lightly(verb: str, noun: str) -> Iterator[tuple[str, str]]:
    """清理 + 磁盘 as 清一下…磁盘, and with the thing first: 磁盘…清一下, 磁盘…清理一下."""
    for light in _LIGHT:
        if len(verb) == 2:
            yield from ((part + light, noun) for part in verb)
            yield from ((noun, part + light) for part in verb)
        yield noun, verb + light


_THINGS = {
    "script": "脚本", "cache": "缓存", "queue": "队列", "index": "索引", "database": "数据库", "db": "数据库",
    "secret": "密钥", "user": "用户", "report": "报表", "table": "表", "topic": "主题", "certificate": "证书",
}  # fmt: skip
_TIES = {
    "到": ("至", "往", "给"), "从": ("由", "自"),
    "保留": ("留", "存", "留存", "保存", "留够"), "keep": ("保留", "保存"),
    **dict.fromkeys(("早于", "older than"), ("超过", "大于", "老于", "早于")),
    **dict.fromkeys(("分钟", "duration"), ("持续", "时长", "压测时长")),
}  # fmt: skip
_FREE = {
    "args": ("参数", "arguments"),
    "message": ("消息", "文案", "公告", "提示语"),
    "note": ("备注",),
    "comment": ("备注",),
}


def thing_of(word: str) -> str:
    """What a parameter of an English name holds, in Chinese; empty when that is not known."""
    return _THINGS.get(word, "")


def names_like(said: str) -> tuple[str, ...]:
    """What else a parameter is called."""
    return _TIES.get(said, ()) or _FREE.get(said, ())
