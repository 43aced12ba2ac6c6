"""Tables and charts: table, data_table, data_visualization."""

from simulator.blocks.compositions import TYPE
from simulator.blocks.richtext import RICH_TEXT
from simulator.blocks.rules import (
    Check,
    Report,
    Shape,
    anything,
    array,
    boolean,
    integer,
    one_of,
    string,
    typed,
)
from simulator.shapes import is_list, is_number, is_object

CELL_CHARACTERS = 10_000
DATA_CHARACTERS = 20_000


def _number(report: Report, value: object, path: str) -> None:
    if not is_number(value):
        report.add(path, "must be a number")


_CELL = typed(
    {
        "raw_text": Shape({"type": TYPE, "text": string(CELL_CHARACTERS)}, {}),
        "raw_number": Shape({"type": TYPE, "value": _number, "text": string(255)}, {}),
        "rich_text": RICH_TEXT,
    }
)
_COLUMN = Shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})


def _cells_within(most: int) -> Check:
    """All words of all cells together; 10,000 for table and 20,000 for data_table [3p]."""

    def check(report: Report, value: object, path: str) -> None:
        rows = value.get("rows") if is_object(value) else None
        if is_list(rows) and _characters(rows) > most:
            report.add(f"{path}/rows", f"must be less than {most + 1} characters")

    return check


def _plain_header(report: Report, value: object, path: str) -> None:
    rows = value.get("rows") if is_object(value) else None
    header: object = rows[0] if is_list(rows) and rows else None
    for index, cell in enumerate(header if is_list(header) else []):
        if is_object(cell) and cell.get("type") == "rich_text":
            report.add(f"{path}/rows/0/{index}", "rich_text is not allowed in the header row")


def _characters(value: object) -> int:
    if is_object(value):
        words = value.get("text")
        inner = sum(_characters(v) for v in value.values() if is_list(v))
        return inner + (len(words) if isinstance(words, str) else 0)
    return sum(_characters(item) for item in value) if is_list(value) else 0


TABLE = Shape(
    {"type": TYPE, "rows": array(array(_CELL, 20), 100)},
    {"block_id": string(255), "column_settings": array(_COLUMN, 20)},
    (_cells_within(CELL_CHARACTERS),),
)
DATA_TABLE = Shape(
    {"type": TYPE, "caption": anything, "rows": array(array(_CELL, 20), 101, 2)},
    {"block_id": string(255), "page_size": integer(1, 100), "column_settings": anything},
    (_cells_within(DATA_CHARACTERS), _plain_header),
)
DATA_VISUALIZATION = Shape(
    {"type": TYPE, "title": string(50)},
    {"block_id": string(255), "chart": anything, "caption": anything},
)
