"""Audit rows as a table in which nothing is run."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.chains import Link
from bot.domain.sheets import COLUMNS, sheet_of
from tests.fakes.chains import chain, entry


def _row(**changes: object) -> dict[str, str]:
    said = entry(1, **changes)
    link = Link(seq=1, entry=said, before="0" * 64, hash=said.chained("0" * 64))
    [row] = csv.DictReader(io.StringIO(sheet_of([link]).decode("utf-8-sig")))
    return row


def test_a_row_is_told_in_its_columns() -> None:
    row = _row(detail={"job": "deploy", "values": {"env": "prod"}, "rule": "r", "was": "ready"})

    assert tuple(row) == COLUMNS
    assert row["at (UTC)"].startswith("2026-")
    assert (row["job"], row["values"], row["rule"]) == ("deploy", '{"env": "prod"}', "r")
    assert row["detail"] == '{"was": "ready"}'


@pytest.mark.parametrize(
    "said",
    [
        "=HYPERLINK(1)",
        "+1+1",
        "-2",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\n=1",
        "  =1",
        "＝1",
        "=cmd|' /C calc'!A0\"",
    ],
)
def test_what_a_spreadsheet_would_compute_is_a_text(said: str) -> None:
    assert _row(actor_name=said)["name"].startswith("'")
    assert _row(detail={"rule": said})["rule"].startswith("'")


@given(some.text(some.characters(exclude_characters="\r\n\0"), max_size=40))
def test_no_cell_begins_a_formula_and_every_other_text_stays(said: str) -> None:
    name = _row(actor_name=said)["name"]

    assert not name.startswith(("=", "+", "-", "@", "\t"))
    assert name.removeprefix("'") == said.removeprefix("'").encode(errors="replace").decode()


def test_it_opens_with_the_mark_of_utf_8() -> None:
    assert sheet_of(chain(2)).startswith(b"\xef\xbb\xbf")
    assert sheet_of(chain(2)).count(b"\r\n") == 3
