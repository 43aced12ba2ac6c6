"""Approvals: one decision a person, never on one's own request, bound to a digest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.actors import SYSTEM, Actor
from bot.domain.answers import Circumstances, Need
from bot.domain.approvals import (
    Verdict,
    in_force,
    missing,
    still_needed,
)
from bot.domain.delegations import Voice
from bot.domain.errors import Mistake, Refused, Stale, UnknownName
from bot.domain.executions import Execution, Status, words_for
from bot.domain.notices import Card, LineKind
from bot.domain.wording import N_, _, at_rest
from bot.ports import Catalog, Clock, PolicySource, Store, Transaction
from bot.services.cards import Cards
from bot.services.hearings import Hearing
from bot.services.moves import finish, move, record, record_refusal, show_card
from bot.services.renewals import Renewals
from bot.services.sayings import say, tell
from bot.services.verdicts import (
    Answer,
    adds_nothing,
    decision_of,
    names_of,
    served_by,
    word_of,
)
from bot.services.voices import Voices, still_held

_STILL = at_rest("#{id} {target} still waits for your answer; the card above has the buttons.")

_DECIDED = N_("You have decided on #{id} already; one answer each counts.")

EXPIRED_AT_ONCE = 100
"""Executions that one tick expires."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What a decision led to; `needed` is how many more people must say yes."""

    execution: Execution
    needed: int


class Approvals:
    """Who may say yes, what a yes is worth, and what happens when nobody says anything."""

    def __init__(
        self,
        *,
        store: Store,
        catalog: Catalog,
        policy: PolicySource,
        clock: Clock,
        cards: Cards,
        renewals: Renewals,
        voices: Voices,
    ) -> None:
        self._voices = voices
        self._store = store
        self._catalog = catalog
        self._policy = policy
        self._clock = clock
        self._cards = cards
        self._renewals = renewals

    async def decide(
        self,
        actor: Actor,
        execution: int,
        verdict: Verdict,
        *,
        digest: str,
        comment: str = "",
        proven: bool = False,
    ) -> Decided:
        """Take one person's answer. Raises Refused, Stale, InvalidValues, Mistake or UnknownName.

        `proven`: the person showed a passkey for this very digest.
        """
        await self._renew(execution, digest)
        voices = await self._voices.of(actor)
        async with self._store.transaction() as tx:
            now = self._clock.now()
            found = await self._waiting(tx, execution, digest, now)
            hearing = self._hearing(await still_held(tx, voices, now), found, now)
            refusal = hearing.refusal()
            if refusal is None:
                voice, needs = hearing.chosen(await tx.decisions.of(found.id))
                given = Answer(voice=voice, comment=comment, proven=proven, now=now)
                if verdict is Verdict.REJECT:
                    return await self._reject(tx, found, given)
                return await self._approve(tx, found, given, needs)
            await self._record(tx, actor, found, refusal, now, asked=verdict)
        raise refusal

    async def card_to_decide(self, actor: Actor, execution: int, digest: str) -> Card:
        """The card of an execution that this person may decide on; raises as `decide` does."""
        await self._renew(execution, digest)
        voices = await self._voices.of(actor)
        async with self._store.transaction() as tx:
            now = self._clock.now()
            found = await self._waiting(tx, execution, digest, now)
            refusal = self._hearing(voices, found, now).refusal()
            if refusal is None:
                return await self._cards.of(tx, found, now)
            await self._record(tx, actor, found, refusal, now, asked="decide")
        raise refusal

    async def needs_of(self, actor: Actor, execution: Execution) -> Sequence[Need]:
        """The needs for which this person's yes would count now."""
        voices, now = await self._voices.of(actor), self._clock.now()
        hearing = self._hearing(voices, execution, now)
        if hearing.refusal() is not None:
            return ()
        async with self._store.reading() as tx:
            said = await tx.decisions.of(execution.id)
        _, needs = hearing.chosen(said)
        return needs

    async def expire_due(self) -> int:
        """End what nobody decided on in time, and remind; returns how many there were."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            due = await tx.executions.due([Status.AWAITING_APPROVAL], now, EXPIRED_AT_ONCE)
            for execution in due:
                if execution.expires_at is not None and execution.expires_at > now:
                    await self._remind(tx, execution, now)
                else:
                    await self._expire(tx, execution, now)
        return len(due)

    async def _remind(self, tx: Transaction, execution: Execution, now: datetime) -> None:
        """Once, to those who were asked by DM and said nothing."""
        said = in_force(execution, await tx.decisions.of(execution.id))
        answered = {each.person.user for each in said}
        await tx.executions.save(replace(execution, due_at=execution.expires_at))
        who = names_of(missing(execution, said))
        await say(tx, execution, LineKind.REMINDED, now, once=execution.digest, who=who)
        for _ref, person in await tx.copies.of(execution.id):
            if person is not None and person.user not in answered:
                key = f"remind:{execution.id}:{person.user}:{execution.digest[:12]}"
                await tell(
                    tx, person, key, now, _STILL.format(id=execution.id, target=execution.target)
                )

    async def _renew(self, execution: int, digest: str) -> None:
        """Nobody says yes to what would not run: raises Stale when it had to be asked anew."""
        async with self._store.reading() as tx:
            found = await tx.executions.get(execution)
        if found is None or (found.status, found.digest) != (Status.AWAITING_APPROVAL, digest):
            return
        said = _("#{id} is not what it was, so nothing was counted. {why}")
        await self._renewals.refuse_changed(found, said)

    async def _approve(
        self, tx: Transaction, found: Execution, answer: Answer, needs: Sequence[Need]
    ) -> Decided:
        actor, now = answer.voice.actor, answer.now
        said = await tx.decisions.of(found.id)
        before = missing(found, said)
        decision = decision_of(found, answer, served_by(found, answer, needs))
        if not await tx.decisions.add(decision):
            raise Stale(_(_DECIDED).format(id=found.id))
        if missing(found, [*said, decision]) == before:
            raise Mistake(adds_nothing(found, said, decision))
        needed = still_needed(found, await tx.decisions.of(found.id))
        facts = {"digest": found.digest, "comment": answer.comment, "serves": decision.serves}
        proof = {"passkey": True} if answer.proven else {}
        await record(
            tx, actor, "approval:approve", found, now, **facts, **proof, **answer.delegated
        )
        once = f"{actor.id.user}:{found.asked_again}" if found.asked_again else actor.id.user
        told = {"by": actor.name, "comment": answer.comment, "still_needed": needed, **proof}
        await say(tx, found, LineKind.APPROVED, now, once=once, **told, **answer.spoken_for)
        if needed > 0:
            await show_card(tx, found, now)
            return Decided(execution=found, needed=needed)
        moved = await move(tx, found, found.let_start(now), actor, now)
        if moved is None:
            raise Stale(_("#{id} changed just now; look at its card.").format(id=found.id))
        return Decided(execution=moved, needed=0)

    @staticmethod
    async def _reject(tx: Transaction, found: Execution, answer: Answer) -> Decided:
        actor, now, comment = answer.voice.actor, answer.now, word_of(answer.comment)
        decision = decision_of(found, answer, (), Verdict.REJECT)
        if not await tx.decisions.add(decision):
            raise Stale(_(_DECIDED).format(id=found.id))
        facts = {"digest": found.digest, "comment": comment, **answer.delegated}
        await record(tx, actor, "approval:reject", found, now, **facts)
        after = replace(found.moved_to(Status.REJECTED, now), note=comment)
        moved = await finish(tx, found, after, actor, now, comment=comment)
        if moved is None:
            raise Stale(_("#{id} changed just now; look at its card.").format(id=found.id))
        told = {"by": actor.name, "comment": comment, **answer.spoken_for}
        await say(tx, moved, LineKind.REJECTED, now, **told)
        return Decided(execution=moved, needed=0)

    async def _waiting(
        self, tx: Transaction, execution: int, digest: str, now: datetime
    ) -> Execution:
        found = await tx.executions.get(execution)
        if found is None:
            raise UnknownName(_("There is no execution #{id} any more.").format(id=execution))
        if found.status is not Status.AWAITING_APPROVAL:
            raise Stale(await self._what_happened(tx, found))
        if found.expires_at is not None and found.expires_at <= now:
            raise Stale(
                _("#{id} expired before you decided; it has to be asked for again.").format(
                    id=found.id
                )
            )
        if digest != found.digest:
            raise Stale(
                _(
                    "This card shows #{id} as it was before it changed, so it was not counted. "
                    "Decide on the newest card."
                ).format(id=found.id)
            )
        return found

    @staticmethod
    async def _record(
        tx: Transaction,
        actor: Actor,
        found: Execution,
        refusal: Refused,
        now: datetime,
        *,
        asked: str,
    ) -> None:
        subject = f"execution:{found.id}"
        detail = {"asked": asked}
        await record_refusal(tx, actor, subject, now, rule=refusal.rule, detail=detail)

    def _hearing(self, voices: Sequence[Voice], found: Execution, now: datetime) -> Hearing:
        return Hearing(
            policy=self._policy.current(),
            execution=found,
            job=self._catalog.find(found.job),
            around=Circumstances(now=now, channel=found.place.channel),
            voices=voices,
        )

    @staticmethod
    async def _what_happened(tx: Transaction, found: Execution) -> str:
        decisions = in_force(found, await tx.decisions.of(found.id))
        who, state = decisions[-1].name if decisions else "", words_for(found.status)
        if found.status is Status.REJECTED:
            said = (
                _("#{id} was rejected by {who} already.")
                if who
                else _("#{id} was rejected already.")
            )
            return said.format(id=found.id, who=who)
        if who and found.status not in {Status.EXPIRED, Status.CANCELLED}:
            said = _("#{id} was approved by {who} already; it is {state}.")
            return said.format(id=found.id, who=who, state=state)
        said = _("#{id} is {state}; there is nothing to decide any more.")
        return said.format(id=found.id, state=state)

    async def _expire(self, tx: Transaction, execution: Execution, now: datetime) -> None:
        after = execution.moved_to(Status.EXPIRED, now)
        if await move(tx, execution, after, SYSTEM, now) is not None:
            await say(tx, after, LineKind.EXPIRED, now)
