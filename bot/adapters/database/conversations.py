"""What belongs to conversations: received envelopes, drafts, and where cards stand."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Table, delete, exists, insert, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.tables import copies, drafts, inbox
from bot.domain.actors import MessageRef, PersonId
from bot.domain.drafts import Draft
from bot.ports import Envelope

_DRAFT = TypeAdapter(Draft)


class SqlInbox:
    """Envelopes by their key, each leased to whoever handles it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def record(self, envelope: Envelope) -> bool:
        row = {
            "key": envelope.key,
            "kind": envelope.kind,
            "payload": dict(envelope.payload),
            "received_at": envelope.received_at,
            "error": "",
            "order_key": envelope.order,
            "leased_until": envelope.leased_until,
        }
        # One statement: this stands before every ack.
        added = _insert_new(self._connection, inbox).values(row).returning(inbox.c.key)
        return (await self._connection.execute(added)).first() is not None

    async def get(self, key: str) -> Envelope | None:
        rows = await self._connection.execute(select(inbox).where(inbox.c.key == key))
        row = rows.mappings().one_or_none()
        return None if row is None else envelope_of(row)

    async def handled(self, key: str, now: datetime, *, error: str = "") -> None:
        statement = update(inbox).where(inbox.c.key == key)
        await self._connection.execute(statement.values(handled_at=now, error=error))

    async def answered(self, key: str, answer: Mapping[str, Any]) -> None:
        statement = update(inbox).where(inbox.c.key == key)
        await self._connection.execute(statement.values(answer=dict(answer)))

    async def unhandled(self, before: datetime, limit: int = 100) -> Sequence[Envelope]:
        statement = (
            select(inbox)
            .where(inbox.c.handled_at.is_(None), inbox.c.received_at < before)
            .order_by(inbox.c.received_at)
            .limit(limit)
        )
        return [envelope_of(row) for row in (await self._connection.execute(statement)).mappings()]

    async def claim(self, now: datetime, lease: timedelta, limit: int) -> Sequence[Envelope]:
        earlier = inbox.alias("earlier")
        is_first = ~exists(
            select(earlier.c.key).where(
                earlier.c.order_key == inbox.c.order_key,
                earlier.c.handled_at.is_(None),
                tuple_(earlier.c.received_at, earlier.c.key)
                < tuple_(inbox.c.received_at, inbox.c.key),
            )
        )
        statement = (
            select(inbox)
            .where(
                inbox.c.handled_at.is_(None),
                or_(inbox.c.leased_until.is_(None), inbox.c.leased_until <= now),
                or_(inbox.c.order_key == "", is_first),
            )
            .order_by(inbox.c.received_at, inbox.c.key)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        found = (await self._connection.execute(statement)).mappings().all()
        if found:
            keys = [row["key"] for row in found]
            leased = update(inbox).where(inbox.c.key.in_(keys))
            await self._connection.execute(leased.values(leased_until=now + lease))
        return [envelope_of(row) for row in found]

    async def let_go(self, keys: Sequence[str]) -> None:
        statement = update(inbox).where(inbox.c.key.in_(keys), inbox.c.handled_at.is_(None))
        await self._connection.execute(statement.values(leased_until=None))

    async def end_leases(self, now: datetime) -> int:
        statement = (
            update(inbox)
            .where(inbox.c.handled_at.is_(None), inbox.c.leased_until > now)
            .values(leased_until=None)
            .returning(inbox.c.key)
        )
        return len((await self._connection.scalars(statement)).all())

    async def forget(self, before: datetime) -> int:
        statement = (
            delete(inbox)
            .where(inbox.c.handled_at.is_not(None), inbox.c.handled_at < before)
            .returning(inbox.c.key)
        )
        return len((await self._connection.scalars(statement)).all())


class SqlDrafts:
    """What people put together, by its id."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, draft: Draft) -> None:
        body = _DRAFT.dump_python(draft, mode="json")
        changed = update(drafts).where(drafts.c.id == draft.id).returning(drafts.c.id)
        row = {"owner_user": draft.owner.user, "changed_at": draft.changed_at, "body": body}
        if (await self._connection.execute(changed.values(row))).first() is None:
            await self._connection.execute(insert(drafts).values(id=draft.id, **row))

    async def get(self, draft: str) -> Draft | None:
        body = await self._connection.scalar(select(drafts.c.body).where(drafts.c.id == draft))
        return None if body is None else _DRAFT.validate_python(body)

    async def forget(self, before: datetime) -> int:
        statement = delete(drafts).where(drafts.c.changed_at < before).returning(drafts.c.id)
        return len((await self._connection.scalars(statement)).all())


class SqlCopies:
    """Messages that show an execution beside its card."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, execution: int, ref: MessageRef, person: PersonId | None) -> None:
        row = {
            "channel": ref.channel,
            "ts": ref.ts,
            "execution": execution,
            "enterprise": ref.enterprise,
            "team": ref.team,
            "person_enterprise": person.enterprise if person else "",
            "person_team": person.team if person else "",
            "person_user": person.user if person else "",
        }
        there = select(copies.c.ts).where(copies.c.channel == ref.channel, copies.c.ts == ref.ts)
        if await self._connection.scalar(there) is None:
            await self._connection.execute(insert(copies).values(row))

    async def of(self, execution: int) -> Sequence[tuple[MessageRef, PersonId | None]]:
        return (await self.of_many([execution]))[execution]

    async def of_many(
        self, executions: Sequence[int]
    ) -> Mapping[int, Sequence[tuple[MessageRef, PersonId | None]]]:
        statement = select(copies).where(copies.c.execution.in_(executions)).order_by(copies.c.ts)
        found: dict[int, list[tuple[MessageRef, PersonId | None]]] = {e: [] for e in executions}
        for row in (await self._connection.execute(statement)).mappings():
            found[row["execution"]].append(_copy(row))
        return found


def _insert_new(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that does nothing where the key is there already."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def envelope_of(row: Mapping[Any, Any]) -> Envelope:
    """An envelope from a row of its table."""
    return Envelope(
        key=row["key"],
        kind=row["kind"],
        payload=row["payload"],
        received_at=row["received_at"],
        answer=row["answer"],
        handled=row["handled_at"] is not None,
    )


def _copy(row: Mapping[Any, Any]) -> tuple[MessageRef, PersonId | None]:
    ref = MessageRef(
        team=row["team"], enterprise=row["enterprise"], channel=row["channel"], ts=row["ts"]
    )
    if not row["person_user"]:
        return ref, None
    person = PersonId(
        team=row["person_team"], user=row["person_user"], enterprise=row["person_enterprise"]
    )
    return ref, person
