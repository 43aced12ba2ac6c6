"""One link of the audit chain."""

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest

from bot.domain.audit import GENESIS, AuditEntry
from tests.fakes.values import NOW

ENTRY = AuditEntry(at=NOW, tag="job:a:b", actor="person:T/U", subject="execution:1")


@pytest.mark.parametrize(
    "change",
    [
        {"at": NOW + timedelta(microseconds=1)},
        {"tag": "job:a:c"},
        {"actor": "person:T/V"},
        {"actor_name": "Ana"},
        {"on_behalf_of": "UBO"},
        {"subject": "execution:2"},
        {"request_id": "r"},
        {"detail": {"x": 1}},
    ],
)
def test_every_field_is_in_the_hash(change: dict[str, Any]) -> None:
    assert replace(ENTRY, **change).chained(GENESIS) != ENTRY.chained(GENESIS)


def test_the_row_before_is_in_the_hash() -> None:
    assert ENTRY.chained("1" * 64) != ENTRY.chained(GENESIS)


def test_the_same_moment_in_another_zone_is_the_same_fact() -> None:
    elsewhere = replace(ENTRY, at=NOW.astimezone(timezone(timedelta(hours=8))))

    assert elsewhere.chained(GENESIS) == ENTRY.chained(GENESIS)
