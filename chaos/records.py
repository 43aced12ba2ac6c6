"""What is true at the end: the rows, the platform's own record, and what both say of each run."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.database import SqlStore
from bot.adapters.database.tables import copies, decisions, executions, inbox, outbox
from bot.adapters.platforms.local.platform import LocalPlatform, SandboxMode
from bot.domain.errors import PortError
from bot.domain.executions import Execution, Status
from bot.ports import RunState

FINAL = tuple(status for status in Status if status.is_final)


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """What is not at its end: rows by table."""

    envelopes: int
    notices: int
    executions: int

    @property
    def is_nothing(self) -> bool:
        return not (self.envelopes or self.notices or self.executions)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """The database at the end. `notices` are the outbox's rows, `copies` (execution, channel, ts),
    `envelopes` the inbox's keys with what was noted when they were handled."""

    executions: Sequence[Execution]
    notices: Sequence[Mapping[str, Any]]
    copies: Sequence[tuple[int, str, str]]
    envelopes: Mapping[str, tuple[bool, str]]
    decisions: int

    @property
    def by_name(self) -> Mapping[str, Sequence[Execution]]:
        """Executions by the value by which they were asked for."""
        found: defaultdict[str, list[Execution]] = defaultdict(list)
        for each in self.executions:
            found[str(each.values["n"])].append(each)
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What ran, in the platform's own words: lines by (name, run), and each run's state by key."""

    lines: Counter[tuple[str, str]]
    states: Mapping[str, RunState]

    def keys_of(self, name: str) -> list[str]:
        """Request keys of the runs that wrote a line under this name, once for each line."""
        return [
            key for (each, key), count in self.lines.items() if each == name for _ in range(count)
        ]


async def left_in(store: SqlStore) -> Left | None:
    """None while the database does not answer."""
    try:
        async with store.engine.connect() as connection:

            async def counted(table: Table, *wanted: Any) -> int:
                found = select(func.count()).select_from(table).where(*wanted)
                return int((await connection.execute(found)).scalar_one())

            return Left(
                envelopes=await counted(inbox, inbox.c.handled_at.is_(None)),
                notices=await counted(outbox, outbox.c.state == "pending"),
                executions=await counted(executions, executions.c.status.not_in(FINAL)),
            )
    except (SQLAlchemyError, PortError, OSError):
        return None


async def rows_of(store: SqlStore) -> Rows:
    async with store.reading() as tx:
        every = await tx.executions.listing(limit=1_000_000)
    async with store.engine.connect() as connection:
        notices = (await connection.execute(select(outbox))).mappings().all()
        told = await connection.execute(select(copies.c.execution, copies.c.channel, copies.c.ts))
        envelopes = await connection.execute(select(inbox.c.key, inbox.c.handled_at, inbox.c.error))
        decided = await connection.execute(select(func.count()).select_from(decisions))
        return Rows(
            executions=every,
            notices=[dict(row) for row in notices],
            copies=[(row[0], row[1], row[2]) for row in told],
            envelopes={row[0]: (row[1] is not None, row[2]) for row in envelopes},
            decisions=int(decided.scalar_one()),
        )


async def record_of(file: Path, states: Mapping[str, Path], rows: Rows) -> Record:
    """`states` are the state folders by host."""
    said: dict[str, RunState] = {}
    for host, folder in states.items():
        platform = LocalPlatform(folder / "local", sandbox=SandboxMode.NONE, host=host)
        keys = [each.request_key for each in rows.executions if each.host == host]
        said |= {key: seen.state for key, seen in (await platform.observe(keys)).items()}
        await platform.close()
    text = await asyncio.to_thread(file.read_text)
    return Record(lines=Counter(_line(each) for each in text.splitlines()), states=said)


def _line(line: str) -> tuple[str, str]:
    """A name and the request key of its run, without the mark of the platform's folder."""
    name, _, run = line.partition(" ")
    return name, run.partition("@")[0]
