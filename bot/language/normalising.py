"""One spelling for what many keyboards and Slack itself write differently."""

import re
import unicodedata
from functools import lru_cache

LONGEST_NAME = 64
"""Characters of a word that count when names are compared; none in a catalogue is longer."""

REFERENCE = r"<[^<>\n]{1,2000}>"
"""A mention, channel or link as Slack writes it; what a person types as `<` comes as `&lt;`."""

ENTITY = r"&(?:amp|lt|gt);"

QUOTES = {'"': '"', "'": "'", "“": "”", "”": "”", "„": "“", "‘": "’", "「": "」", "『": "』"}
"""Each opening quote and what closes it."""

_QUOTE_MARKS = "".join(sorted({*QUOTES, *QUOTES.values()}))
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_PIECE = re.compile(rf"{REFERENCE}|\\[\\{_QUOTE_MARKS}]|\\[ \t]|{ENTITY}")
_LINK = re.compile(r"<((?:https?://|mailto:|tel:)[^|>]+)(?:\|([^>]*))?>")
_ENTITY = re.compile(ENTITY)
_SEPARATORS = re.compile(r"[-_.\s]+")
_HALF_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)}
_APOSTROPHES = str.maketrans("", "", "'’‘`´")


_ODD_BLANKS = [*range(9), 11, 12, *range(14, 32), *range(127, 160), 0xA0, 0x1680, 0x202F, 0x205F]
_INVISIBLE = [0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
# Joiners (U+200C, U+200D) stay: they are part of emoji and of some scripts.
_BLANKS: dict[int, str] = {
    **dict.fromkeys(_ODD_BLANKS, " "),
    **dict.fromkeys(range(0x2000, 0x200B), " "),
    0x3000: " ",
    **dict.fromkeys([0x0D, 0x85, 0x2028, 0x2029], "\n"),
    **dict.fromkeys(_INVISIBLE, ""),
}


def cleaned(text: str) -> str:
    """The text with plain blanks and line ends, and without invisible characters."""
    return text.replace("\r\n", "\n").translate(_BLANKS).strip()


def folded(word: str) -> str:
    """How a word is compared: without case, width or composition, `_` as `-`, bounded."""
    return _folded(word[:LONGEST_NAME])


def compact(word: str) -> str:
    """Like `folded`, and `disk-report`, `disk_report` and `Disk report` are one."""
    return _compact(word[:LONGEST_NAME])


@lru_cache(maxsize=16_384)
def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().replace("_", "-").strip()


@lru_cache(maxsize=16_384)
def _compact(word: str) -> str:
    return _SEPARATORS.sub("", _folded(word))


def plain_word(word: str) -> str:
    """Like `folded`, without apostrophes, so that `don’t` and `dont` are one."""
    return folded(word).translate(_APOSTROPHES)


def decoded(raw: str, *, bare: bool = True) -> str:
    """What the person typed: Slack's escapes, links and backslashes undone, in one pass.

    Mentions stay as Slack writes them. A link is its typed form; see `link_target` for the other.
    Unquoted (`bare`) text becomes half-width.
    """
    parts: list[str] = []
    end = 0
    for found in _PIECE.finditer(raw):
        parts += [_narrow(raw[end : found.start()], bare), _piece(found.group(), bare)]
        end = found.end()
    return "".join([*parts, _narrow(raw[end:], bare)])


def link_target(raw: str) -> str:
    """Where a link points when the text is exactly one, otherwise an empty string."""
    found = _LINK.fullmatch(raw.strip())
    return _ENTITY.sub(_character, found.group(1)) if found else ""


def _character(found: re.Match[str]) -> str:
    return _ENTITIES[found.group()]


def _narrow(text: str, bare: bool) -> str:
    return text.translate(_HALF_WIDTH) if bare else text


def _piece(piece: str, bare: bool) -> str:
    if piece[0] == "&":
        return _ENTITIES[piece]
    if piece[0] == "<":
        return _typed(piece)
    # In a bare word `\\` is kept, as in a Windows share; in quotes it is one backslash.
    return piece if (bare and piece[1] == "\\") or (not bare and piece[1].isspace()) else piece[1]


def _typed(reference: str) -> str:
    found = _LINK.fullmatch(reference)
    if found is None:
        return reference
    target = found.group(1).removeprefix("mailto:").removeprefix("tel:")
    label = found.group(2) or ""
    # Slack turns `api.test` into `<http://api.test|api.test>`; any other label may mislead.
    is_what_was_typed = label and target.rstrip("/").endswith(label.rstrip("/"))
    return _ENTITY.sub(_character, label if is_what_was_typed else target)
