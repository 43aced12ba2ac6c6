"""Migrations end at exactly the schema that the code uses, and say where a database stands."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

import bot
from bot.adapters.database import SqlStore
from bot.adapters.database.schema import alembic_config, level, migrate
from bot.adapters.database.tables import metadata
from tests.fakes.databases import Kind, empty_database
from tests.migrations.releases import MIGRATE, python


@pytest.fixture(params=list(Kind))
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[SqlStore]:
    async with empty_database(request.param, tmp_path) as url:
        store = SqlStore(url)
        yield store
        await store.close()


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_an_upgrade_from_nothing_ends_at_the_schema_of_the_code(empty: SqlStore) -> None:
    await migrate(empty)

    async with empty.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_partial_indexes_are_of_what_the_code_asks_for(tmp_path: Path) -> None:
    async with empty_database(Kind.SQLITE, tmp_path) as url:
        store = SqlStore(url)
        await migrate(store)
        async with store.engine.connect() as connection:
            made = text("SELECT name, sql FROM sqlite_schema WHERE sql LIKE '%INDEX%WHERE%'")
            found = {row.name: row.sql for row in await connection.execute(made)}
        await store.close()

    indexes = [each for table in metadata.tables.values() for each in table.indexes]
    wanted = {each.name: each.dialect_options["sqlite"]["where"] for each in indexes}
    wanted = {name: str(where) for name, where in wanted.items() if where is not None}
    assert {name: sql.partition("WHERE ")[2] for name, sql in found.items()} == wanted


async def test_a_database_says_where_it_stands(empty: SqlStore) -> None:
    before = await level(empty)
    await migrate(empty)
    after = await level(empty)

    assert (before.current, before.is_current) == ("", False)
    assert after.is_current
    assert after.wanted == ScriptDirectory.from_config(alembic_config("")).get_current_head()


async def test_migrating_twice_changes_nothing(empty: SqlStore) -> None:
    await migrate(empty)
    await migrate(empty)
    assert (await level(empty)).is_current


async def test_two_replicas_that_migrate_together_do_not_meet(tmp_path: Path) -> None:
    async with empty_database(Kind.POSTGRES, tmp_path) as url:
        given = {"JOBTHREAD_DATABASE_URL": url, "SLACK_BOT_TOKEN": "x", "SLACK_APP_TOKEN": "x"}
        house = Path(bot.__file__).parents[1]
        await asyncio.gather(*(python(MIGRATE, house, given) for _ in range(2)))

        store = SqlStore(url)
        assert (await level(store)).is_current
        await store.close()


async def test_a_downgrade_leaves_nothing_behind(empty: SqlStore) -> None:
    await migrate(empty)
    url = empty.url.render_as_string(hide_password=False)

    # Alembic runs a loop of its own, so it gets a thread.
    await asyncio.to_thread(command.downgrade, alembic_config(url), "base")

    async with empty.engine.connect() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert names == ["alembic_version"]


def test_there_is_one_way_up() -> None:
    script = ScriptDirectory.from_config(alembic_config(""))

    assert len(script.get_heads()) == 1
    assert len(list(script.walk_revisions())) == len(set(script.walk_revisions()))
