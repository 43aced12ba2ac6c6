"""Aliases: short forms that people make for themselves, and what they may be."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.domain.actors import PersonId

MOST_ALIASES = 30
"""Of one person: more is not remembered by anybody."""

LONGEST_ALIAS = 30
LONGEST_WORDS = 500
"""Characters of an alias's name, and of what it stands for."""

_NAME = re.compile(
    rf"[A-Za-z\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff_-]{{0,{LONGEST_ALIAS - 1}}}", re.ASCII
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Alias:
    """Said as the first word, `name` stands for `words`, which are never looked at for another."""

    owner: PersonId
    name: str
    words: str
    made_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class MakeAlias:
    """`name` is as it was typed, and may be none that can be had."""

    name: str
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DropAlias:
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ListAliases:
    """Those of whoever asks."""


AliasQuestion: TypeAlias = MakeAlias | DropAlias | ListAliases


def is_alias_name(name: str) -> bool:
    """One word of letters, digits, `-` and `_`: nothing that Slack formats, links or mentions."""
    return _NAME.fullmatch(name) is not None


def alias_key(name: str) -> str:
    """How names are told apart: `PP` is `pp`."""
    return name.casefold()
