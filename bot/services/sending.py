"""Sending: how each kind of notice becomes a call to Slack, and what is written down after it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, assert_never

import structlog

from bot.domain.actors import MessageRef, PersonId, Place
from bot.domain.errors import Ambiguous, Permanent, PortError, Temporary
from bot.domain.executions import Execution
from bot.domain.notices import Card, Digest, LineKind, ScheduleKind, Topic, about
from bot.domain.overviews import BEHIND_IS_FELT
from bot.domain.waits import Wait
from bot.domain.wording import _, language_of, speaking
from bot.ports import Chat, Clock, JobPlatform, Outgoing, People, Rendered, Store, Transaction
from bot.services.cards import Cards
from bot.services.holds import Holds
from bot.services.moves import carded, show_card
from bot.services.outcomes import Outcomes, Writing
from bot.services.pausing import Pausing
from bot.services.posting import Posting
from bot.services.refusals import SINCE, refused, told_together
from bot.services.sayings import say

log = structlog.get_logger(__name__)

WHOLE_LOG = 16 * 1024 * 1024
"""Bytes of a log that are put into a thread as a file."""

_DELETED = frozenset({"message_not_found"})
_FIXED = frozenset({"cant_update_message", "edit_window_closed"})
"""Slack's words for a message that somebody deleted, and for one that stays as it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Renderers:
    """How facts become messages; wiring hands in the functions of `blocks`."""

    card: Callable[[Card], Rendered]
    approval: Callable[[Card], Rendered]
    line: Callable[[LineKind, Mapping[str, Any], Execution], Rendered]
    ended: Callable[[Card], Rendered]
    sentence: Callable[[str], Rendered]
    digest: Callable[[Digest, str], Rendered]
    schedule: Callable[[ScheduleKind, Mapping[str, Any]], Rendered]
    pause: Callable[[Card, Wait], Rendered]


@dataclass(frozen=True, kw_only=True, slots=True)
class Looks:
    """The rows that a round of notices tells of, read together."""

    cards: Mapping[int, Card] = field(default_factory=dict[int, Card])
    copies: Mapping[int, Sequence[tuple[MessageRef, PersonId | None]]] = field(
        default_factory=dict[int, Sequence[tuple[MessageRef, PersonId | None]]]
    )

    def card(self, execution: int | None) -> Card:
        """Raises Permanent when there is no such execution."""
        found = self.cards.get(execution or 0)
        if found is None:
            raise Permanent(f"there is no execution {execution}")
        return found


class Sending:
    """One method a topic. Raises what the chat and the platforms raise."""

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
        holds: Holds,
        outcomes: Outcomes,
        people: People,
    ) -> None:
        self._store = store
        self._chat = chat
        self._clock = clock
        self._cards = cards
        self._platforms = platforms
        self._render = renderers
        self._operators = operators
        self._outcomes = outcomes
        self._people = people
        self._posting = Posting(chat=chat, holds=holds)
        self._pausing = Pausing(
            store=store,
            chat=chat,
            clock=clock,
            posting=self._posting,
            outcomes=outcomes,
            render=renderers.pause,
        )

    async def looks(self, outgoing: Sequence[Outgoing]) -> Looks:
        """Everything that these notices are told from, in a handful of queries."""
        numbers = {number for each in outgoing if (number := about(each.notice)) is not None}
        asked = {out.notice.execution for out in outgoing if out.notice.topic is Topic.APPROVAL}
        if not numbers:
            return Looks()
        async with self._store.reading() as tx:
            found = await tx.executions.numbered(sorted(numbers))
            cards = await self._cards.of_many(tx, found, self._clock.now())
            return Looks(
                cards={card.execution.id: card for card in cards},
                copies={number: await tx.copies.of(number) for number in asked if number},
            )

    async def send(self, out: Outgoing, looks: Looks) -> MessageRef | None:
        with speaking(await self._language(out, looks)):
            return await self._send(out, looks)

    async def _language(self, out: Outgoing, looks: Looks) -> str:
        """A person's own, a thread's in that of who asked; the usual one for all others."""
        person = out.notice.person
        if person is not None and not _is_channel(person):
            with suppress(PortError):
                return language_of((await self._people.actor(person)).locale)
        if out.notice.topic is Topic.SCHEDULE:
            return str(out.notice.facts.get("language", ""))
        card = looks.cards.get(about(out.notice) or 0)
        return card.execution.language if card is not None and person is None else ""

    async def _send(self, out: Outgoing, looks: Looks) -> MessageRef | None:
        match out.notice.topic:
            case Topic.CARD:
                return await self._card(out, looks)
            case Topic.APPROVAL:
                return await self._approval(out, looks)
            case Topic.PAUSE:
                card = looks.card(out.notice.execution)
                return await self._pausing.show(out, card, lambda: self._thread(out, card))
            case Topic.LINE:
                return await self._line(out, looks)
            case Topic.LOG_FILE:
                return await self._log(out, looks)
            case Topic.TELL:
                return await self._sentence(out, looks)
            case Topic.OPERATORS:
                return await self._to_operators(out)
            case Topic.DIGEST:
                return await self._digest(out)
            case Topic.SCHEDULE:
                return await self._schedule(out)
            case _:
                assert_never(out.notice.topic)

    async def _card(self, out: Outgoing, looks: Looks) -> MessageRef | None:
        card = _felt(looks.card(out.notice.execution), out, self._clock.now())
        ref = card.execution.card
        if ref is None:
            return await self._post_card(out, card)
        try:
            await self._posting.update(out, ref, self._render.card(card))
        except Permanent as error:
            if error.code not in _DELETED | _FIXED:
                raise
            log.warning("card_posted_anew", key=out.notice.key, code=error.code)
            return await self._post_card(out, card, instead=ref, stands=error.code in _FIXED)
        return ref

    async def _post_card(
        self,
        out: Outgoing,
        card: Card,
        *,
        instead: MessageRef | None = None,
        stands: bool = False,
    ) -> MessageRef:
        """The first showing of a card, or one in the place of another: it begins the thread."""
        execution = card.execution
        key = f"card:{execution.id}:{execution.place.channel}"
        if instead is not None:
            key += f":{instead.ts}"
        message = self._render.card(card)
        ref = await self._posting.post(out, execution.place, message, key=key, changes=True)
        link = await self._posting.link(ref) if stands else ""

        async def written_down(tx: Transaction) -> None:
            fresh = await tx.executions.get(execution.id)
            assert fresh is not None
            moved = carded(fresh, ref, self._clock.now())
            await tx.executions.save(moved)
            await tx.copies.add(execution.id, ref, None)
            if instead is not None and stands:
                now, told = self._clock.now(), {"link": link, "thread": instead.ts}
                await say(tx, moved, LineKind.NEW_CARD, now, once=instead.ts, **told)
            await self._keep_true(tx, card)

        await self._write_down(written_down)
        return ref

    async def _approval(self, out: Outgoing, looks: Looks) -> MessageRef | None:
        person = out.notice.person
        assert person is not None
        card = looks.card(out.notice.execution)
        message = self._render.approval(card)
        copies = looks.copies[card.execution.id]
        told = next((ref for ref, whose in copies if whose == person), None)
        if told is not None:
            await self._update_copy(out, told, message)
            return told
        ref = await self._posting.post(out, await self._chat.dm(person), message, changes=True)

        async def written_down(tx: Transaction) -> None:
            await tx.copies.add(card.execution.id, ref, person)
            await self._keep_true(tx, card)

        await self._write_down(written_down)
        return ref

    async def _update_copy(self, out: Outgoing, ref: MessageRef, message: Rendered) -> None:
        try:
            await self._posting.update(out, ref, message)
        except Permanent as error:
            # A copy that its owner does not have any more cannot be wrong, and a click on one that
            # stays as it is gets a sentence.
            if error.code not in _DELETED | _FIXED:
                raise

    async def _write_down(self, writing: Writing) -> None:
        """After a message was posted: when this fails, the message is there all the same."""
        try:
            await self._outcomes.write(writing)
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

    async def _line(self, out: Outgoing, looks: Looks) -> MessageRef | None:
        card = looks.card(out.notice.execution)
        facts = out.notice.facts
        message = self._render.line(LineKind(facts["kind"]), facts, card.execution)
        if told_in := str(facts.get("thread") or ""):
            place = replace(card.execution.place, thread=told_in)
        else:
            place = await self._thread(out, card)
        return await self._posting.post(out, place, message)

    async def _log(self, out: Outgoing, looks: Looks) -> None:
        card = looks.card(out.notice.execution)
        execution = card.execution
        place = await self._thread(out, card)
        filename = f"{execution.job}-{execution.id}-{execution.attempt}.log"
        if await self._posting.is_uploaded(out, place, filename):
            return
        platform = self._platforms.get(execution.platform)
        if platform is None:
            raise Permanent(f"there is no platform called {execution.platform}")
        written = await _whole_log(platform, execution.request_key)
        title = _("Log of #{id} {target}").format(id=execution.id, target=execution.target)
        await self._posting.upload(out, place, filename, title, written)

    async def _sentence(self, out: Outgoing, looks: Looks) -> MessageRef | None:
        person = out.notice.person
        assert person is not None
        execution = out.notice.facts.get("execution")
        if execution is None:
            message = self._render.sentence(str(out.notice.facts["sentence"]))
        else:
            message = self._render.ended(looks.card(int(execution)))
        if _is_channel(person):
            place = Place(team=person.team, enterprise=person.enterprise, channel=person.user)
        else:
            place = await self._chat.dm(person)
        return await self._posting.post(out, place, message)

    async def _schedule(self, out: Outgoing) -> MessageRef | None:
        notice = out.notice
        message = self._render.schedule(ScheduleKind(notice.facts["kind"]), notice.facts)
        place = notice.place
        if place is None:
            assert notice.person is not None
            place = await self._chat.dm(notice.person)
        return await self._posting.post(out, place, message)

    async def _digest(self, out: Outgoing) -> MessageRef | None:
        assert out.notice.place is not None
        async with self._store.reading() as tx:
            found = await tx.executions.numbered(out.notice.facts["executions"])
        message = self._render.digest(Digest(executions=tuple(found)), out.notice.key)
        return await self._posting.post(out, out.notice.place, message)

    async def _to_operators(self, out: Outgoing) -> MessageRef | None:
        sentence = await self._to_say(out)
        if not sentence:
            return None
        if self._operators is None:
            log.warning("operators_not_told", sentence=sentence)
            return None
        return await self._posting.post(out, self._operators, self._render.sentence(sentence))

    async def _to_say(self, out: Outgoing) -> str:
        """A sentence for operators; nothing when there is nothing to tell any more."""
        if SINCE not in out.notice.facts:
            return str(out.notice.facts["sentence"])
        async with self._store.reading() as tx:
            letters = await refused(tx, out)
        return told_together(letters) if letters else ""

    async def _thread(self, out: Outgoing, card: Card) -> Place:
        """The thread of an execution; the card is posted now when it does not stand yet."""
        execution = card.execution
        ref = execution.card or await self._post_card(out, card)
        return replace(execution.place, thread=execution.place.thread or ref.ts)


async def _whole_log(platform: JobPlatform, request_key: str) -> bytes:
    """Everything a run wrote so far, up to `WHOLE_LOG` bytes."""
    pieces: list[bytes] = []
    left, cursor = WHOLE_LOG, ""
    while left > 0:
        piece = await platform.logs(request_key, cursor, left)
        pieces.append(piece.text.encode())
        left -= len(pieces[-1])
        if piece.complete or not piece.text:
            break
        cursor = piece.cursor
    return b"".join(pieces)


def _is_channel(person: PersonId) -> bool:
    return person.user[:1] in {"C", "G"}


def _felt(card: Card, out: Outgoing, now: datetime) -> Card:
    """With how late this very card is, where that is felt; a final one is true for good."""
    late = now - out.written_at
    if card.execution.status.is_final or late < BEHIND_IS_FELT:
        return replace(card, behind=None)
    return replace(card, behind=late)
