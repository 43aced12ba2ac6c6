"""A move of an execution with everything that goes with it: audit row, card, notices."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog

from bot.domain.actors import Actor, MessageRef, PersonId
from bot.domain.audit import AuditEntry
from bot.domain.executions import Execution, Status
from bot.domain.notices import Lane, Notice, Topic
from bot.ports import Transaction
from bot.services.origins import here
from bot.services.records import entry_of
from bot.services.sayings import lane_of, said_of_end

log = structlog.get_logger(__name__)

ANSWERED_WITHIN = timedelta(seconds=0.7)
"""By then most starts are: Slack takes about 50 changes of messages a minute, and so it is one."""


async def move(
    tx: Transaction,
    before: Execution,
    after: Execution,
    actor: Actor,
    now: datetime,
    **detail: Any,
) -> Execution | None:
    """Write a move, its audit row and the notice of the new card; None when someone was faster."""
    moved = await tx.executions.move(before, after)
    if moved is None:
        return None
    await record(tx, actor, f"execution:{after.status}", moved, now, was=before.status, **detail)
    await _end_waits(tx, [(before, moved)], now)
    # A start is told of together with its answer, where that comes soon.
    due = now + ANSWERED_WITHIN if moved.status is Status.SUBMITTING else None
    await show_card(tx, moved, now, due=due)
    if moved.status.is_final and moved.concurrency_key is not None:
        await _call_next(tx, moved.concurrency_key, now)
    await _call_queued(tx, [(before, moved)], now)
    return moved


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A move that is to be written, what the audit says beside it, and what is said of it."""

    before: Execution
    after: Execution
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any])
    said: tuple[Notice, ...] = ()


async def move_all(tx: Transaction, steps: Sequence[Step], actor: Actor, now: datetime) -> None:
    """Write many moves as `move` does one, in a constant number of statements.

    For moves that take no concurrency key. Where someone was faster, nothing is written.
    """
    if not steps:
        return
    moved = await tx.executions.move_all([(step.before, step.after) for step in steps])
    numbers = {each.id for each in moved}
    done = [step for step in steps if step.after.id in numbers]
    for step in done:
        after, was = step.after, step.before.status
        await record(tx, actor, f"execution:{after.status}", after, now, was=was, **step.detail)
    await _end_waits(tx, [(step.before, step.after) for step in done], now)
    cards = await _cards(tx, [(each, None) for each in moved])
    said = [(notice, None) for step in done for notice in step.said]
    await tx.outbox.put_all([*cards, *said], now)
    free = {each.concurrency_key for each in moved if each.status.is_final}
    await _call_next_of(tx, sorted(key for key in free if key is not None), now)
    await _call_queued(tx, [(step.before, step.after) for step in done], now)


async def _call_queued(
    tx: Transaction, moved: Sequence[tuple[Execution, Execution]], now: datetime
) -> None:
    """As many as there are places again; one statement for each platform."""
    free = Counter(
        was.platform for was, is_ in moved if was.status.is_live and not is_.status.is_live
    )
    for platform, places in sorted(free.items()):
        await tx.places.call(platform, places, now)


async def _end_waits(
    tx: Transaction, moved: Sequence[tuple[Execution, Execution]], now: datetime
) -> None:
    """Nobody needs to say any more how those go on that waited for a person."""
    over = [was.id for was, is_ in moved if was.waits_for is not None and is_.waits_for is None]
    if over:
        await tx.waits.wake(over, now)


async def _call_next(tx: Transaction, concurrency_key: str, now: datetime) -> None:
    first = await tx.executions.first_in_line(concurrency_key)
    if first is not None and _is_called(first):
        await tx.executions.save(replace(first, due_at=now))


async def _call_next_of(tx: Transaction, concurrency_keys: Sequence[str], now: datetime) -> None:
    if concurrency_keys:
        firsts = await tx.executions.firsts_in_line(concurrency_keys)
        called = [replace(first, due_at=now) for first in firsts if _is_called(first)]
        await tx.executions.save_all(called)


def _is_called(waiting: Execution) -> bool:
    """Whoever waits for something is looked at now; who waits before a next try keeps that time."""
    ready = waiting.status is Status.READY
    return ready and waiting.attempt == 1 and waiting.polls_unchanged == 0


def carded(execution: Execution, card: MessageRef, now: datetime) -> Execution:
    """With its card; a start that may wait for that is looked at now."""
    due = execution.due_at
    if due is not None and _is_called(execution) and not execution.queued:
        due = min(due, now)
    return replace(execution, card=card, due_at=due)


async def record(
    tx: Transaction, actor: Actor, tag: str, execution: Execution, now: datetime, **detail: Any
) -> None:
    """The audit row of something that happened to an execution, and the log line beside it."""
    log.info(
        "execution_changed",
        tag=f"job:{tag}",
        execution_id=execution.id,
        request_id=execution.request_id,
        job=execution.job,
        status=execution.status,
    )
    about = {
        "job": execution.job,
        "environment": execution.environment,
        "channel": execution.place.channel,
    }
    subject, request_id = f"execution:{execution.id}", execution.request_id
    entry = entry_of(
        actor, f"job:{tag}", subject, now, about=about, detail=detail, request_id=request_id
    )
    await tx.audit.write(entry)


async def record_refusal(
    tx: Transaction,
    actor: Actor,
    subject: str,
    now: datetime,
    *,
    rule: str,
    request_id: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """The audit row of a no."""
    await tx.audit.write(refusal_entry(actor, subject, now, rule, request_id, detail))
    here().note_refusal()


def refusal_entry(
    actor: Actor,
    subject: str,
    now: datetime,
    rule: str,
    request_id: str = "",
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """A no, as the audit has it."""
    said = {"rule": rule, **(detail or {})}
    return entry_of(
        actor, "job:access:refused", subject, now, detail=said, request_id=request_id or None
    )


async def show_card(
    tx: Transaction,
    execution: Execution,
    now: datetime,
    *,
    lane: Lane | None = None,
    due: datetime | None = None,
) -> None:
    """Have the card in the thread and every copy of it told anew, from the row as it is then."""
    lane = lane_of(execution) if lane is None else lane
    await show_cards(tx, [(execution, due)], now, lane=lane)


async def show_cards(
    tx: Transaction,
    shown: Sequence[tuple[Execution, datetime | None]],
    now: datetime,
    *,
    lane: Lane,
) -> None:
    """The cards of many, each with when it is due, in as many statements as that of one."""
    if shown:
        await tx.outbox.put_all(await _cards(tx, shown, lane), now)


async def _cards(
    tx: Transaction, shown: Sequence[tuple[Execution, datetime | None]], given: Lane | None = None
) -> Sequence[tuple[Notice, datetime | None]]:
    copies = await tx.copies.of_many([execution.id for execution, _ in shown])
    notices: list[tuple[Notice, datetime | None]] = []
    for execution, due in shown:
        stamp, lane = uuid4().hex, lane_of(execution) if given is None else given
        people = [person for _, person in copies[execution.id] if person is not None]
        notices.append((_card(execution, stamp, lane), due))
        notices.extend((_asking(execution, person, stamp, lane), due) for person in people)
    return notices


def _card(execution: Execution, stamp: str, lane: Lane) -> Notice:
    return Notice(
        key=f"card:{execution.id}:{stamp}",
        topic=Topic.CARD,
        lane=lane,
        order=f"execution:{execution.id}",
        supersedes=f"card:{execution.id}",
        execution=execution.id,
        updates=execution.card is not None,
        request_id=execution.request_id,
        place=execution.place,
    )


async def ask_approver(
    tx: Transaction,
    execution: Execution,
    person: PersonId,
    now: datetime,
    *,
    stamp: str = "asked",
    lane: Lane = Lane.APPROVAL,
    due: datetime | None = None,
) -> None:
    """Tell one possible approver by DM, or keep true what they were told."""
    await tx.outbox.put(_asking(execution, person, stamp, lane), now, due=due)


def _asking(execution: Execution, person: PersonId, stamp: str, lane: Lane) -> Notice:
    return Notice(
        key=f"approval:{execution.id}:{person.user}:{stamp}",
        topic=Topic.APPROVAL,
        lane=lane,
        order=f"execution:{execution.id}:dm:{person.user}",
        supersedes=f"approval:{execution.id}:{person.user}",
        execution=execution.id,
        request_id=execution.request_id,
        person=person,
    )


async def finish(
    tx: Transaction,
    before: Execution,
    after: Execution,
    actor: Actor,
    now: datetime,
    **detail: Any,
) -> Execution | None:
    """A move to an end, told as an end: card, a line, the log as a file, those to be notified."""
    ended = await move(tx, before, after, actor, now, **detail)
    if ended is None:
        return None
    await tx.outbox.put_all([(notice, None) for notice in said_of_end(before, ended)], now)
    return ended
