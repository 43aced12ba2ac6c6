"""Allowances that several processes share: a row a key, counted on the database's own clock."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.troubles import as_port_errors, reaching

SWEPT_EVERY = 1_000
"""Takes after which rows of keys that are full again are dropped."""

KEPT_FOR = 3_600.0
"""Seconds for which a key that is full again is kept."""


class SqlAllowances:
    """The generic cell rate algorithm in one statement; on PostgreSQL alone."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._takes = 0

    async def take(self, key: str, *, rate: float, size: float, reserve: float = 0.0) -> float:
        """As the port says. Raises Temporary when the database is away."""
        self._takes += 1
        if self._takes % SWEPT_EVERY == 0:
            await self.forget()
        given = {"key": key, "step": 1 / rate, "room": (1 + reserve - size) / rate}
        return float(await self._said(_TAKE, given))

    async def hold(self, key: str, seconds: float) -> None:
        await self._said(_HOLD, {"key": key, "seconds": seconds})

    async def forget(self) -> int:
        """Drop the keys that nobody spent from for long; returns how many."""
        return int(await self._said(_FORGET, {"seconds": KEPT_FOR}))

    async def _said(self, statement: TextClause, given: Mapping[str, Any]) -> Any:
        with as_port_errors():
            async with AsyncExitStack() as stack:
                with reaching():
                    connection = await stack.enter_async_context(self._engine.connect())
                # One statement is a transaction by itself, and needs no words around it.
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                return await connection.scalar(statement, given)


_NOW = "extract(epoch FROM clock_timestamp())::double precision"

_TAKE = text(
    # `excluded.free_at - :step` is now. Where another took in the same moment, what is read beside
    # is older than what the update saw: it then waits for that other one's step.
    f"""
    WITH moment AS MATERIALIZED (SELECT {_NOW} AS now),
    taken AS (
        INSERT INTO allowances AS kept (key, free_at, held_until)
        SELECT :key, now + CAST(:step AS double precision), 0 FROM moment
        ON CONFLICT (key) DO UPDATE
        SET free_at = greatest(kept.free_at + :step, excluded.free_at)
        WHERE greatest(kept.free_at - excluded.free_at + :step, 0)
              + CAST(:room AS double precision) <= 1e-6
          AND kept.held_until <= excluded.free_at - :step
        RETURNING 1
    )
    SELECT CASE
        WHEN EXISTS (SELECT FROM taken) THEN 0
        WHEN waits.seconds > 1e-6 THEN waits.seconds
        ELSE :step
    END
    FROM moment
    LEFT JOIN allowances ON allowances.key = :key
    CROSS JOIN LATERAL (
        SELECT greatest(greatest(allowances.free_at - now, 0) + :room, allowances.held_until - now)
        AS seconds
    ) AS waits
    """  # noqa: S608  our own constant
)
_HOLD = text(
    f"""
    INSERT INTO allowances AS kept (key, free_at, held_until)
    SELECT :key, 0, {_NOW} + CAST(:seconds AS double precision)
    ON CONFLICT (key) DO UPDATE
    SET held_until = greatest(kept.held_until, excluded.held_until)
    RETURNING 1
    """  # noqa: S608  our own constant
)
_FORGET = text(
    f"""
    WITH gone AS (
        DELETE FROM allowances
        WHERE greatest(free_at, held_until) < {_NOW} - CAST(:seconds AS double precision)
        RETURNING 1
    )
    SELECT count(*) FROM gone
    """  # noqa: S608  our own constant
)
