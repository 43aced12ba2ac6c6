"""Delivery: what people must be told reaches Slack, in order, once, within Slack's limits."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, assert_never

import structlog

from bot.domain.actors import MessageRef, Place
from bot.domain.errors import Ambiguous, Permanent, Temporary
from bot.domain.executions import Execution
from bot.domain.notices import Card, LineKind, Topic
from bot.ports import (
    UNTRACED,
    Chat,
    Clock,
    JobPlatform,
    Outgoing,
    Rendered,
    Store,
    Traces,
    Transaction,
)
from bot.services.cards import Cards
from bot.services.detours import Detours
from bot.services.moves import show_card
from bot.services.pieces import telling
from bot.services.rounds import every

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
LONGEST_SEND = timedelta(seconds=45)
"""All that one notice may take; well within its lease, so that no two senders ever have it."""

AT_ONCE = 16
"""Notices on their way to Slack at one time."""

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=2)
LONGEST_ASKED = 3_600.0
"""Seconds of a Retry-After that are believed."""

GIVE_UP_AFTER = timedelta(days=3)
"""A notice that Slack could not take for this long is undeliverable."""

WHOLE_LOG = 16 * 1024 * 1024
"""Bytes of a log that are put into a thread as a file."""

_GONE = frozenset({"message_not_found", "cant_update_message"})
"""Slack's words for a message that somebody deleted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Renderers:
    """How facts become messages; wiring hands in the functions of `blocks`."""

    card: Callable[[Card], Rendered]
    approval: Callable[[Card], Rendered]
    line: Callable[[LineKind, Mapping[str, Any], Execution], Rendered]
    ended: Callable[[Card], Rendered]
    sentence: Callable[[str], Rendered]


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
        host: str = "",
        traces: Traces = UNTRACED,
    ) -> None:
        self._traces = traces
        self._hosts = ("", host)
        self._store = store
        self._chat = chat
        self._clock = clock
        self._cards = cards
        self._platforms = platforms
        self._render = renderers
        self._operators = operators
        self._detours = Detours(store=store, chat=chat, clock=clock)

    async def deliver_due(self) -> int:
        """Send what is due; returns how many notices were claimed."""
        async with self._store.transaction() as tx:
            now = self._clock.now()
            claimed = await tx.outbox.claim(now, LEASE, AT_ONCE, hosts=self._hosts)
        await every(telling(each, self._deliver(each)) for each in claimed)
        return len(claimed)

    async def restarted(self) -> int:
        """This process is the only one and has just begun: what the last one held is free."""
        async with self._store.transaction() as tx:
            return await tx.outbox.end_leases(self._clock.now())

    async def _deliver(self, out: Outgoing) -> None:
        try:
            async with asyncio.timeout(LONGEST_SEND.total_seconds()):
                with self._span(out):
                    ref = await self._send(out)
        except Permanent as error:
            await self._undeliverable(out, error)
        except (Temporary, Ambiguous) as error:
            await self._put_back(out, error)
        except TimeoutError:
            await self._put_back(out, Ambiguous("it took too long", code="no_answer"))
        else:
            async with self._store.transaction() as tx:
                await tx.outbox.sent(out.id, self._clock.now(), ref)
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

    async def _send(self, out: Outgoing) -> MessageRef | None:
        match out.notice.topic:
            case Topic.CARD:
                return await self._send_card(out)
            case Topic.APPROVAL:
                return await self._send_approval(out)
            case Topic.LINE:
                return await self._send_line(out)
            case Topic.LOG_FILE:
                return await self._send_log(out)
            case Topic.TELL:
                return await self._send_sentence(out)
            case Topic.OPERATORS:
                return await self._tell_operators(out)
            case _:
                assert_never(out.notice.topic)

    async def _send_card(self, out: Outgoing) -> MessageRef | None:
        card = await self._card(out)
        ref = card.execution.card
        if ref is None:
            return await self._post_card(out, card)
        try:
            await self._chat.update(ref, self._render.card(card), key=out.notice.key)
        except Permanent as error:
            if error.code not in _GONE:
                raise
            return await self._post_card(out, card)
        return ref

    async def _post_card(self, out: Outgoing, card: Card) -> MessageRef:
        """The first showing of a card: it begins the thread."""
        execution = card.execution
        key = f"card:{execution.id}:{execution.place.channel}"
        message = self._render.card(card)
        ref = await self._post(out, execution.place, message, key=key, changes=True)
        async with self._written_down() as tx:
            fresh = await tx.executions.get(execution.id)
            assert fresh is not None
            await tx.executions.save(replace(fresh, card=ref))
            await tx.copies.add(execution.id, ref, None)
            await self._keep_true(tx, card)
        return ref

    async def _send_approval(self, out: Outgoing) -> MessageRef | None:
        person = out.notice.person
        assert person is not None
        card = await self._card(out)
        message = self._render.approval(card)
        async with self._store.reading() as tx:
            copies = await tx.copies.of(card.execution.id)
        told = next((ref for ref, whose in copies if whose == person), None)
        if told is not None:
            await self._update_copy(told, message, out.notice.key)
            return told
        ref = await self._post(out, await self._chat.dm(person), message, changes=True)
        async with self._written_down() as tx:
            await tx.copies.add(card.execution.id, ref, person)
            await self._keep_true(tx, card)
        return ref

    async def _update_copy(self, ref: MessageRef, message: Rendered, key: str) -> None:
        try:
            await self._chat.update(ref, message, key=key)
        except Permanent as error:
            # A copy that its owner does not have any more cannot be wrong.
            if error.code not in _GONE:
                raise

    @asynccontextmanager
    async def _written_down(self) -> AsyncGenerator[Transaction]:
        """A transaction after a message was posted: when it fails, the message is there."""
        try:
            async with self._store.transaction() as tx:
                yield tx
        except Temporary as error:
            raise Ambiguous(str(error), code=error.code) from error

    async def _keep_true(self, tx: Transaction, card: Card) -> None:
        """What changed while a message was on its way is told anew."""
        fresh = await tx.executions.get(card.execution.id)
        decided = len(await tx.decisions.of(card.execution.id))
        if fresh is None:
            return
        if fresh.status is not card.execution.status or decided != len(card.decisions):
            await show_card(tx, fresh, self._clock.now())

    async def _send_line(self, out: Outgoing) -> MessageRef | None:
        execution = await self._execution(out)
        facts = out.notice.facts
        message = self._render.line(LineKind(facts["kind"]), facts, execution)
        return await self._post(out, await self._thread(out, execution), message)

    async def _send_log(self, out: Outgoing) -> None:
        execution = await self._execution(out)
        place = await self._thread(out, execution)
        filename = f"{execution.job}-{execution.id}-{execution.attempt}.log"
        if out.is_ambiguous and await self._chat.find_uploaded(place, filename, out.written_at):
            return
        platform = self._platforms.get(execution.platform)
        if platform is None:
            raise Permanent(f"there is no platform called {execution.platform}")
        chunk = await platform.logs(execution.request_key, 0, WHOLE_LOG)
        title = f"Log of #{execution.id} {execution.target}"
        await self._chat.upload(place, filename=filename, title=title, content=chunk.text.encode())

    async def _send_sentence(self, out: Outgoing) -> MessageRef | None:
        person = out.notice.person
        assert person is not None
        execution = out.notice.facts.get("execution")
        if execution is None:
            message = self._render.sentence(str(out.notice.facts["sentence"]))
        else:
            message = self._render.ended(await self._card_of(int(execution)))
        if person.user[:1] in {"C", "G"}:
            place = Place(team=person.team, enterprise=person.enterprise, channel=person.user)
        else:
            place = await self._chat.dm(person)
        return await self._post(out, place, message)

    async def _tell_operators(self, out: Outgoing) -> MessageRef | None:
        sentence = str(out.notice.facts["sentence"])
        if self._operators is None:
            log.warning("operators_not_told", sentence=sentence)
            return None
        return await self._post(out, self._operators, self._render.sentence(sentence))

    async def _thread(self, out: Outgoing, execution: Execution) -> Place:
        """The thread of an execution; the card is posted now when it does not stand yet."""
        card = execution.card or await self._post_card(out, await self._card_of(execution.id))
        return replace(execution.place, thread=execution.place.thread or card.ts)

    async def _post(
        self,
        out: Outgoing,
        place: Place,
        message: Rendered,
        *,
        key: str = "",
        changes: bool = False,
    ) -> MessageRef:
        """Where it stands, posted now or by an earlier try; `changes` when it may have since."""
        key = key or out.notice.key
        if out.is_ambiguous:
            found = await self._chat.find_posted(place, key, out.written_at)
            if found is not None:
                if changes:
                    # It shows what was true when that try was made.
                    await self._chat.update(found, message, key=key)
                return found
        return await self._chat.post(place, message, key=key)

    async def _card(self, out: Outgoing) -> Card:
        assert out.notice.execution is not None
        return await self._card_of(out.notice.execution)

    async def _card_of(self, execution: int) -> Card:
        async with self._store.reading() as tx:
            found = await tx.executions.get(execution)
            if found is None:
                raise Permanent(f"there is no execution {execution}")
            return await self._cards.of(tx, found, self._clock.now())

    async def _execution(self, out: Outgoing) -> Execution:
        async with self._store.reading() as tx:
            found = await tx.executions.get(out.notice.execution or 0)
        if found is None:
            raise Permanent(f"there is no execution {out.notice.execution}")
        return found

    async def _put_back(self, out: Outgoing, error: Temporary | Ambiguous) -> None:
        now = self._clock.now()
        if now - out.written_at > GIVE_UP_AFTER:
            await self._undeliverable(out, Permanent(f"tried for {GIVE_UP_AFTER}: {error}"))
            return
        wait = min(FIRST_WAIT * 2 ** min(out.attempts - 1, 8), LONGEST_WAIT)
        asked = error.retry_after if isinstance(error, Temporary) else None
        if asked is not None:
            wait = timedelta(seconds=min(asked, LONGEST_ASKED))
        log.info("notice_put_back", key=out.notice.key, error=str(error), seconds=wait.seconds)
        # A refusal proves that this try did nothing, not that an earlier unanswered one did not.
        ambiguous = out.is_ambiguous or isinstance(error, Ambiguous)
        async with self._store.transaction() as tx:
            await tx.outbox.put_back(out.id, now + wait, is_ambiguous=ambiguous, error=str(error))

    async def _undeliverable(self, out: Outgoing, error: Permanent) -> None:
        """End the notice, and tell people another way where there is one."""
        try:
            await self._detours.take(out, error)
        except (Temporary, Ambiguous) as trouble:
            await self._put_back(out, trouble)
