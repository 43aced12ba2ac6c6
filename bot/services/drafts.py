"""Drafts: a run being put together in a modal, kept as a row between its steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4

from bot.domain.actors import Actor, Place
from bot.domain.answers import Answer
from bot.domain.choosing import chooser_of
from bot.domain.drafts import Draft
from bot.domain.errors import Mistake, Refused, Stale, UnknownName
from bot.domain.executions import Execution
from bot.domain.habits import LOOKED_AT, by_habit, habits_of, in_order_of_use, last_of
from bot.domain.jobs import Job
from bot.domain.parameters import Choice, Raw
from bot.domain.readings import Reading, read_all
from bot.domain.secrets import without_typed_secrets
from bot.domain.windows import Window
from bot.domain.wording import _
from bot.ports import Catalog, Clock, PolicySource, Store, Transaction
from bot.services.requests import Accepted, Requests
from bot.services.wishes import RunRequest

KEPT_FOR = timedelta(days=7)
"""A draft can be taken up again for this long."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """A draft with everything its next step shows; `answer` is None while values are missing.

    `job` offers only choices with which the asker may run it. `window` is when it may start (None:
    at once); where that cannot be, `problem` is a sentence about it. `last` are the values with
    which the asker ran the job last, but for those shown to nobody.
    """

    draft: Draft
    job: Job | None
    reading: Reading
    answer: Answer | None
    window: Window | None = None
    problem: str = ""
    last: Mapping[str, str] = field(default_factory=dict[str, str])


class Drafts:
    """Begin, keep, look at and submit what somebody is putting together."""

    def __init__(
        self,
        *,
        store: Store,
        catalog: Catalog,
        policy: PolicySource,
        clock: Clock,
        requests: Requests,
    ) -> None:
        self._catalog = catalog
        self._store = store
        self._policy = policy
        self._clock = clock
        self._requests = requests

    async def begin(
        self,
        actor: Actor,
        place: Place,
        *,
        request_id: str,
        job: str = "",
        given: Mapping[str, Raw] | None = None,
        reason: str = "",
        inferred: Mapping[str, str] | None = None,
        reader: str = "",
        rerun_of: int | None = None,
        cron: str = "",
        start_at: datetime | None = None,
        start_until: datetime | None = None,
    ) -> Draft:
        """A new draft; nothing runs before it is submitted."""
        now = self._clock.now()
        found = self._catalog.find(job)
        draft = Draft(
            id=uuid4().hex,
            owner=actor.id,
            place=place,
            job=job,
            given=without_typed_secrets(found, given or {}),
            inferred=dict(inferred or {}),
            reader=reader,
            reason=reason,
            rerun_of=rerun_of,
            cron=cron,
            start_at=start_at,
            start_until=start_until,
            request_id=request_id,
            created_at=now,
            changed_at=now,
        )
        async with self._store.transaction() as tx:
            await tx.drafts.put(draft)
        return draft

    async def begin_rerun(self, actor: Actor, of: Execution, request_id: str) -> Draft:
        """A draft that starts from an earlier execution's values, without others' secrets."""
        own = of.requester.is_same_person(actor.id)
        left_out = of.defaults if own else of.defaults | of.masked
        given: dict[str, Raw] = {
            name: value for name, value in of.values.items() if name not in left_out
        }
        return await self.begin(
            actor, of.place, request_id=request_id, job=of.job, given=given, rerun_of=of.id
        )

    async def keep(
        self,
        actor: Actor,
        draft: str,
        *,
        job: str | None = None,
        values: Mapping[str, Raw] | None = None,
        reason: str | None = None,
        start_at: datetime | None = None,
        at_once: bool = False,
    ) -> Draft:
        """Write down what was typed on a step. Raises Refused, Stale or UnknownName."""
        async with self._store.transaction() as tx:
            found = self._owned(actor, await tx.drafts.get(draft))
            if job is not None and job != found.job:
                found = replace(found, job=job, given={}, inferred={}, reader="")
            typed = without_typed_secrets(self._catalog.find(found.job), values or {})
            kept = replace(
                found,
                given={**found.given, **typed},
                inferred={k: v for k, v in found.inferred.items() if k not in typed},
                reason=found.reason if reason is None else reason,
                changed_at=self._clock.now(),
            )
            kept = _starting(kept, start_at, at_once=at_once)
            await tx.drafts.put(kept)
        return kept

    async def outcome(self, actor: Actor, draft: str) -> Execution | None:
        """What came of a draft, once it was submitted. Raises Refused or UnknownName."""
        async with self._store.reading() as tx:
            found = self._owned(actor, await tx.drafts.get(draft))
            return await tx.executions.by_request_id(found.request_id)

    async def preview(self, actor: Actor, draft: str) -> Preview:
        """What the next step shows. Raises Refused, Stale or UnknownName."""
        async with self._store.reading() as tx:
            found = self._owned(actor, await tx.drafts.get(draft))
            recent = await self._recent(tx, actor) if found.job else ()
        if not found.job:
            empty = Reading(values={}, problems={})
            return Preview(draft=found, job=None, reading=empty, answer=None)
        job = self._requests.job(found.job)
        reading = await self._requests.read(job, found.given, actor)
        answer, window, problem = None, None, ""
        try:
            window = self._requests.window(job, found.start_at, found.start_until)
        except Mistake as mistake:
            problem = str(mistake)
        if reading.is_complete:
            answer = await self._requests.foretold(
                actor, job, reading.values, found.place.channel, window
            )
        seen = chooser_of(self._policy.current(), actor, job).narrowed(job, found.given)
        return Preview(
            draft=found,
            job=in_order_of_use(seen, habits_of(job, recent)),
            reading=reading,
            answer=answer,
            window=window,
            problem=problem,
            last=last_of(job, recent),
        )

    async def choices(
        self, actor: Actor, draft: str, parameter: str, typed: str
    ) -> Sequence[Choice]:
        """What may be chosen for a parameter, given what was typed on earlier steps.

        Raises Refused, UnknownName, or Temporary when the source does not answer.
        """
        async with self._store.reading() as tx:
            found = self._owned(actor, await tx.drafts.get(draft))
            recent = await self._recent(tx, actor)
        job = self._requests.job(found.job)
        wanted = job.parameter(parameter)
        if wanted is None:
            return []
        values = read_all(job.parameters, found.given, zone=actor.tz).values
        offered = await self._catalog.choices(job, wanted, values, typed)
        chooser = chooser_of(self._policy.current(), actor, job)
        can = [each for each in offered if chooser.takes(wanted.name, each.value)]
        return by_habit(can, habits_of(job, recent).get(wanted.name, ()))

    async def submit(
        self, actor: Actor, draft: str, reason: str | None = None, *, confirmed: str = ""
    ) -> Accepted:
        """Run what was reviewed. A second submission returns the first one's execution."""
        found = await self.keep(actor, draft, reason=reason)
        if found.cron:
            raise Stale(_("This form makes a schedule and starts nothing; begin again."))
        wanted = RunRequest(
            job=found.job,
            given=found.given,
            reason=found.reason,
            place=found.place,
            request_id=found.request_id,
            reviewed=True,
            confirmed=confirmed,
            rerun_of=found.rerun_of,
            start_at=found.start_at,
            start_until=found.start_until,
        )
        done = await self._requests.request(actor, wanted)
        if not isinstance(done, Accepted):
            raise Stale(_("Something changed since the review; look at the form once more."))
        return done

    @staticmethod
    async def _recent(tx: Transaction, actor: Actor) -> Sequence[Execution]:
        return await tx.executions.listing(person=actor.id, limit=LOOKED_AT)

    def _owned(self, actor: Actor, draft: Draft | None) -> Draft:
        if draft is None or self._clock.now() - draft.changed_at > KEPT_FOR:
            raise UnknownName(_("This form is too old; begin again with `/job`."))
        if not draft.owner.is_same_person(actor.id):
            raise Refused(_("This form belongs to somebody else."), rule="form owner")
        return draft


def _starting(draft: Draft, start_at: datetime | None, *, at_once: bool) -> Draft:
    """The draft with another start; its window stays as long as it was."""
    if at_once:
        return replace(draft, start_at=None, start_until=None)
    if start_at is None or (
        draft.start_at and int(draft.start_at.timestamp()) == start_at.timestamp()
    ):
        # A picker shows no seconds of its own.
        return draft
    until = draft.start_until
    if until is not None and draft.start_at is not None:
        until = start_at + (until - draft.start_at)
    return replace(draft, start_at=start_at, start_until=until)
