"""Discoveries: what platforms offer is asked for, kept, told, and taken over by every process."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog

from bot.domain.actors import SYSTEM
from bot.domain.audit import AuditEntry
from bot.domain.errors import PortError
from bot.domain.jobs import Job, digest_of
from bot.domain.offers import Offer, Offering
from bot.domain.wording import at_rest
from bot.ports import Capability, Clock, JobPlatform, Store, Transaction
from bot.services.operators import Operators
from bot.services.rounds import every, within
from bot.services.sayings import tell_operators

log = structlog.get_logger(__name__)

ASK_EVERY = timedelta(seconds=60)
LONGEST_REST = timedelta(minutes=10)
"""How long a platform that does not answer is left alone at most."""

LONGEST_ANSWER = timedelta(seconds=45)
CLAIMED_FOR = timedelta(seconds=90)
"""Longer than an answer may take: meanwhile no other process asks."""

MOST_OFFERS = 5_000
"""Jobs of one platform; what it offers beyond them is left out."""

NAMED = 10
"""Jobs that one sentence names."""

LONGEST_ERROR = 500

Take: TypeAlias = Callable[[Sequence[Offer], frozenset[str]], Awaitable[Sequence[str]]]
"""Takes over all offers, and which platforms were heard; returns what does not fit any more."""

_FIRST = at_rest("{platform} offers {count} jobs: {jobs}.")
_FIRST_ONE = at_rest("{platform} offers one job: {jobs}.")
_CHANGED = at_rest(
    "What {platform} offers changed. New: {added}. Changed: {changed}. Gone: {removed}."
)
_TOO_MANY = at_rest("{platform} offers more than {most} jobs; the others are left out.")
_NONE = "–"


@dataclass(frozen=True, kw_only=True, slots=True)
class _News:
    """What an answer changed: the rows to be written, and names for people."""

    written: tuple[Offer, ...]
    present: tuple[Offer, ...]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


class Discoveries:
    """Asking is one process's at a time; every process reads what came of it from the database."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        platforms: Mapping[str, JobPlatform],
        operators: Operators,
        take: Take,
    ) -> None:
        self._store = store
        self._clock = clock
        self._platforms = {
            name: each
            for name, each in platforms.items()
            if Capability.CATALOGUE in each.capabilities
        }
        self._operators = operators
        self._take = take
        self._versions: Mapping[str, tuple[str, bool]] = {}
        self._offers: dict[str, Sequence[Offer]] = {}

    async def look(self) -> int:
        """Ask the platforms that are due; returns how many were asked."""
        if not self._platforms:
            return 0
        now = self._clock.now()
        async with self._store.transaction() as tx:
            due = await tx.offers.claim(self._platforms, now, now + CLAIMED_FOR)
        await every([self._ask(each) for each in due])
        if due:
            await self.refresh()
        return len(due)

    async def refresh(self) -> bool:
        """Take over what the database has of offers now; true when that was news."""
        async with self._store.reading() as tx:
            standing = await tx.offers.standing()
            versions = {e.platform: (e.version, e.answered_at is not None) for e in standing}
            if versions == self._versions:
                return False
            for name, version in versions.items():
                if self._versions.get(name) != version:
                    self._offers[name] = await tx.offers.of(name)
        self._versions = versions
        self._offers = {name: each for name, each in self._offers.items() if name in versions}
        offers = [each for name in sorted(self._offers) for each in self._offers[name]]
        heard = frozenset(name for name, (_, is_heard) in versions.items() if is_heard)
        unfit = await self._take(offers, heard)
        if unfit:
            await self._operators.catalog_unfit(unfit)
        return True

    async def _ask(self, offering: Offering) -> None:
        try:
            platform = self._platforms[offering.platform]
            found = await within(LONGEST_ANSWER, platform.catalogue())
        except PortError as error:
            await self._unanswered(offering, error)
            return
        await self._answered(offering, found)

    async def _unanswered(self, offering: Offering, error: PortError) -> None:
        log.warning("offers_not_told", platform=offering.platform, error=str(error))
        failures = offering.failures + 1
        rest = min(ASK_EVERY * 2 ** min(failures - 1, 10), LONGEST_REST)
        after = replace(
            offering,
            due_at=self._clock.now() + rest,
            failures=failures,
            error=str(error)[:LONGEST_ERROR],
        )
        async with self._store.transaction() as tx:
            await tx.offers.heard(after)

    async def _answered(self, offering: Offering, found: Sequence[Job]) -> None:
        now = self._clock.now()
        async with self._store.reading() as tx:
            known = await tx.offers.of(offering.platform)
        # Nobody else writes these rows meanwhile: they are claimed for as long.
        news = await asyncio.to_thread(_news, offering.platform, known, found, now)
        async with self._store.transaction() as tx:
            await tx.offers.put(news.written)
            changed = [*news.added, *news.changed, *news.removed]
            after = replace(
                offering,
                version=digest_of(now, changed) if changed else offering.version,
                due_at=now + ASK_EVERY,
                answered_at=now,
                failures=0,
                error="",
            )
            await tx.offers.heard(after)
            if news.written:
                await self._tell(tx, offering, news, now)
            if len(found) > MOST_OFFERS and news.written:
                told = _TOO_MANY.format(platform=offering.platform, most=MOST_OFFERS)
                await tell_operators(tx, f"offers:{offering.platform}:many:{now}", now, told)

    async def _tell(self, tx: Transaction, offering: Offering, news: _News, now: datetime) -> None:
        name = offering.platform
        entry = AuditEntry(
            at=now,
            tag="catalog:offers:changed",
            actor=f"{SYSTEM.kind}:{SYSTEM.id.user}",
            actor_name=SYSTEM.name,
            subject=f"platform:{name}",
            detail={
                "platform": name,
                "added": list(news.added[:100]),
                "changed": list(news.changed[:100]),
                "removed": list(news.removed[:100]),
                "jobs": len(news.present),
            },
        )
        await tx.audit.write(entry)
        if offering.answered_at is None:
            first = _FIRST_ONE if len(news.present) == 1 else _FIRST
            said = first.format(platform=name, count=len(news.present), jobs=named(news.added))
        else:
            said = _CHANGED.format(
                platform=name,
                added=named(news.added),
                changed=named(news.changed),
                removed=named(news.removed),
            )
        await tell_operators(tx, f"offers:{name}:{now}", now, said)


def _news(name: str, known: Sequence[Offer], found: Sequence[Job], now: datetime) -> _News:
    """Held against what was known: one that comes back keeps the place it had."""
    before = {each.remote: each for each in known}
    present: dict[str, Offer] = {}
    for job in found[:MOST_OFFERS]:
        fresh = Offer(platform=name, job=replace(job, platform=name), since=now)
        was = before.get(fresh.remote)
        present.setdefault(fresh.remote, fresh if was is None else replace(fresh, since=was.since))
    added = [each for key, each in present.items() if _is_gone(before.get(key))]
    changed = [
        each
        for key, each in present.items()
        if not _is_gone(was := before.get(key)) and was and _is_other(was.job, each.job)
    ]
    removed = [
        replace(each, gone_at=now)
        for key, each in before.items()
        if each.gone_at is None and key not in present
    ]
    return _News(
        written=(*added, *changed, *removed),
        present=tuple(present.values()),
        added=tuple(each.remote for each in added),
        changed=tuple(each.remote for each in changed),
        removed=tuple(each.remote for each in removed),
    )


def _is_gone(was: Offer | None) -> bool:
    return was is None or was.gone_at is not None


def _is_other(was: Job, is_: Job) -> bool:
    """Whatever an adapter calls its version: a new release may read the same job otherwise.

    What is not equal may still be written down the same, as a list in place of a tuple.
    """
    return was != is_ and digest_of(was) != digest_of(is_)


def named(names: Sequence[str]) -> str:
    """Some of the names, and how many more there are; a dash for none."""
    more = f" +{len(names) - NAMED}" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more or _NONE
