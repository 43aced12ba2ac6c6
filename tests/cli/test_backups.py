"""backup and restore: whole copies of a database in use, and nothing runs again afterwards."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bot.adapters.database import SqlStore
from bot.adapters.database.locks import only_process
from bot.domain.audit import AuditEntry
from bot.domain.executions import Status
from simulator import Message
from tests.cli.desks import Desk
from tests.fakes.databases import fresh_database, url_of
from tests.fakes.tampering import UNGUARDED
from tests.fakes.values import NOW, execution
from tests.journeys.houses import House, migrated, people, settings_for
from tests.journeys.programs import Program

ENTRY = AuditEntry(at=NOW, tag="job:test:written", actor="person:T/U", subject="test")


@pytest.fixture
async def database(desk: Desk) -> Path:
    await fresh_database(desk.folder, "jobthread.db")
    return desk.folder / "jobthread.db"


@asynccontextmanager
async def _opened(file: Path) -> AsyncGenerator[SqlStore]:
    store = SqlStore(url_of(file))
    yield store
    await store.close()


async def _given(file: Path, *statuses: Status) -> None:
    async with _opened(file) as store, store.transaction() as tx:
        for number, status in enumerate(statuses):
            await tx.executions.add(execution(number, status=status, platform="local"))


async def _statuses(file: Path) -> list[Status]:
    async with _opened(file) as store, store.reading() as tx:
        return [each.status for each in reversed(await tx.executions.listing())]


def _asked(file: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as opened:
        return opened.execute(query).fetchall()


def _left(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir() if each.name.startswith(".")}


async def test_a_backup_taken_while_the_bot_writes_is_one_whole_moment(
    desk: Desk, database: Path
) -> None:
    async with _opened(database) as store:

        async def write() -> None:
            while True:
                async with store.transaction() as tx:
                    await tx.audit.write(ENTRY)

        writing = asyncio.create_task(write())
        said = await desk.types("backup", "copy.db")
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)

    assert said.code == 0, said.err
    verified = await desk.types("audit", "verify", JOBTHREAD_DATABASE_URL=url_of(Path("copy.db")))
    assert verified.code == 0
    assert _asked(desk.folder / "copy.db", "PRAGMA integrity_check") == [("ok",)]
    [(rows,)] = _asked(desk.folder / "copy.db", "SELECT count(*) FROM audit WHERE tag LIKE 'job%'")
    assert isinstance(rows, int)
    assert rows > 0


async def test_a_backup_is_one_file_that_only_its_owner_may_read(
    desk: Desk, database: Path
) -> None:
    await desk.types("backup", "copy.db")

    [found] = desk.folder.glob("copy.db*")
    assert found.stat().st_mode & 0o777 == 0o600
    assert not _left(desk.folder)


async def test_a_backup_never_overwrites(desk: Desk, database: Path) -> None:
    (desk.folder / "copy.db").write_text("precious")

    said = await desk.types("backup", "copy.db")

    assert said.code == 1
    assert "never overwrites" in said.err
    assert (desk.folder / "copy.db").read_text() == "precious"


async def test_a_broken_chain_is_found_at_the_backup_and_not_at_the_restore(
    desk: Desk, database: Path
) -> None:
    async with _opened(database) as store, store.transaction() as tx:
        await tx.audit.write(ENTRY)
    with closing(sqlite3.connect(database)) as opened:
        opened.executescript(UNGUARDED)
        opened.execute("UPDATE audit SET actor_name = 'somebody else'")
        opened.commit()

    said = await desk.types("backup", "copy.db")

    assert said.code == 1
    assert "broken at row 1" in said.err
    assert not (desk.folder / "copy.db").exists()
    assert not _left(desk.folder)


@pytest.mark.parametrize(
    ("words", "tool"),
    [(("backup", "copy.db"), "pg_dump"), (("restore", "policy.yaml"), "pg_restore")],
)
async def test_postgresql_has_its_own_tools(desk: Desk, words: tuple[str, ...], tool: str) -> None:
    said = await desk.types(
        *words, JOBTHREAD_DATABASE_URL="postgresql+asyncpg://jobs@127.0.0.1:9/jobs"
    )

    assert said.code == 1
    assert tool in said.err


async def test_a_restore_keeps_the_database_before_and_never_gives_a_number_twice(
    desk: Desk, database: Path
) -> None:
    await _given(database, Status.SUCCEEDED)
    await desk.types("backup", "copy.db")
    await _given(database, *[Status.FAILED] * 5)

    said = await desk.types("restore", "copy.db")

    assert said.code == 0, said.err
    [aside] = desk.folder.glob("jobthread.db.before-*")
    assert len(await _statuses(aside)) == len(await _statuses(database)) + 4
    async with _opened(database) as store, store.transaction() as tx:
        assert (await tx.executions.add(execution(99))).id == 1006


async def test_without_the_old_database_numbers_go_on_far_above(desk: Desk, database: Path) -> None:
    await _given(database, Status.SUCCEEDED)
    await desk.types("backup", "copy.db")
    await asyncio.to_thread(database.unlink)

    assert (await desk.types("restore", "copy.db")).code == 0

    async with _opened(database) as store, store.transaction() as tx:
        assert (await tx.executions.add(execution(99))).id > 11_000


@pytest.mark.parametrize(
    ("spoiling", "sentence"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "at level 9999"),
        ("DELETE FROM alembic_version", "at level (none)"),
        (
            "INSERT INTO audit SELECT 2, at, tag, actor, actor_name, on_behalf_of, subject,"
            " request_id, detail, 'x', 'x' FROM audit",
            "broken at row 2",
        ),
    ],
)
async def test_a_backup_that_cannot_be_trusted_is_refused_and_nothing_changes(
    desk: Desk, database: Path, spoiling: str, sentence: str
) -> None:
    await desk.types("backup", "copy.db")
    with closing(sqlite3.connect(desk.folder / "copy.db")) as opened:
        opened.execute(spoiling)
        opened.commit()
    before = await asyncio.to_thread(database.read_bytes)

    said = await desk.types("restore", "copy.db")

    assert said.code == 1
    assert sentence in said.err
    assert await asyncio.to_thread(database.read_bytes) == before
    assert not list(desk.folder.glob("jobthread.db.before-*"))


async def test_what_is_no_database_is_refused(desk: Desk, database: Path) -> None:
    said = await desk.types("restore", "policy.yaml")

    assert said.code == 1
    assert "cannot be copied as an SQLite database" in said.err


async def test_a_database_that_is_broken_can_be_replaced_and_is_kept(
    desk: Desk, database: Path
) -> None:
    await desk.types("backup", "copy.db")
    await asyncio.to_thread(database.write_bytes, b"broken" * 1000)

    said = await desk.types("restore", "copy.db")

    assert said.code == 0, said.err
    aside = min(desk.folder.glob("jobthread.db.before-*"))
    assert aside.read_bytes().startswith(b"broken")


async def test_what_waited_goes_on_when_nothing_ran_since(desk: Desk, database: Path) -> None:
    await _given(database, Status.AWAITING_APPROVAL, Status.READY)
    await desk.types("backup", "copy.db")

    said = await desk.types("restore", "copy.db", "--nothing-ran-since")

    assert said.code == 0, said.err
    assert await _statuses(database) == [Status.AWAITING_APPROVAL, Status.READY]


async def test_what_waited_is_cancelled_when_it_may_have_run_since(
    desk: Desk, database: Path
) -> None:
    await _given(database, Status.AWAITING_APPROVAL, Status.RUNNING, Status.SUCCEEDED)
    await desk.types("backup", "copy.db")

    said = await desk.types("restore", "copy.db")

    assert "1 cancelled, 1 lost" in said.out
    assert await _statuses(database) == [Status.CANCELLED, Status.LOST, Status.SUCCEEDED]
    assert (await desk.types("audit", "verify")).code == 0


async def test_a_restored_database_is_settled_only_while_nobody_uses_it(
    desk: Desk, database: Path
) -> None:
    with only_process(make_url(url_of(database))):
        said = await desk.types("settle")
    settled = await desk.types("settle")

    assert (said.code, settled.code) == (1, 0)
    assert "used by another Jobthread" in said.err


@pytest.fixture
async def house(desk: Desk) -> House:
    people(desk.workspace)
    settings = settings_for(desk.workspace, desk.folder)
    await migrated(settings)
    return House(workspace=desk.workspace, settings=settings)


async def _approved_to_its_end(house: House, asked: Message) -> Message:
    await house.workspace.click("bo", asked, "approve")
    card = await house.message("#ops", "Count", "Done", timeout=60)
    await house.workspace.until(
        lambda: any(m.files for m in house.workspace.thread("#ops", card.ts)), why="the log"
    )
    return card


async def test_a_run_approved_since_the_backup_is_found_again_and_neither_run_nor_told_twice(
    desk: Desk, house: House
) -> None:
    bot = Program(house.workspace, desk.folder)
    await bot.begin()
    await house.workspace.slash("ana", "/job", "run count", channel="#ops")
    asked = await house.message("#ops", "Count", "Waiting for approval")
    assert (await desk.types("backup", "copy.db")).code == 0
    card = await _approved_to_its_end(house, asked)
    said_before = [m.seen for m in house.workspace.thread("#ops", card.ts)]
    refused = await desk.types("restore", "copy.db")
    assert "Stop that one" in refused.err
    await bot.stop()

    said = await desk.types("restore", "copy.db")
    assert said.code == 0, said.err
    await bot.begin()
    await house.workspace.slash("ana", "/job", "run hello who=after", channel="#ops")
    await house.message("#ops", "Say hello", "Done")
    await bot.stop()

    assert (desk.folder / "counted").read_text().split() == ["ran"]
    assert await _statuses(desk.folder / "jobthread.db") == [Status.SUCCEEDED] * 2
    told = Counter(m.seen for m in house.workspace.thread("#ops", card.ts))
    assert told == Counter(said_before)
    assert await house.message("#ops", "Count", "Done")
