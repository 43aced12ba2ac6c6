"""Audit rows as a table that a spreadsheet opens without running anything in it."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any

from bot.domain.chains import Link

COLUMNS = (
    "row",
    "at (UTC)",
    "what",
    "actor",
    "name",
    "on behalf of",
    "subject",
    "job",
    "environment",
    "values",
    "rule",
    "channel",
    "client",
    "request",
    "detail",
)

_TAKEN_OUT = ("job", "environment", "values", "rule", "channel", "client")

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet would compute, also as East Asian ones write it."""


def sheet_of(links: Iterable[Link]) -> bytes:
    """CSV with a line of names, in UTF-8 with the mark by which spreadsheets know it."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(each) for each in _row(link)] for link in links)
    return out.getvalue().encode("utf-8-sig", errors="replace")


def _row(link: Link) -> Sequence[Any]:
    entry, detail = link.entry, dict(link.entry.detail)
    job, environment, values, rule, channel, client = (detail.pop(n, "") for n in _TAKEN_OUT)
    return (
        link.seq,
        entry.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        entry.tag,
        entry.actor,
        entry.actor_name,
        entry.on_behalf_of,
        entry.subject,
        job,
        environment,
        values,
        rule,
        channel,
        client,
        entry.request_id,
        detail or "",
    )


def _cell(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text.replace("\0", "�")
    # A quote in front makes it a text, whatever follows; blanks before a formula are passed over.
    is_formula = text.startswith(("\t", "\r", "\n")) or text.lstrip().startswith(_BEGINS_A_FORMULA)
    return f"'{text}" if is_formula else text
