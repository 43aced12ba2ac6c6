"""Pausing: the message that asks how a run goes on, posted once and kept true."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

from bot.domain.actors import MessageRef, PersonId, Place
from bot.domain.errors import Ambiguous, Permanent, Temporary
from bot.domain.notices import Card
from bot.domain.waits import Standing, Wait
from bot.ports import Chat, Clock, Outgoing, Rendered, Store, Transaction
from bot.services.outcomes import Outcomes
from bot.services.posting import Posting
from bot.services.waits import show_wait

Thread: TypeAlias = Callable[[], Awaitable[Place]]
"""Where the execution's thread is; its card is posted first where none stands."""

_UNCHANGEABLE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""Slack's words for a message that is gone, or stays as it is."""


class Pausing:
    """Raises what the chat raises."""

    def __init__(
        self,
        *,
        store: Store,
        chat: Chat,
        clock: Clock,
        posting: Posting,
        outcomes: Outcomes,
        render: Callable[[Card, Wait], Rendered],
    ) -> None:
        self._store = store
        self._chat = chat
        self._clock = clock
        self._posting = posting
        self._outcomes = outcomes
        self._render = render

    async def show(self, out: Outgoing, card: Card, thread: Thread) -> MessageRef | None:
        """The message in the thread, or one person's by DM, as the wait is now."""
        wait = await self._wait(out)
        person = out.notice.person
        ref = _stands(wait, card, person)
        if ref is None and wait.standing is Standing.OVER and wait.reply is None:
            # Nobody was asked before it was over.
            return None
        message = self._render(card, wait)
        if ref is None:
            return await self._post(out, card, wait, message, thread)
        try:
            await self._posting.update(out, ref, message)
        except Permanent as error:
            if error.code not in _UNCHANGEABLE:
                raise
            if person is None and not wait.is_final:
                return await self._post(out, card, wait, message, thread, instead=ref)
        return ref

    async def _post(
        self,
        out: Outgoing,
        card: Card,
        wait: Wait,
        message: Rendered,
        thread: Thread,
        *,
        instead: MessageRef | None = None,
    ) -> MessageRef:
        person = out.notice.person
        place = await thread() if person is None else await self._chat.dm(person)
        key = f"pause:{wait.name[:32]}:{place.channel}{f':{instead.ts}' if instead else ''}"
        ref = await self._posting.post(out, place, message, key=key, changes=True)

        async def written_down(tx: Transaction) -> None:
            fresh = await tx.waits.get(wait.request_key, wait.pause.key)
            if fresh is None:
                return
            kept = replace(fresh, ref=ref)
            if person is not None:
                kept = replace(fresh, copies=(*fresh.copies, (ref, person)))
            await tx.waits.save(kept)
            if _shown(fresh) != _shown(wait):
                # It changed while the message was on its way.
                await show_wait(tx, card.execution, kept, self._clock.now())

        try:
            await self._outcomes.write(written_down)
        except Temporary as error:
            raise Ambiguous(str(error), code=error.code) from error
        return ref

    async def _wait(self, out: Outgoing) -> Wait:
        facts = out.notice.facts
        async with self._store.reading() as tx:
            found = await tx.waits.get(str(facts.get("try")), str(facts.get("pause")))
        if found is None:
            raise Permanent(f"there is no such pause of #{out.notice.execution}")
        return found


def _stands(wait: Wait, card: Card, person: PersonId | None) -> MessageRef | None:
    """The message that is there; one in a channel out of reach is as good as none."""
    if person is not None:
        return wait.copy_of(person)
    ref = wait.ref
    return ref if ref is not None and ref.channel == card.execution.place.channel else None


def _shown(wait: Wait) -> tuple[object, ...]:
    """What the message depends on."""
    return wait.standing, wait.pause, wait.needs, wait.said, wait.reply, wait.note
