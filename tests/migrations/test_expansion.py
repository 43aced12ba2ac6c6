"""Migrations only add: the release before this one goes on working on this one's schema."""

import asyncio
import io
import re
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, Inspector, inspect

from bot.adapters.database import SqlStore
from bot.adapters.database.schema import Level, alembic_config, level, migrate
from tests.fakes.databases import Kind, empty_database
from tests.migrations.releases import previous, unpacked

TAKING_AWAY = re.compile(
    r"\b(DROP|RENAME|ALTER COLUMN|DELETE FROM|(?<!BEFORE )TRUNCATE)\b"
    r"|ADD CONSTRAINT|CREATE UNIQUE INDEX",
    re.I,
)
WITHOUT_A_VALUE = re.compile(r"ADD COLUMN (?!.*\bDEFAULT\b).*\bNOT NULL\b", re.I)


def _history(folder: Path) -> ScriptDirectory:
    return ScriptDirectory(str(folder))


@pytest.fixture
def level_before(tmp_path: Path) -> str:
    """The level of the release before this one."""
    head = _history(unpacked(previous(), tmp_path) / "migrations").get_current_head()
    assert head is not None
    return head


@pytest.fixture
def since(level_before: str) -> Sequence[Script]:
    """The revisions that this release adds, oldest first."""
    script = ScriptDirectory.from_config(alembic_config(""))
    return list(reversed(list(script.iterate_revisions("head", level_before))))


def _statements(revisions: Sequence[Script], dialect: str) -> str:
    """The SQL of these revisions, which no database has to run."""
    written = io.StringIO()
    opts: dict[str, Any] = {"as_sql": True, "output_buffer": written}
    context = MigrationContext.configure(dialect_name=dialect, opts=opts)
    with Operations.context(context):
        for revision in revisions:
            revision.module.upgrade()
    return written.getvalue()


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_nothing_is_taken_away_that_the_release_before_uses(
    since: Sequence[Script], dialect: str
) -> None:
    found = [
        line
        for line in _statements(since, dialect).splitlines()
        if TAKING_AWAY.search(line) or WITHOUT_A_VALUE.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE outbox DROP COLUMN lane",
        "ALTER TABLE outbox RENAME TO letters",
        "ALTER TABLE outbox ADD COLUMN target VARCHAR(32) NOT NULL",
        "ALTER TABLE outbox ALTER COLUMN lane TYPE BIGINT",
        "CREATE UNIQUE INDEX once ON outbox (target)",
    ],
)
def test_what_takes_away_is_seen(statement: str) -> None:
    assert TAKING_AWAY.search(statement) or WITHOUT_A_VALUE.search(statement)


@pytest.fixture(params=list(Kind))
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[SqlStore]:
    async with empty_database(Kind(request.param), tmp_path) as url:
        store = SqlStore(url)
        yield store
        await store.close()


def _columns(connection: Connection) -> dict[tuple[str, str], tuple[str, bool]]:
    seen: Inspector = inspect(connection)
    return {
        (table, column["name"]): (str(column["type"]), column["nullable"])
        for table in seen.get_table_names()
        for column in seen.get_columns(table)
    }


async def test_every_column_of_the_release_before_stays_as_it_was(
    empty: SqlStore, level_before: str
) -> None:
    await _migrated_to(empty, level_before)
    async with empty.engine.connect() as connection:
        before = await connection.run_sync(_columns)
    await migrate(empty)
    async with empty.engine.connect() as connection:
        after = await connection.run_sync(_columns)

    assert {name: after.get(name) for name in before} == before


def test_a_release_adds_one_revision_at_most(since: Sequence[Script]) -> None:
    """So that the release before it knows how far ahead a database may be."""
    assert len(since) <= 1


@pytest.mark.parametrize(
    ("current", "usable"), [("0002", True), ("0003", True), ("0004", False), ("0001", False)]
)
def test_a_release_works_on_its_own_level_and_the_next(current: str, *, usable: bool) -> None:
    assert Level(current=current, wanted="0002").is_usable is usable


@pytest.mark.parametrize("current", ["", "x"])
def test_a_level_that_says_nothing_is_not_usable(current: str) -> None:
    assert not Level(current=current, wanted="0002").is_usable


async def test_migrating_never_goes_back(empty: SqlStore) -> None:
    await migrate(empty)
    ahead = f"{int((await level(empty)).wanted) + 1:04}"
    async with empty.engine.begin() as connection:
        await connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{ahead}'")

    await migrate(empty)

    assert (await level(empty)).current == ahead


async def _migrated_to(store: SqlStore, revision: str) -> None:
    url = store.url.render_as_string(hide_password=False)
    await asyncio.to_thread(command.upgrade, alembic_config(url), revision)
