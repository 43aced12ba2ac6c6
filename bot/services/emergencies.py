"""Emergencies: a run that does not wait for approval, said aloud and looked at afterwards."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.access import may_decide, may_run
from bot.domain.actors import Actor
from bot.domain.answers import Allowed, Circumstances, NeedsApproval
from bot.domain.approvals import is_own
from bot.domain.errors import InvalidValues, Refused, Stale, UnknownName
from bot.domain.executions import Execution, Status, words_for
from bot.domain.jobs import Job
from bot.domain.notices import Card, LineKind
from bot.domain.policies import Policy
from bot.domain.reviews import Review
from bot.domain.wording import _, at_rest
from bot.ports import Catalog, Clock, PolicySource, Store, Transaction
from bot.services.cards import Cards
from bot.services.moves import move, record, record_refusal
from bot.services.renewals import Renewals
from bot.services.sayings import say, tell_security

MOST_OPEN = 50
"""Reviews among which a person's own are looked for."""

_BROKEN = at_rest("{who} ran {target} without approval ({rule}): {reason}")
_CLOSED = at_rest("{who} closed the review of #{id}: {word}")


class Emergencies:
    """Breaks the glass for whom the policy lets, and keeps the review open until it is closed."""

    def __init__(
        self,
        *,
        store: Store,
        catalog: Catalog,
        policy: PolicySource,
        clock: Clock,
        cards: Cards,
        renewals: Renewals,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._policy = policy
        self._clock = clock
        self._cards = cards
        self._renewals = renewals

    async def word(self, actor: Actor, execution: int, digest: str) -> tuple[Card, str]:
        """The card of what would run unapproved, and what has to be typed for it; else raises."""
        found, job, _rule = await self._allowed(actor, execution, digest)
        async with self._store.reading() as tx:
            card = await self._cards.of(tx, found, self._clock.now())
        return card, job.word_to_confirm(found.values)

    async def run_unapproved(
        self, actor: Actor, execution: int, *, digest: str, reason: str, typed: str
    ) -> Execution:
        """Start it without approval. Raises Refused, Stale, InvalidValues or UnknownName."""
        found, job, rule = await self._allowed(actor, execution, digest)
        word = job.word_to_confirm(found.values)
        if not reason.strip():
            raise InvalidValues({"reason": _("Say why this cannot wait; others will read it.")})
        if typed.strip().casefold() != word.casefold():
            raise InvalidValues({"confirm": _("Type {word} to confirm.").format(word=word)})
        now = self._clock.now()
        async with self._store.transaction() as tx:
            fresh = await tx.executions.get(execution)
            if fresh is None or (fresh.status, fresh.digest) != (found.status, found.digest):
                raise Stale(_("#{id} changed just now; look at its card.").format(id=execution))
            broken = replace(fresh, glass_reason=reason.strip(), rule=rule)
            after = broken.let_start(now)
            moved = await move(tx, fresh, after, actor, now, rule=rule, reason=reason)
            if moved is None:
                raise Stale(_("#{id} changed just now; look at its card.").format(id=execution))
            await self._tell(tx, actor, moved, job, rule, now)
        return moved

    async def open_for(self, tx: Transaction, actor: Actor) -> Sequence[Review]:
        """The reviews that this person may close."""
        policy = self._policy.current()
        return [
            each
            for each in await tx.reviews.open(MOST_OPEN)
            if self._may_close(policy, actor, each)
        ]

    async def review(self, actor: Actor, execution: int) -> Review:
        """An open review that this person may close. Raises Refused, Stale or UnknownName."""
        async with self._store.reading() as tx:
            found = await self._open(tx, execution)
        await self._refuse_unless_closable(actor, found)
        return found

    async def close(self, actor: Actor, execution: int, word: str) -> Review:
        """Raises Refused, Stale, InvalidValues or UnknownName."""
        if not word.strip():
            raise InvalidValues({"comment": _("Say in a few words what you found.")})
        found = await self.review(actor, execution)
        now = self._clock.now()
        async with self._store.transaction() as tx:
            closed = replace(
                found,
                closed_by=actor.id,
                closed_name=actor.name,
                closed_at=now,
                word=word.strip(),
            )
            execution_found = await tx.executions.get(execution)
            if execution_found is None or not await tx.reviews.close(closed):
                raise Stale(_("The review of #{id} is closed already.").format(id=execution))
            await record(tx, actor, "review:closed", execution_found, now, word=closed.word)
            sentence = _CLOSED.format(who=actor.name, id=execution, word=closed.word)
            policy = self._policy.current()
            key = f"review:{execution}:closed"
            await tell_security(tx, policy, execution_found, key, now, sentence)
        return closed

    async def _tell(
        self,
        tx: Transaction,
        actor: Actor,
        moved: Execution,
        job: Job,
        rule: str,
        now: datetime,
    ) -> None:
        policy = self._policy.current()
        await record(tx, actor, "approval:broken", moved, now, rule=rule, reason=moved.glass_reason)
        said = {"by": actor.name, "why": moved.glass_reason}
        await say(tx, moved, LineKind.GLASS_BROKEN, now, once=moved.digest, **said)
        sentence = _BROKEN.format(
            who=actor.name, target=moved.target, rule=rule, reason=moved.glass_reason
        )
        await tell_security(tx, policy, moved, f"glass:{moved.id}", now, sentence)
        found = next(each for each in policy.break_glass if each.rule == rule)
        await tx.reviews.add(
            Review(
                execution=moved.id,
                target=moved.target,
                rule=rule,
                reason=moved.glass_reason,
                roles=found.review,
                opened_by=actor.id,
                opened_name=actor.name,
                opened_email=actor.email,
                opened_at=now,
            )
        )

    async def _allowed(
        self, actor: Actor, execution: int, digest: str
    ) -> tuple[Execution, Job, str]:
        """What would run, its job, and the rule that lets this person start it unapproved."""
        async with self._store.reading() as tx:
            found = await tx.executions.get(execution)
        if found is None:
            raise UnknownName(_("There is no execution #{id} any more.").format(id=execution))
        if found.status is not Status.AWAITING_APPROVAL:
            raise Stale(
                _("#{id} is {state}; it waits for nobody.").format(
                    id=execution, state=words_for(found.status)
                )
            )
        if found.digest != digest:
            raise Stale(_("#{id} changed since; use its newest card.").format(id=execution))
        if found.is_too_late(self._clock.now()):
            raise Stale(
                _("The time in which #{id} might start is over; ask for it again.").format(
                    id=execution
                )
            )
        said = _("#{id} is not what it was, so nothing ran. {why}")
        await self._renewals.refuse_changed(found, said)
        job = self._catalog.find(found.job)
        assert job is not None
        rule = self._rule(actor, found, job)
        if isinstance(rule, Refused):
            await self._write_down(actor, found.id, rule)
            raise rule
        return found, job, rule

    def _rule(self, actor: Actor, found: Execution, job: Job) -> str | Refused:
        now = self._clock.now()
        if actor.blocked:
            return Refused(actor.blocked, rule=actor.blocked_by)
        if not is_own(actor, found):
            return Refused(
                _("Only {who}, who asked for #{id}, may run it unapproved.").format(
                    who=found.requester_name, id=found.id
                ),
                rule="break-glass: own requests only",
            )
        around = Circumstances(now=found.starts(now), channel=found.place.channel)
        answer = may_run(self._policy.current(), actor, job, found.values, around)
        if isinstance(answer, NeedsApproval) and answer.break_glass:
            return answer.break_glass
        return Refused(
            _("You may not run #{id} {target} without approval.").format(
                id=found.id, target=found.target
            ),
            rule="break-glass: no rule lets you",
            who_can=found.approvers,
        )

    async def _write_down(
        self, actor: Actor, execution: int, refusal: Refused, asked: str = "break glass"
    ) -> None:
        detail = {"asked": asked}
        async with self._store.transaction() as tx:
            now, subject = self._clock.now(), f"execution:{execution}"
            await record_refusal(tx, actor, subject, now, rule=refusal.rule, detail=detail)

    @staticmethod
    async def _open(tx: Transaction, execution: int) -> Review:
        found = await tx.reviews.get(execution)
        if found is None:
            raise UnknownName(_("#{id} has no review.").format(id=execution))
        if found.closed_at is not None:
            already = _("{name} closed the review of #{id} already.")
            raise Stale(already.format(name=found.closed_name, id=execution))
        return found

    async def _refuse_unless_closable(self, actor: Actor, found: Review) -> None:
        if self._may_close(self._policy.current(), actor, found):
            return
        own = _("You ran #{id} unapproved yourself, so somebody else must close this.")
        others = _("You may not close the review of #{id}.")
        is_own = found.is_of(actor)
        refusal = Refused(
            (own if is_own else others).format(id=found.execution),
            rule="four eyes" if is_own else found.rule,
            who_can=found.roles,
        )
        await self._write_down(actor, found.execution, refusal, asked="close the review")
        raise refusal

    def _may_close(self, policy: Policy, actor: Actor, review: Review) -> bool:
        if actor.blocked or review.is_of(actor):
            return False
        around = Circumstances(now=self._clock.now())
        return isinstance(may_decide(policy, actor, review.roles, around=around), Allowed)
