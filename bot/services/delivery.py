"""Delivery: what people must be told reaches Slack, in order, once, within Slack's limits."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta

import structlog

from bot.domain.actors import MessageRef, Place
from bot.domain.errors import Ambiguous, Permanent, Temporary, Unauthorized
from bot.domain.notices import Lane
from bot.ports import (
    UNTRACED,
    Chat,
    Clock,
    JobPlatform,
    Outgoing,
    People,
    Store,
    Traces,
    Transaction,
)
from bot.services.cards import Cards
from bot.services.detours import Detours
from bot.services.digests import Digests
from bot.services.holds import BUDGET, Holds
from bot.services.outcomes import Outcomes
from bot.services.pieces import telling
from bot.services.rounds import rest_until
from bot.services.sending import Looks, Renderers, Sending

__all__ = ["Delivery", "Renderers"]

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
LONGEST_SEND = timedelta(seconds=45)
"""All that one notice may take; well within its lease, so that no two senders ever have it."""

AT_ONCE = 32
"""Notices on their way to Slack at one time."""

KEPT_FOR_APPROVALS = 8
"""Of these, so many that only approvals may take: a slow Slack fills all others."""

SHORTEST_REST = 0.05
"""Seconds between two rounds of which the first found nothing."""

LONGEST_ROUND = 2.0
"""Seconds after which a round leaves those that are slow to themselves; the next one begins."""

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(seconds=30)
LONGEST_ASKED = 3_600.0
"""Seconds of a Retry-After that are believed."""

GIVE_UP_AFTER = timedelta(days=3)
"""A notice that Slack could not take for this long is undeliverable."""

SHUT_OUT_FOR = timedelta(seconds=30)
"""How long nothing is tried while Slack does not let us in at all."""

BELIEVED_FOR = 2 * SHUT_OUT_FOR + LONGEST_SEND
"""How long we are taken to be shut out after it was last seen."""

_OF_ONE_KIND = frozenset({"missing_scope", "not_allowed_token_type"})
"""Slack's words for a right that we lack for one kind of call; the others go on."""


class Delivery:
    """Claims notices, sends them, and knows what to do with each way a send can fail."""

    def __init__(
        self,
        *,
        store: Store,
        chat: Chat,
        clock: Clock,
        cards: Cards,
        platforms: Mapping[str, JobPlatform],
        renderers: Renderers,
        operators: Place | None,
        people: People,
        host: str = "",
        traces: Traces = UNTRACED,
    ) -> None:
        self._traces = traces
        self._hosts = ("", host)
        self._store = store
        self._clock = clock
        self._detours = Detours(store=store, chat=chat, clock=clock)
        self._digests = Digests(store=store, clock=clock)
        self._holds = Holds(clock)
        self._outcomes = Outcomes(store)
        self._sending = Sending(
            store=store,
            chat=chat,
            clock=clock,
            cards=cards,
            platforms=platforms,
            renderers=renderers,
            operators=operators,
            holds=self._holds,
            outcomes=self._outcomes,
            people=people,
        )
        self._underway: set[asyncio.Task[None]] = set()
        self._shut_out_until: datetime | None = None
        self._refused: tuple[datetime, str] | None = None

    @property
    def obstacle(self) -> str:
        """Why Slack does not let us in, as far as that was seen lately; empty when it does."""
        if self._refused is None or self._clock.now() - self._refused[0] > BELIEVED_FOR:
            return ""
        return self._refused[1]

    async def deliver_due(self) -> int:
        """Send what is due; returns how many notices were claimed. Slow ones end by themselves."""
        if self._is_shut_out():
            return 0
        await self._digests.fold_due()
        await self._room()
        async with self._store.transaction() as tx:
            claimed = await self._claim(tx)
        if claimed:
            looks = await self._sending.looks(claimed)
            await self._round({asyncio.create_task(self._piece(each, looks)) for each in claimed})
        return len(claimed)

    async def rest(self, most: float) -> float:
        """Seconds until the next notice is due, at most so many."""
        now = self._clock.now()
        due = await self._store.look(lambda tx: tx.outbox.next_due(now))
        return rest_until(due, now, least=SHORTEST_REST, most=most)

    async def restarted(self) -> int:
        """This process is the only one and has just begun: what the last one held is free."""
        async with self._store.transaction() as tx:
            return await tx.outbox.end_leases(self._clock.now())

    async def close(self, within: float = 0.0) -> None:
        """Wait so many seconds for what is on its way; what is not done then has a lease."""
        if self._underway:
            await asyncio.wait(self._underway, timeout=within)
        for task in self._underway:
            task.cancel()
        await asyncio.gather(*self._underway, return_exceptions=True)

    async def _claim(self, tx: Transaction) -> Sequence[Outgoing]:
        now, room = self._clock.now(), AT_ONCE - len(self._underway)
        only = None if room > KEPT_FOR_APPROVALS else Lane.APPROVAL
        limit = room if only is not None else room - KEPT_FOR_APPROVALS
        held = self._holds.now()
        return await tx.outbox.claim(now, LEASE, limit, hosts=self._hosts, held=held, only=only)

    async def _room(self) -> None:
        """While slow ones hold every place, the next waits for one of them."""
        if len(self._underway) >= AT_ONCE:
            await asyncio.wait(
                self._underway, timeout=LONGEST_ROUND, return_when=asyncio.FIRST_COMPLETED
            )

    async def _round(self, pieces: set[asyncio.Task[None]]) -> None:
        self._underway |= pieces
        try:
            done, slow = await asyncio.wait(pieces, timeout=LONGEST_ROUND)
        except asyncio.CancelledError:
            await self.close()
            raise
        self._underway -= done
        for task in slow:
            task.add_done_callback(self._ended)
        errors = [error for task in done if (error := task.exception()) is not None]
        if errors:
            raise errors[0]

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A slow one is over after its round; nobody waits for its error any more."""
        self._underway.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("notice_failed", exc_info=error)

    async def _piece(self, out: Outgoing, looks: Looks) -> None:
        await telling(out, self._deliver(out, looks))

    async def _deliver(self, out: Outgoing, looks: Looks) -> None:
        try:
            async with asyncio.timeout(LONGEST_SEND.total_seconds()):
                with self._span(out):
                    ref = await self._sending.send(out, looks)
            await self._sent(out, ref)
        except Permanent as error:
            await self._undeliverable(out, error)
        except (Temporary, Ambiguous) as error:
            await self._put_back(out, error)
        except TimeoutError:
            await self._put_back(out, Ambiguous("it took too long", code="no_answer"))

    async def _sent(self, out: Outgoing, ref: MessageRef | None) -> None:
        async def written(tx: Transaction) -> None:
            await tx.outbox.sent(out.id, self._clock.now(), ref)

        try:
            await self._outcomes.write(written)
        except Temporary as error:
            # It stands: the next try has to look for it.
            raise Ambiguous(str(error), code=error.code) from error
        log.info("notice_sent", topic=out.notice.topic, attempts=out.attempts)

    def _span(self, out: Outgoing) -> AbstractContextManager[None]:
        notice = out.notice
        if not notice.request_id:
            return nullcontext()
        return self._traces.span(
            "deliver",
            request_id=notice.request_id,
            execution=notice.execution or 0,
            topic=notice.topic,
            lane=notice.lane.name.lower(),
            attempt=out.attempts,
        )

    def _is_shut_out(self) -> bool:
        return self._shut_out_until is not None and self._clock.now() < self._shut_out_until

    def _shut_out(self, error: Unauthorized) -> None:
        """Nobody is to be told otherwise: the operators' channel is in Slack as well."""
        if not self.obstacle:
            log.critical("slack_does_not_let_us_in", code=error.code, seconds=SHUT_OUT_FOR.seconds)
        now = self._clock.now()
        self._refused = (now, str(error))
        if error.code not in _OF_ONE_KIND:
            self._shut_out_until = now + SHUT_OUT_FOR

    async def _put_back(self, out: Outgoing, error: Temporary | Ambiguous) -> None:
        now = self._clock.now()
        if isinstance(error, Unauthorized):
            self._shut_out(error)
        elif now - out.written_at > GIVE_UP_AFTER:
            await self._undeliverable(out, Permanent(f"tried for {GIVE_UP_AFTER}: {error}"))
            return
        wait = _pause(out, error)
        counts = not isinstance(error, Unauthorized) and error.code != BUDGET
        told = log.info if counts else log.debug
        told("notice_put_back", key=out.notice.key, error=str(error), seconds=wait.seconds)
        # A refusal proves that this try did nothing, not that an earlier unanswered one did not.
        ambiguous = out.is_ambiguous or isinstance(error, Ambiguous)

        async def written(tx: Transaction) -> None:
            await tx.outbox.put_back(
                out.id, now + wait, is_ambiguous=ambiguous, error=str(error), counts=counts
            )

        await self._outcomes.write(written)

    async def _undeliverable(self, out: Outgoing, error: Permanent) -> None:
        """End the notice, and tell people another way where there is one."""
        try:
            await self._detours.take(out, error)
        except (Temporary, Ambiguous) as trouble:
            await self._put_back(out, trouble)


def _pause(out: Outgoing, error: Temporary | Ambiguous) -> timedelta:
    """As long as Slack asks; without a word from it, twice as long each time."""
    if isinstance(error, Unauthorized):
        return SHUT_OUT_FOR
    asked = error.retry_after if isinstance(error, Temporary) else None
    if asked is not None:
        return timedelta(seconds=min(asked, LONGEST_ASKED))
    return min(FIRST_WAIT * 2 ** min(out.attempts - 1, 8), LONGEST_WAIT)
