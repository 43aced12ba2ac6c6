"""Cards: everything a person should see of an execution, gathered from the rows as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.approvals import Decision, in_force
from bot.domain.executions import Execution, Status
from bot.domain.jobs import Job
from bot.domain.notices import Card, Lane
from bot.domain.outages import place_of
from bot.domain.overviews import BEHIND_IS_FELT
from bot.domain.parameters import VEIL, Value, masked, shown
from bot.domain.policies import Policy
from bot.domain.results import compare, usual_duration
from bot.ports import Catalog, PolicySource, Transaction
from bot.services.sayings import lane_of

EARLIER_LOOKED_AT = 20
"""Successful runs among which the last one about the same app or host is looked for."""


class Cards:
    """Builds `Card` values inside a transaction or a reading."""

    def __init__(self, *, catalog: Catalog, policy: PolicySource) -> None:
        self._catalog = catalog
        self._policy = policy

    async def of(self, tx: Transaction, execution: Execution, now: datetime) -> Card:
        (card,) = await self.of_many(tx, [execution], now)
        return card

    async def of_many(
        self, tx: Transaction, executions: Sequence[Execution], now: datetime
    ) -> Sequence[Card]:
        """A card of each, in order; what they have in common is read once."""
        if not executions:
            return ()
        looks = _Looks(
            decisions=await tx.decisions.of_many([each.id for each in executions]),
            behind=await self._behind(tx, now),
            away=await self._away(tx, executions),
        )
        return [await self._card(tx, each, now, looks) for each in executions]

    async def _card(
        self, tx: Transaction, execution: Execution, now: datetime, looks: "_Looks"
    ) -> Card:
        job = self._catalog.find(execution.job)
        earlier = await looks.durations(tx, execution)
        took = execution.took
        if execution.status is Status.SUCCEEDED:
            # The run itself is among the successful ones; it is not compared with itself.
            earlier = earlier[1:]
        card = Card(
            execution=execution,
            shown=shown_parameters(execution, job),
            decisions=tuple(in_force(execution, looks.decisions[execution.id])),
            usual=usual_duration(earlier),
            comparison=compare(took, earlier) if took else None,
            risk=str(job.risk) if job else "",
            description=job.description if job else "",
            rollback=job.rollback if job else "",
            contact=self._contact(self._policy.current()),
            waits_for=await self._waits_for(tx, execution),
            now=now,
            behind=looks.behind.get(lane_of(execution)),
            unseen_since=looks.away.get(place_of(execution)) if execution.status.is_live else None,
        )
        if execution.status is not Status.AWAITING_APPROVAL:
            return card
        return replace(card, changes=await self._changes(tx, execution, job, looks))

    @staticmethod
    def _contact(policy: Policy) -> str:
        return policy.contact

    @staticmethod
    async def _waits_for(tx: Transaction, execution: Execution) -> int | None:
        if execution.status is not Status.READY or execution.concurrency_key is None:
            return None
        before = await tx.executions.holder(execution.concurrency_key)
        if before is None:
            before = await tx.executions.first_in_line(execution.concurrency_key)
        return before.id if before and before.id != execution.id else None

    @staticmethod
    async def _behind(tx: Transaction, now: datetime) -> Mapping[Lane, timedelta]:
        """How late each lane is that is late enough to be felt."""
        since = await tx.outbox.late_since(now)
        late = {lane: now - written for lane, written in since.items()}
        return {lane: how for lane, how in late.items() if how >= BEHIND_IS_FELT}

    @staticmethod
    async def _away(tx: Transaction, executions: Sequence[Execution]) -> Mapping[str, datetime]:
        """Since when each platform is away that is, where that matters to any of these."""
        if not any(each.status.is_live for each in executions):
            return {}
        return {each.place: each.since for each in await tx.outages.all()}

    @staticmethod
    async def _changes(
        tx: Transaction, execution: Execution, job: Job | None, looks: "_Looks"
    ) -> tuple[str, ...]:
        """What is different from the last run of this job, about the same, that went well there."""
        earlier = await looks.succeeded(tx, execution)
        last = next((each for each in earlier if each.about == execution.about), None)
        if last is None:
            return ()
        was = last.values
        names = [*execution.values, *(name for name in was if name not in execution.values)]
        return tuple(
            f"{_label(job, name)}: {_seen(last, job, name, was.get(name))} → "
            f"{_seen(execution, job, name, execution.values.get(name))}"
            for name in names
            if was.get(name) != execution.values.get(name)
        )


@dataclass(kw_only=True, slots=True)
class _Looks:
    """What the cards of one reading have in common."""

    decisions: Mapping[int, Sequence[Decision]]
    behind: Mapping[Lane, timedelta]
    away: Mapping[str, datetime]
    _durations: dict[tuple[str, str], Sequence[timedelta]] = field(
        default_factory=dict[tuple[str, str], Sequence[timedelta]]
    )
    _succeeded: dict[tuple[str, str], Sequence[Execution]] = field(
        default_factory=dict[tuple[str, str], Sequence[Execution]]
    )

    async def durations(self, tx: Transaction, execution: Execution) -> Sequence[timedelta]:
        about = (execution.job, execution.environment)
        if about not in self._durations:
            self._durations[about] = await tx.executions.durations(*about)
        return self._durations[about]

    async def succeeded(self, tx: Transaction, execution: Execution) -> Sequence[Execution]:
        about = (execution.job, execution.environment)
        if about not in self._succeeded:
            self._succeeded[about] = await tx.executions.listing(
                job=execution.job,
                environment=execution.environment,
                statuses=[Status.SUCCEEDED],
                limit=EARLIER_LOOKED_AT,
            )
        return self._succeeded[about]


def shown_parameters(execution: Execution, job: Job | None) -> tuple[tuple[str, str], ...]:
    """Pairs of label and text as people may see them, those that are not defaults first."""
    names = sorted(execution.values, key=lambda name: name in execution.defaults)
    return tuple(
        (_label(job, name), _seen(execution, job, name, execution.values[name])) for name in names
    )


def _label(job: Job | None, name: str) -> str:
    parameter = job.parameter(name) if job else None
    return parameter.label if parameter else name


def _seen(execution: Execution, job: Job | None, name: str, value: Value | None) -> str:
    if value is None:
        return "none"
    if name not in execution.masked:
        return shown(value)
    parameter = job.parameter(name) if job else None
    return masked(parameter, value) if parameter and parameter.is_masked else VEIL
