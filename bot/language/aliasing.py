"""What is asked about one's own aliases, in English and Chinese."""

import re
from collections.abc import Collection

from bot.domain.aliases import AliasQuestion, DropAlias, ListAliases, MakeAlias

LONGEST = 2_000
"""Characters of such a text; what is too long for an alias is told by whoever keeps them."""

_OWN = r"(?:/job\s+)?"
_LIST = re.compile(
    rf"{_OWN}(?:(?:list|show|my)\s+)?(?:(?:my|the|all)\s+)?alias(?:es)?(?:\s+list)?"
    rf"|{_OWN}(?:列出|查看|显示|我的)?别名(?:列表)?",
    re.I,
)
_DROP = re.compile(
    rf"{_OWN}alias(?:es)?\s+(?:remove|delete|drop|rm)\s+(?P<a>\S+)"
    rf"|{_OWN}(?:(?:remove|delete|drop)\s+(?:the\s+|my\s+)?alias|unalias)\s+(?P<b>\S+)"
    rf"|{_OWN}(?:删除|移除|去掉)别名\s*(?P<c>\S+)|{_OWN}别名\s*(?:删除|移除|去掉)\s*(?P<d>\S+)",
    re.I,
)
_MAKE = re.compile(
    rf"{_OWN}(?:alias\s+(?:(?:add|set|make)\s+)?|(?:设置|添加|新建)?别名\s*)"
    r"(?P<name>[^\s=＝:：]+)\s*(?:[=＝:：]|(?:as|means|是|为|表示)(?=\s))\s*(?P<words>.+)",
    re.I | re.S,
)


def alias_asked(text: str, jobs: Collection[str]) -> AliasQuestion | None:
    """What is asked; None when the text asks for something else.

    `jobs` are the names that jobs go by: a job called `alias` is meant by that word.
    """
    said = text.strip().strip("`").strip()
    first = said.split(maxsplit=1)[:1]
    if len(said) > LONGEST or not first or first[0] in jobs:
        return None
    plain = said.rstrip("?？。.!！ ")
    if _LIST.fullmatch(plain):
        return ListAliases()
    if found := _DROP.fullmatch(plain):
        return DropAlias(name=next(filter(None, found.groups())).strip("`"))
    if found := _MAKE.fullmatch(said):
        return MakeAlias(name=found["name"].strip("`"), words=found["words"].strip().strip("`"))
    return None
