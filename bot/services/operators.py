"""What the operators' channel is told of the catalogue and the policy."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.domain.actors import SYSTEM
from bot.domain.audit import AuditEntry
from bot.domain.jobs import digest_of
from bot.domain.processes import Process
from bot.domain.wording import at_rest
from bot.ports import Clock, Store
from bot.services.sayings import tell_operators

MISTAKES_SHOWN = 5

MOST_NAMED = 100
"""Jobs that one audit row names."""


_CATALOG_REFUSED = at_rest("The catalogue was not taken over; the last good one holds. {mistakes}")
_CATALOG_WELL = at_rest("The catalogue is well again: {jobs}.")
_CATALOG_CHANGED = at_rest("The catalogue changed: {jobs}.")
_UNFIT = at_rest("The catalogue does not fit what platforms offer. {mistakes}")
_BROKEN = at_rest("Some platforms cannot be used until their file is mended. {mistakes}")
_EDITED = at_rest(
    "The platforms file was edited. It is read at the start alone: run `jobthread check`, then "
    "restart the bot."
)
_NOTHING = at_rest("nothing that matters")
_POLICY_REFUSED = at_rest("The policy was not taken over; the last good one holds. {mistakes}")
_POLICY_WELL = at_rest("The policy is well again; version {version} is in force.")
_POLICY_CHANGED = at_rest("The policy changed; version {version} is in force.")
_AND_MORE = at_rest("{mistakes} (and {count} more)")


class Operators:
    """Tells them what changed in the files, what is wrong there, and which process began."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def catalog_changed(
        self, mistakes: Sequence[str], names: Sequence[str], *, mended: bool
    ) -> None:
        """An edit of the catalogue was taken over, or refused with these mistakes."""
        if mistakes:
            sentence = _CATALOG_REFUSED.format(mistakes=_some(mistakes))
        else:
            said = _CATALOG_WELL if mended else _CATALOG_CHANGED
            sentence = said.format(jobs=", ".join(names[:10]) or _NOTHING)
        await self._tell("catalog", sentence, list(mistakes), {"jobs": list(names)[:MOST_NAMED]})

    async def policy_changed(self, mistakes: Sequence[str], version: str, *, mended: bool) -> None:
        """An edit of the policy was taken over, or refused with these mistakes."""
        if mistakes:
            sentence = _POLICY_REFUSED.format(mistakes=_some(mistakes))
        else:
            said = _POLICY_WELL if mended else _POLICY_CHANGED
            sentence = said.format(version=version[:8])
        await self._tell("policy", sentence, list(mistakes), {"version": version})

    async def began(self, process: Process, policy: str, jobs: Mapping[str, str]) -> None:
        """A process began with this policy and these jobs, by their versions.

        What was edited while nobody ran shows here.
        """
        entry = AuditEntry(
            at=self._clock.now(),
            tag="process:run:began",
            actor=f"{SYSTEM.kind}:{SYSTEM.id.user}",
            actor_name=SYSTEM.name,
            subject="process",
            detail={
                "host": process.host,
                "process": process.id,
                "roles": sorted(process.roles),
                "release": process.version,
                "policy": policy,
                "catalog": digest_of(dict(jobs)),
                "jobs": len(jobs),
            },
        )
        async with self._store.transaction() as tx:
            await tx.audit.write(entry)

    async def catalog_unfit(self, warnings: Sequence[str]) -> None:
        """What the files say does not fit what platforms offer; told once a day."""
        await self._tell_daily("unfit", _UNFIT.format(mistakes=_some(warnings)))

    async def platforms_broken(self, mistakes: Sequence[str]) -> None:
        """Instances that cannot be used as the file has them; told once a day."""
        await self._tell_daily("platforms", _BROKEN.format(mistakes=_some(mistakes)))

    async def platforms_edited(self, version: str) -> None:
        """The platforms file says something else than when we began; told once a day for each."""
        await self._tell_daily(f"edited:{version[:16]}", _EDITED)

    async def _tell_daily(self, what: str, sentence: str) -> None:
        """Every process comes to say it, and says it at each of its starts."""
        now = self._clock.now()
        key = f"{what}:{digest_of(sentence)[:16]}"
        async with self._store.transaction() as tx:
            if await tx.tallies.tells(f"operators:{key}", now, now + timedelta(days=1)):
                await tell_operators(tx, f"{key}:{now.date()}", now, sentence)

    async def _tell(
        self, what: str, sentence: str, mistakes: list[str], facts: Mapping[str, Any]
    ) -> None:
        now = self._clock.now()
        async with self._store.transaction() as tx:
            await tx.audit.write(
                AuditEntry(
                    at=now,
                    tag=f"{what}:file:{'refused' if mistakes else 'changed'}",
                    actor=f"{SYSTEM.kind}:{SYSTEM.id.user}",
                    actor_name=SYSTEM.name,
                    subject=what,
                    detail={**facts, "mistakes": mistakes[:20]},
                )
            )
            key = f"{what}:{digest_of(sentence, now)[:16]}"
            await tell_operators(tx, key, now, sentence)


def _some(mistakes: Sequence[str]) -> str:
    more = len(mistakes) - MISTAKES_SHOWN
    shown = " · ".join(mistakes[:MISTAKES_SHOWN])
    return _AND_MORE.format(mistakes=shown, count=more) if more > 0 else shown
