"""Lists and JSON as people write them, and as they are written back."""

import re
from collections.abc import Sequence

from bot.domain.json_texts import DEEPEST, json_text, list_of, parsed
from bot.domain.parameters import Kind, Raw, shown
from bot.domain.wording import _

MOST_ENTRIES = 500
"""Of one list."""

_SEPARATOR = re.compile(r"[,，、\n]")
_BESIDE_LINES = re.compile(r"[,，、]\s*(?=\n|$)|\n")
_QUOTES = str.maketrans("“”„‟", '""""')
"""What keyboards make of the quotation marks of JSON."""


def entries_of(raw: Raw, items: Kind) -> list[str]:
    """The entries of a list: one a line, or separated by commas, or as a JSON list.

    Entries that are texts and stand one a line may hold commas.
    """
    if isinstance(raw, Sequence) and not isinstance(raw, str):
        return [str(each) for each in raw]
    text = shown(raw) if raw is not None else ""
    if text.lstrip().startswith("["):
        return _listed(text)
    lines = text.strip().splitlines()
    separator = _BESIDE_LINES if items is Kind.STRING and len(lines) > 1 else _SEPARATOR
    return [entry.strip() for entry in separator.split(text) if entry.strip()]


def entries_text(entries: Sequence[str]) -> str:
    """The same as a person could have written it: one a line."""
    text = "\n".join(entries)
    is_plain = not text.lstrip().startswith("[") and entries_of(text, Kind.STRING) == list(entries)
    return text if is_plain else json_text(list(entries))


def json_of_text(raw: Raw) -> str:
    """The canonical text of a JSON text. Raises ValueError with a sentence."""
    if isinstance(raw, bool | int | float):
        return json_text(raw)
    written = raw if isinstance(raw, str) else ""
    for text in (written, written.translate(_QUOTES)):
        try:
            return json_text(parsed(text))
        except ValueError:
            continue
    wanted = _("JSON is wanted, such as {example}, at most {deepest} levels deep.")
    raise ValueError(wanted.format(example='`{"key": [1, 2]}`', deepest=DEEPEST))


def _listed(text: str) -> list[str]:
    for each in (text, text.translate(_QUOTES)):
        try:
            entries = list_of(parsed(each))
        except ValueError:
            continue
        if all(isinstance(entry, str | int | float) for entry in entries):
            return [entry if isinstance(entry, str) else json_text(entry) for entry in entries]
    raise ValueError(_("a list is wanted: one entry a line, or separated by commas."))
