"""Passkeys and errands."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.tables import errands, passkeys
from bot.domain.actors import PersonId
from bot.domain.passkeys import Errand, Passkey, Purpose


class SqlPasskeys:
    """Passkeys by their id, and errands by their token, which is taken once."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        is_sqlite = connection.dialect.name == "sqlite"
        self._insert = sqlite_insert if is_sqlite else postgres_insert

    async def add(self, passkey: Passkey) -> bool:
        statement = self._insert(passkeys).values(
            id=passkey.id,
            name=passkey.name,
            public_key=passkey.public_key,
            sign_count=passkey.sign_count,
            created_at=passkey.created_at,
            used_at=passkey.used_at,
            revoked_at=passkey.revoked_at,
            **_person(passkey.person),
        )
        done = statement.on_conflict_do_nothing().returning(passkeys.c.id)
        return (await self._connection.execute(done)).first() is not None

    async def get(self, passkey: str) -> Passkey | None:
        wanted = select(passkeys).where(passkeys.c.id == passkey)
        row = (await self._connection.execute(wanted)).mappings().first()
        return None if row is None else _passkey(row)

    async def of(self, person: PersonId | None = None) -> Sequence[Passkey]:
        wanted = select(passkeys).order_by(passkeys.c.created_at, passkeys.c.id)
        if person is not None:
            wanted = wanted.where(passkeys.c.user == person.user)
        rows = await self._connection.execute(wanted)
        return [_passkey(row) for row in rows.mappings()]

    async def used(self, passkey: Passkey, sign_count: int, now: datetime) -> bool:
        statement = (
            update(passkeys)
            .where(
                passkeys.c.id == passkey.id,
                passkeys.c.sign_count == passkey.sign_count,
                passkeys.c.revoked_at.is_(None),
            )
            .values(sign_count=sign_count, used_at=now)
            .returning(passkeys.c.id)
        )
        return (await self._connection.execute(statement)).first() is not None

    async def revoke(self, passkey: str, now: datetime) -> bool:
        statement = (
            update(passkeys)
            .where(passkeys.c.id == passkey, passkeys.c.revoked_at.is_(None))
            .values(revoked_at=now)
            .returning(passkeys.c.id)
        )
        return (await self._connection.execute(statement)).first() is not None

    async def send(self, errand: Errand) -> None:
        statement = insert(errands).values(
            token=errand.token,
            purpose=errand.purpose,
            execution=errand.execution,
            digest=errand.digest,
            comment=errand.comment,
            created_at=errand.created_at,
            expires_at=errand.expires_at,
            used_at=errand.used_at,
            **_person(errand.person),
        )
        await self._connection.execute(statement)

    async def errand(self, token: str) -> Errand | None:
        wanted = select(errands).where(errands.c.token == token)
        row = (await self._connection.execute(wanted)).mappings().first()
        return None if row is None else _errand(row)

    async def take(self, token: str, now: datetime) -> bool:
        statement = (
            update(errands)
            .where(errands.c.token == token, errands.c.used_at.is_(None))
            .values(used_at=now)
            .returning(errands.c.token)
        )
        return (await self._connection.execute(statement)).first() is not None

    async def forget(self, before: datetime) -> int:
        over = delete(errands).where(errands.c.expires_at < before).returning(errands.c.token)
        return len((await self._connection.execute(over)).all())


def _person(person: PersonId) -> dict[str, str]:
    return {"enterprise": person.enterprise, "team": person.team, "user": person.user}


def _person_in(row: Mapping[Any, Any]) -> PersonId:
    return PersonId(enterprise=row["enterprise"], team=row["team"], user=row["user"])


def _passkey(row: Mapping[Any, Any]) -> Passkey:
    names = ("id", "name", "public_key", "sign_count", "created_at", "used_at", "revoked_at")
    return Passkey(person=_person_in(row), **{name: row[name] for name in names})


def _errand(row: Mapping[Any, Any]) -> Errand:
    names = ("token", "execution", "digest", "comment", "created_at", "expires_at", "used_at")
    given = {name: row[name] for name in names}
    return Errand(person=_person_in(row), purpose=Purpose(row["purpose"]), **given)
