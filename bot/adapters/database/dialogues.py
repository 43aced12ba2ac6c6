"""How people talk: their own short forms, and questions still open."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.adapters.database.tables import aliases, open_questions
from bot.domain.actors import PersonId, Place
from bot.domain.aliases import Alias, alias_key
from bot.domain.followups import OpenQuestion

_QUESTION = TypeAdapter(OpenQuestion)


class SqlAliases:
    """Short forms, by their owner and name whatever its letters."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, alias: Alias) -> None:
        row = {
            "user": alias.owner.user,
            "key": alias_key(alias.name),
            "team": alias.owner.team,
            "enterprise": alias.owner.enterprise,
            "name": alias.name,
            "words": alias.words,
            "made_at": alias.made_at,
        }
        await _put(self._connection, aliases, row)

    async def get(self, person: PersonId, name: str) -> Alias | None:
        found = await self._connection.execute(select(aliases).where(*_own(person, name)))
        row = found.mappings().first()
        return None if row is None else _alias(row)

    async def of(self, person: PersonId) -> Sequence[Alias]:
        statement = select(aliases).where(aliases.c.user == person.user).order_by(aliases.c.key)
        return [_alias(row) for row in (await self._connection.execute(statement)).mappings()]

    async def drop(self, person: PersonId, name: str) -> bool:
        statement = delete(aliases).where(*_own(person, name)).returning(aliases.c.key)
        return (await self._connection.execute(statement)).first() is not None


class SqlOpenQuestions:
    """The one question that somebody was asked last in a conversation."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, question: OpenQuestion, now: datetime) -> None:
        over = delete(open_questions).where(open_questions.c.until <= now)
        await self._connection.execute(over)
        row = {
            "channel": question.place.channel,
            "thread": question.place.thread,
            "user": question.person.user,
            "until": question.until,
            "body": _QUESTION.dump_python(question, mode="json"),
        }
        await _put(self._connection, open_questions, row)

    async def get(self, place: Place, person: PersonId, now: datetime) -> OpenQuestion | None:
        wanted = (*_asked(place, person), open_questions.c.until > now)
        body = await self._connection.scalar(select(open_questions.c.body).where(*wanted))
        return None if body is None else _QUESTION.validate_python(body)

    async def drop(self, place: Place, person: PersonId) -> None:
        await self._connection.execute(delete(open_questions).where(*_asked(place, person)))


async def _put(connection: AsyncConnection, table: Table, row: Mapping[str, object]) -> None:
    """Insert the row, or write it over the one with its key."""
    is_postgres = connection.dialect.name == "postgresql"
    insert = postgresql.insert(table) if is_postgres else sqlite.insert(table)
    changed = {name: value for name, value in row.items() if not table.c[name].primary_key}
    keys = list(table.primary_key.columns)
    statement = insert.values(row).on_conflict_do_update(index_elements=keys, set_=changed)
    await connection.execute(statement)


def _own(person: PersonId, name: str) -> tuple[ColumnElement[bool], ...]:
    return aliases.c.user == person.user, aliases.c.key == alias_key(name)


def _asked(place: Place, person: PersonId) -> tuple[ColumnElement[bool], ...]:
    return (
        open_questions.c.channel == place.channel,
        open_questions.c.thread == place.thread,
        open_questions.c.user == person.user,
    )


def _alias(row: RowMapping) -> Alias:
    owner = PersonId(team=row["team"], user=row["user"], enterprise=row["enterprise"])
    return Alias(owner=owner, name=row["name"], words=row["words"], made_at=row["made_at"])
