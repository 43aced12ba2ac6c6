"""Detours: what Slack will never take where it should stand is told another way."""

from dataclasses import replace
from datetime import datetime

import structlog

from bot.domain.actors import SYSTEM, Place
from bot.domain.errors import Permanent
from bot.domain.executions import Execution
from bot.domain.notices import LineKind, Notice, Topic, about
from bot.domain.wording import at_rest
from bot.ports import TOLD_ANOTHER_WAY, Chat, Clock, Outgoing, Store, Transaction
from bot.services.moves import record, show_card
from bot.services.refusals import tell_refusals
from bot.services.sayings import say, tell

log = structlog.get_logger(__name__)

_CANNOT_POST = {
    "not_in_channel": at_rest(
        "I am not in {channel}. Invite me there with `/invite` and the next run is told there."
    ),
    "channel_not_found": at_rest(
        "I cannot see the channel where you asked. Invite me there and the next run is told there."
    ),
    "is_archived": at_rest(
        "{channel} is archived. Ask in another channel and the next run is told there."
    ),
    "is_inactive": at_rest(
        "{channel} is archived. Ask in another channel and the next run is told there."
    ),
    "restricted_action": at_rest(
        "I may not post in {channel}. Ask in another channel and the next run is told there."
    ),
    "posting_to_channel_denied": at_rest(
        "I may not post in {channel}. Ask in another channel and the next run is told there."
    ),
    "no_permission": at_rest(
        "I may not post in {channel}. Ask in another channel and the next run is told there."
    ),
    "invalid_channel": at_rest(
        "I cannot see the channel where you asked. Invite me there and the next run is told there."
    ),
}
"""Slack's words for a channel out of reach."""

_NO_DM = {
    "cannot_dm_bot": at_rest("that is a bot"),
    "user_not_found": at_rest("Slack does not know that account"),
    "user_disabled": at_rest("that account is switched off"),
    "user_not_visible": at_rest("I may not see that account"),
    "messages_tab_disabled": at_rest("the app's Messages tab is switched off"),
    "not_in_channel": at_rest("I am not in there"),
    "channel_not_found": at_rest("I cannot see it"),
    "is_archived": at_rest("it is archived"),
    "restricted_action": at_rest("I may not write there"),
}
"""Slack's words for a person or place that nothing can be told to; others are shown as they are."""

_GONE = at_rest("the host {host} is gone")
_ON_GONE = at_rest("it is on {host}, which is gone")
_IN_THE_THREAD = frozenset({Topic.CARD, Topic.LINE, Topic.LOG_FILE, Topic.PAUSE})


class Detours:
    """The way of a refused notice: the operators, an audit row, and the DM or the thread."""

    def __init__(self, *, store: Store, chat: Chat, clock: Clock) -> None:
        self._store = store
        self._chat = chat
        self._clock = clock

    async def take(self, out: Outgoing, error: Permanent) -> None:
        """End the notice and tell whom it concerns. Raises Temporary or Ambiguous: try again."""
        now = self._clock.now()
        notice = out.notice
        # Slack is asked before anything is written, so that a crash in between loses nothing.
        elsewhere = await self._elsewhere(notice, error)
        log.error("notice_undeliverable", key=notice.key, error=str(error), code=error.code)
        told = f"{TOLD_ANOTHER_WAY}: {error}" if elsewhere is not None else str(error)
        async with self._store.transaction() as tx:
            await tx.outbox.undeliverable(out.id, now, told)
            if notice.topic is Topic.OPERATORS:
                # Whom else could we tell of that? The row, the log and the metrics have it.
                log.critical("operators_out_of_reach", key=notice.key, code=error.code)
                return
            await tell_refusals(tx, now)
            if notice.topic is Topic.DIGEST:
                await tx.letters.unfold(notice.key)
            execution = await tx.executions.get(about(notice) or 0)
            if execution is None:
                return
            detail = {"key": notice.key, "error": error.code}
            await record(tx, SYSTEM, "notice:undeliverable", execution, now, **detail)
            if elsewhere is not None:
                await _move(tx, execution, elsewhere, error, now)
                if notice.topic is not Topic.CARD:
                    await tx.outbox.put(replace(notice, key=f"{notice.key}:moved"), now)
            else:
                await _say_instead(tx, execution, notice, error.code, now)

    async def _elsewhere(self, notice: Notice, error: Permanent) -> Place | None:
        """The requester's DM, when the channel of an execution is out of reach."""
        is_there = notice.topic in _IN_THE_THREAD and notice.person is None
        if not is_there or _why_not(error.code) is None:
            return None
        async with self._store.reading() as tx:
            execution = await tx.executions.get(notice.execution or 0)
        if execution is None:
            return None
        try:
            dm = await self._chat.dm(execution.requester)
        except Permanent as refused:
            log.warning("requester_has_no_dm", execution_id=execution.id, error=str(refused))
            return None
        return None if dm.channel == execution.place.channel else dm


async def end_notices_of_host(tx: Transaction, host: str, now: datetime) -> int:
    """What only a host that is gone could tell is said to be lost; returns how much that was."""
    letters = await tx.letters.end_of_host(host, now, _GONE.format(host=host))
    if letters:
        await tell_refusals(tx, now)
    for letter in letters:
        execution = await tx.executions.get(letter.execution) if letter.execution else None
        if execution is not None:
            why = _ON_GONE.format(host=host)
            await say(tx, execution, LineKind.NO_LOG, now, once=letter.key, why=why)
    return len(letters)


async def _say_instead(
    tx: Transaction, execution: Execution, notice: Notice, code: str, now: datetime
) -> None:
    """What a person or a thread misses is said where it can be said."""
    match notice.topic:
        case Topic.APPROVAL | Topic.TELL | Topic.PAUSE if notice.person is not None:
            once = f"{notice.person.user}:{code}"
            facts = {"who": notice.person.user, "why": _NO_DM.get(code, code)}
            await say(tx, execution, LineKind.NOT_TOLD, now, once=once, **facts)
        case Topic.LOG_FILE:
            await say(tx, execution, LineKind.NO_LOG, now, once=notice.key, why=code)
        case Topic.CARD | Topic.LINE if execution.status.is_final:
            # Whoever looks at the thread sees less than the truth; the requester gets all of it.
            key = f"untold:{execution.id}:{code}"
            await tell(tx, execution.requester, key, now, "", execution=execution.id)
        case _:
            return


async def _move(
    tx: Transaction, execution: Execution, dm: Place, error: Permanent, now: datetime
) -> None:
    """The channel is out of reach: the work goes on, told to the requester by DM from here."""
    moved = replace(execution, place=dm, card=None)
    await tx.executions.save(moved)
    await show_card(tx, moved, now)
    line = _why_not(error.code) or ""
    where = execution.place.channel
    await say(tx, moved, LineKind.MOVED_HERE, now, once=where, why=line, channel=where)


def _why_not(code: str) -> str | None:
    """Why a channel is out of reach, when this refusal means that it is."""
    if code.startswith("restricted_action"):
        return _CANNOT_POST["restricted_action"]
    return _CANNOT_POST.get(code)
