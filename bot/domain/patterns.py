"""Globs held against names and values: strictly where they allow, broadly where they forbid."""

import re
from fnmatch import translate
from functools import lru_cache
from unicodedata import normalize

from bot.domain.parameters import Value, shown

MOST_KEPT = 16_384
"""Lists of globs that stay compiled; a policy has some thousands."""

MOST_HELD = 65_536
"""Values held against globs whose outcome is kept: many rules ask the same of one request.

By type as well: 1 and True are equal, and not the same text.
"""

_WILD = frozenset("*?[")


def is_wild(glob: str) -> bool:
    """True for a pattern, False for what says one value."""
    return bool(_WILD & set(glob))


def is_like(text: str, globs: tuple[str, ...]) -> bool:
    """True when the text is, exactly, what one of the globs says."""
    exact, wild = _compiled(globs)
    return text in exact or (wild is not None and wild.match(text) is not None)


@lru_cache(maxsize=MOST_HELD, typed=True)
def fits(value: Value, globs: tuple[str, ...]) -> bool:
    """For what allows: every part of the value is named, in just these letters."""
    if isinstance(value, tuple):
        return bool(value) and all(is_like(part, globs) for part in value)
    return is_like(shown(value), globs)


@lru_cache(maxsize=MOST_HELD, typed=True)
def touches(value: Value, globs: tuple[str, ...]) -> bool:
    """For what forbids or asks: any part of the value is named, in whatever letters."""
    parts = value if isinstance(value, tuple) else (shown(value),)
    exact, wild = _compiled_folded(globs)
    return any(
        folded in exact or (wild is not None and wild.match(folded) is not None)
        for folded in map(_folded, parts)
    )


@lru_cache(maxsize=MOST_KEPT)
def _compiled(globs: tuple[str, ...]) -> tuple[frozenset[str], re.Pattern[str] | None]:
    wild = [translate(glob) for glob in globs if is_wild(glob)]
    exact = frozenset(glob for glob in globs if not is_wild(glob))
    return exact, re.compile("|".join(wild)) if wild else None


@lru_cache(maxsize=MOST_KEPT)
def _compiled_folded(globs: tuple[str, ...]) -> tuple[frozenset[str], re.Pattern[str] | None]:
    return _compiled(tuple(_folded(glob) for glob in globs))


@lru_cache(maxsize=MOST_KEPT)
def _folded(text: str) -> str:
    return normalize("NFKC", text).casefold().strip()
