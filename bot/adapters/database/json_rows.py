"""Many rows as one JSON parameter: a statement reads them all, whatever their number."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.types import Text

from bot.adapters.database.batch_rows import stamp


class Is(StrEnum):
    """What a column of such a row is read as; a DOCUMENT is JSON in a text of its own."""

    TEXT = "text"
    WHOLE = "integer"
    NUMBER = "double precision"
    TRUTH = "boolean"
    MOMENT = "timestamptz"
    DOCUMENT = "json"


Columns = Mapping[str, Is]


def rows_of(columns: Columns, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The parameter of a statement that reads `rows_from(columns)`."""
    return {
        "rows": json.dumps(
            [[_told(row[name], kind) for name, kind in columns.items()] for row in rows],
            separators=(",", ":"),
        )
    }


def rows_from(dialect: str, columns: Columns) -> str:
    """A subquery that gives the rows, in their order, with a `place` beside the columns."""
    if dialect == "postgresql":
        fields = [_postgres(place, *each) for place, each in enumerate(columns.items())]
        source = "json_array_elements(CAST(:rows AS json)) WITH ORDINALITY AS each (item, place)"
    else:
        # A moment is kept as the text that it comes as, and a truth as a number.
        fields = [
            f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(columns)
        ]
        source = "json_each(:rows)"
        fields.append("json_each.key AS place")
    place = ", place" if dialect == "postgresql" else ""
    # S608: put together from the names of our own columns alone.
    return f"SELECT {', '.join(fields)}{place} FROM {source}"  # noqa: S608


def reading_rows(statement: str) -> TextClause:
    """A statement with such rows as its parameter."""
    return text(statement).bindparams(bindparam("rows", type_=Text()))


def _postgres(place: int, name: str, kind: Is) -> str:
    if kind is Is.MOMENT:
        return f"((item ->> {place}) || '+00')::timestamptz AS {name}"
    return f"(item ->> {place})::{kind} AS {name}"


def _told(value: Any, kind: Is) -> Any:
    if value is None:
        return None
    if kind is Is.MOMENT:
        return stamp(value)
    return json.dumps(value, separators=(",", ":")) if kind is Is.DOCUMENT else value
