"""Approvals: one decision a person, never on one's own request, bound to a digest."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.access import may_approve
from bot.domain.actors import SYSTEM, Actor
from bot.domain.answers import Circumstances
from bot.domain.approvals import Decision, Verdict, still_needed
from bot.domain.errors import Refused, Stale, UnknownName
from bot.domain.executions import Execution, Status, words_for
from bot.domain.notices import Card, LineKind
from bot.ports import Clock, PolicySource, Store, Transaction
from bot.services.cards import Cards
from bot.services.moves import finish, move, record, record_refusal, say, show_card

EXPIRED_AT_ONCE = 100
"""Executions that one tick expires."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What a decision led to; `needed` is how many more people must say yes."""

    execution: Execution
    needed: int


class Approvals:
    """Who may say yes, what a yes is worth, and what happens when nobody says anything."""

    def __init__(self, *, store: Store, policy: PolicySource, clock: Clock, cards: Cards) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock
        self._cards = cards

    async def decide(
        self, actor: Actor, execution: int, verdict: Verdict, *, digest: str, comment: str = ""
    ) -> Decided:
        """Take one person's answer. Raises Refused, Stale or UnknownName, each with a sentence."""
        async with self._store.transaction() as tx:
            now = self._clock.now()
            found = await self._waiting(tx, execution, digest, now)
            refusal = self._refusal(actor, found, now)
            if refusal is None:
                return await self._take(tx, actor, found, verdict, comment, now)
            await self._record(tx, actor, found, refusal, now, asked=verdict)
        raise refusal

    async def card_to_decide(self, actor: Actor, execution: int, digest: str) -> Card:
        """The card of an execution that this person may decide on; raises as `decide` does."""
        async with self._store.transaction() as tx:
            now = self._clock.now()
            found = await self._waiting(tx, execution, digest, now)
            refusal = self._refusal(actor, found, now)
            if refusal is None:
                return await self._cards.of(tx, found, now)
            await self._record(tx, actor, found, refusal, now, asked="decide")
        raise refusal

    async def expire_due(self) -> int:
        """End what nobody decided on in time; returns how many."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            due = await tx.executions.due([Status.AWAITING_APPROVAL], now, EXPIRED_AT_ONCE)
            for execution in due:
                await self._expire(tx, execution, now)
        return len(due)

    async def _take(
        self,
        tx: Transaction,
        actor: Actor,
        found: Execution,
        verdict: Verdict,
        comment: str,
        now: datetime,
    ) -> Decided:
        decision = Decision(
            execution=found.id,
            person=actor.id,
            name=actor.name,
            verdict=verdict,
            comment=comment,
            digest=found.digest,
            at=now,
        )
        if not await tx.decisions.add(decision):
            raise Stale(f"You have decided on #{found.id} already; one answer each counts.")
        await record(
            tx, actor, f"approval:{verdict}", found, now, digest=found.digest, comment=comment
        )
        if verdict is Verdict.REJECT:
            return await self._reject(tx, actor, found, comment, now)
        return await self._approve(tx, actor, found, comment, now)

    async def _approve(
        self, tx: Transaction, actor: Actor, found: Execution, comment: str, now: datetime
    ) -> Decided:
        needed = still_needed(await tx.decisions.of(found.id), found.approvals_needed)
        await say(
            tx,
            found,
            LineKind.APPROVED,
            now,
            once=actor.id.user,
            by=actor.name,
            comment=comment,
            still_needed=needed,
        )
        if needed > 0:
            await show_card(tx, found, now)
            return Decided(execution=found, needed=needed)
        after = found.moved_to(Status.READY, now, due_at=now)
        moved = await move(tx, found, after, actor, now)
        if moved is None:
            raise Stale(f"#{found.id} changed just now; look at its card.")
        return Decided(execution=moved, needed=0)

    @staticmethod
    async def _reject(
        tx: Transaction, actor: Actor, found: Execution, comment: str, now: datetime
    ) -> Decided:
        after = replace(found.moved_to(Status.REJECTED, now), note=comment)
        moved = await finish(tx, found, after, actor, now, comment=comment)
        if moved is None:
            raise Stale(f"#{found.id} changed just now; look at its card.")
        await say(tx, moved, LineKind.REJECTED, now, by=actor.name, comment=comment)
        return Decided(execution=moved, needed=0)

    async def _waiting(
        self, tx: Transaction, execution: int, digest: str, now: datetime
    ) -> Execution:
        found = await tx.executions.get(execution)
        if found is None:
            raise UnknownName(f"There is no execution #{execution} any more.")
        if found.status is not Status.AWAITING_APPROVAL:
            raise Stale(await self._what_happened(tx, found))
        if found.expires_at is not None and found.expires_at <= now:
            raise Stale(f"#{found.id} expired before you decided; it has to be asked for again.")
        if digest != found.digest:
            raise Stale(
                f"This card shows #{found.id} as it was before it changed, so it was not counted. "
                "Decide on the newest card."
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

    def _refusal(self, actor: Actor, found: Execution, now: datetime) -> Refused | None:
        if actor.blocked:
            return Refused(actor.blocked, rule=actor.blocked_by)
        if found.requester.is_same_person(actor.id):
            return Refused(
                f"You asked for #{found.id} yourself, so somebody else must decide.",
                rule="four eyes",
                who_can=found.approvers,
            )
        around = Circumstances(now=now, channel=found.place.channel)
        if not may_approve(self._policy.current(), actor, found.approvers, around=around):
            return Refused(
                f"You may not decide on #{found.id} {found.target}.",
                rule=found.rule,
                who_can=found.approvers,
            )
        return None

    @staticmethod
    async def _what_happened(tx: Transaction, found: Execution) -> str:
        decisions = await tx.decisions.of(found.id)
        by = f" by {decisions[-1].name}" if decisions else ""
        if found.status is Status.REJECTED:
            return f"#{found.id} was rejected{by} already."
        if found.status in {Status.EXPIRED, Status.CANCELLED}:
            return f"#{found.id} is {words_for(found.status)}; there is nothing to decide any more."
        if decisions:
            return f"#{found.id} was approved{by} already; it is {words_for(found.status)}."
        return f"#{found.id} is {words_for(found.status)}; there is nothing to decide any more."

    async def _expire(self, tx: Transaction, execution: Execution, now: datetime) -> None:
        after = execution.moved_to(Status.EXPIRED, now)
        if await move(tx, execution, after, SYSTEM, now) is not None:
            await say(tx, after, LineKind.EXPIRED, now)
