"""What platforms offer: a row a job, and one that says how asking its platform went."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Row, Text, cast, delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.tables import offerings, offers
from bot.domain.jobs import Job, digest_of
from bot.domain.offers import Offer, Offering

_JOB = TypeAdapter(Job)

WRITTEN_AT_ONCE = 200
"""Rows of one statement: both databases bound the number of its values."""


class SqlOffers:
    """What each platform offered last, so that a catalogue is there before it is asked."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        is_postgres = connection.dialect.name == "postgresql"
        self._insert = postgresql.insert if is_postgres else sqlite.insert

    async def claim(
        self, platforms: Collection[str], now: datetime, until: datetime
    ) -> Sequence[Offering]:
        if not platforms:
            return []
        rows = [
            {"platform": each, "version": "", "due_at": now, "failures": 0, "error": ""}
            for each in sorted(platforms)
        ]
        begun = self._insert(offerings).values(rows).on_conflict_do_nothing()
        await self._connection.execute(begun)
        # What is put off for longer than anybody puts it off was written by a clock that was wrong.
        never = until + (until - now) * 100
        statement = (
            update(offerings)
            .where(
                offerings.c.platform.in_(platforms),
                (offerings.c.due_at <= now) | (offerings.c.due_at > never),
            )
            .values(due_at=until)
            .returning(*offerings.c)
        )
        found = [_offering(row) for row in await self._connection.execute(statement)]
        return sorted(found, key=lambda each: each.platform)

    async def standing(self) -> Sequence[Offering]:
        statement = select(offerings).order_by(offerings.c.platform)
        return [_offering(row) for row in await self._connection.execute(statement)]

    async def of(self, platform: str) -> Sequence[Offer]:
        statement = (
            select(cast(offers.c.body, Text), offers.c.since, offers.c.gone_at)
            .where(offers.c.platform == platform)
            .order_by(offers.c.since, offers.c.key)
        )
        found: list[Offer] = []
        for body, since, gone_at in await self._connection.execute(statement):
            try:
                job = _JOB.validate_json(body)
            except ValidationError:
                # Written by a release that keeps more, or other things; it is asked for anew.
                continue
            found.append(Offer(platform=platform, job=job, since=since, gone_at=gone_at))
        return found

    async def put(self, given: Sequence[Offer], /) -> None:
        for start in range(0, len(given), WRITTEN_AT_ONCE):
            rows = [_row(each) for each in given[start : start + WRITTEN_AT_ONCE]]
            statement = self._insert(offers).values(rows)
            await self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[offers.c.platform, offers.c.key],
                    set_={name: statement.excluded[name] for name in ("since", "gone_at", "body")},
                )
            )

    async def heard(self, offering: Offering) -> None:
        statement = (
            update(offerings)
            .where(offerings.c.platform == offering.platform)
            .values(
                version=offering.version,
                due_at=offering.due_at,
                answered_at=offering.answered_at,
                failures=offering.failures,
                error=offering.error,
            )
        )
        await self._connection.execute(statement)

    async def withdraw(
        self, platform: str, unasked_since: datetime, version: str, now: datetime
    ) -> bool:
        unasked = (
            update(offerings)
            .where(
                offerings.c.platform == platform,
                offerings.c.answered_at.is_not(None),
                offerings.c.due_at <= unasked_since,
            )
            .values(version=version, answered_at=None, failures=0, error="")
            .returning(offerings.c.platform)
        )
        if (await self._connection.execute(unasked)).first() is None:
            return False
        present = (offers.c.platform == platform, offers.c.gone_at.is_(None))
        await self._connection.execute(update(offers).where(*present).values(gone_at=now))
        return True

    async def forget(self, gone_before: datetime) -> int:
        statement = delete(offers).where(offers.c.gone_at < gone_before)
        forgotten = (await self._connection.execute(statement)).rowcount
        known = exists().where(offers.c.platform == offerings.c.platform)
        unasked = (offerings.c.answered_at.is_(None), offerings.c.due_at < gone_before)
        await self._connection.execute(delete(offerings).where(*unasked, ~known))
        return forgotten


def _row(offer: Offer) -> dict[str, Any]:
    return {
        "platform": offer.platform,
        "key": digest_of(offer.remote),
        "since": offer.since,
        "gone_at": offer.gone_at,
        "body": _JOB.dump_python(offer.job, mode="json"),
    }


def _offering(row: Row[Any]) -> Offering:
    return Offering(
        platform=row.platform,
        version=row.version,
        due_at=row.due_at,
        answered_at=row.answered_at,
        failures=row.failures,
        error=row.error,
    )
