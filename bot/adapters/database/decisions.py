"""Decisions: one row a person and digest."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.tables import decisions
from bot.domain.actors import PersonId
from bot.domain.approvals import Decision, Verdict
from bot.domain.delegations import Behalf

_WHOSE = frozenset({"execution", "user"})
_BEHALF: TypeAdapter[Behalf | None] = TypeAdapter(Behalf | None)


class SqlDecisions:
    """A second decision of one person on one digest is turned away by the key."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, decision: Decision) -> bool:
        row = {
            "execution": decision.execution,
            "user": decision.person.user,
            "team": decision.person.team,
            "enterprise": decision.person.enterprise,
            "name": decision.name,
            "verdict": decision.verdict,
            "comment": decision.comment,
            "digest": decision.digest,
            "at": decision.at,
            "serves": list(decision.serves),
            "email": decision.email,
            "proven": decision.proven,
            "behalf": _BEHALF.dump_python(decision.behalf, mode="json"),
        }
        dialect = self._connection.dialect.name
        added = (postgresql_insert if dialect == "postgresql" else sqlite_insert)(decisions)
        # What was said to another digest is void; the audit keeps it.
        taken = added.values(row).on_conflict_do_update(
            index_elements=[decisions.c.execution, decisions.c.user],
            set_={name: value for name, value in row.items() if name not in _WHOSE},
            where=decisions.c.digest != decision.digest,
        )
        found = await self._connection.execute(taken.returning(decisions.c.execution))
        return found.first() is not None

    async def of(self, execution: int) -> Sequence[Decision]:
        return (await self.of_many([execution]))[execution]

    async def of_many(self, executions: Sequence[int]) -> Mapping[int, Sequence[Decision]]:
        found: dict[int, list[Decision]] = {each: [] for each in executions}
        given = {"executions": list(found)}
        for row in (await self._connection.execute(_DECISIONS, given)).mappings():
            found[row["execution"]].append(_decision(row))
        return found


_DECISIONS = (
    select(decisions)
    .where(decisions.c.execution.in_(bindparam("executions", expanding=True)))
    .order_by(decisions.c.at)
)


def _decision(row: Mapping[Any, Any]) -> Decision:
    person = PersonId(team=row["team"], user=row["user"], enterprise=row["enterprise"])
    return Decision(
        execution=row["execution"],
        person=person,
        name=row["name"],
        verdict=Verdict(row["verdict"]),
        comment=row["comment"],
        digest=row["digest"],
        at=row["at"],
        serves=tuple(row["serves"]),
        email=row["email"],
        proven=row["proven"],
        behalf=_BEHALF.validate_python(row["behalf"]),
    )
