"""Sayings: lines of threads, ends, and sentences to people and operators, as notices."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.actors import PersonId
from bot.domain.executions import Execution, Status
from bot.domain.notices import Lane, LineKind, Notice, Topic
from bot.domain.policies import Policy
from bot.domain.wording import _, at_rest, restated, speaking
from bot.ports import Transaction

_ABOUT = at_rest("{sentence} #{id}")


async def say(
    tx: Transaction,
    execution: Execution,
    kind: LineKind,
    now: datetime,
    *,
    once: str = "",
    **facts: Any,
) -> None:
    """A line in the thread; `once` names the fact where one kind can happen more than once."""
    await tx.outbox.put(line_of(execution, kind, once=once, **facts), now)


def line_of(execution: Execution, kind: LineKind, *, once: str = "", **facts: Any) -> Notice:
    """The notice of a line, as `say` queues it."""
    return Notice(
        key=f"line:{execution.id}:{kind}:{once or execution.attempt}",
        topic=Topic.LINE,
        lane=lane_of(execution),
        order=f"execution:{execution.id}",
        execution=execution.id,
        place=execution.place,
        request_id=execution.request_id,
        folds=kind is LineKind.ENDED,
        facts={"kind": kind, "status": execution.status, **facts},
    )


async def tell(
    tx: Transaction, person: PersonId, key: str, now: datetime, sentence: str, **facts: Any
) -> None:
    """One sentence to one person, by DM."""
    await tx.outbox.put(_telling(person, key, sentence, **facts), now)


def _telling(person: PersonId, key: str, sentence: str, **facts: Any) -> Notice:
    return Notice(
        key=f"tell:{key}",
        topic=Topic.TELL,
        lane=Lane.RESULT,
        order=f"tell:{person.user}",
        person=person,
        facts={"sentence": sentence, **facts},
    )


async def tell_operators(
    tx: Transaction, key: str, now: datetime, sentence: str, **facts: Any
) -> None:
    """One sentence to the operators' channel."""
    notice = Notice(
        key=f"operators:{key}",
        topic=Topic.OPERATORS,
        lane=Lane.RESULT,
        order="operators",
        facts={"sentence": sentence, **facts},
    )
    await tx.outbox.put(notice, now)


async def tell_security(
    tx: Transaction,
    policy: Policy,
    execution: Execution,
    key: str,
    now: datetime,
    sentence: str,
) -> None:
    """One sentence about an execution to the policy's security channel, else to the operators'."""
    said = _ABOUT.format(sentence=sentence, id=execution.id)
    await tell_watchers(tx, policy, execution.requester, key, now, said)


async def tell_watchers(
    tx: Transaction, policy: Policy, person: PersonId, key: str, now: datetime, sentence: str
) -> None:
    """One sentence about somebody to the policy's security channel, else to the operators'."""
    if policy.security:
        channel = replace(person, user=policy.security)
        await tell(tx, channel, f"security:{key}", now, sentence)
    else:
        await tell_operators(tx, f"security:{key}", now, sentence)


def said_of_end(before: Execution, ended: Execution) -> tuple[Notice, ...]:
    """What is told of an end beside the card."""
    said: list[Notice] = []
    if before.status.is_live or ended.started_at is not None:
        said.append(_ended_line(ended))
    if ended.result is not None and ended.result.log_size > 0:
        said.append(_log_file(ended))
    if before.status.is_live or before.status is Status.LOST:
        for target in ended.notify:
            person = replace(ended.requester, user=target)
            key = f"notify:{ended.id}:{target}{_which_end(ended)}"
            said.append(_telling(person, key, "", execution=ended.id))
    return tuple(said)


def said_unstarted(ended: Execution) -> tuple[Notice, ...]:
    """What is told of one that did not start when it was to: in its thread, and to who asked."""
    line = _ended_line(ended)
    if ended.place.channel.startswith("D"):
        return (line,)
    with speaking(ended.language):
        sentence = _("#{id} {target} did not start. {why}").format(
            id=ended.id, target=ended.target, why=restated(ended.note)
        )
    return (line, _telling(ended.requester, f"unstarted:{ended.id}", sentence.rstrip()))


async def say_ended(tx: Transaction, ended: Execution, now: datetime) -> None:
    """How it ended, aloud; the requester is mentioned when it did not end well."""
    await tx.outbox.put(_ended_line(ended), now)


def _ended_line(ended: Execution) -> Notice:
    result, took = ended.result, ended.took
    return line_of(
        ended,
        LineKind.ENDED,
        once=f"ended{_which_end(ended)}",
        took=took.total_seconds() if took else None,
        cause=(result.cause if result else "") or ended.note,
        summary=result.summary if result else "",
        notify="" if ended.status in _QUIET_ENDS else ended.requester.user,
    )


def _which_end(ended: Execution) -> str:
    """What is lost may be found, and then ends once more: both are told."""
    if ended.status is not Status.LOST:
        return ""
    return f":lost:{ended.changed_at.timestamp():.0f}"


_QUIET_ENDS = frozenset({Status.SUCCEEDED, Status.CANCELLED})


def _log_file(execution: Execution) -> Notice:
    return Notice(
        key=f"log:{execution.id}:{execution.attempt}",
        topic=Topic.LOG_FILE,
        lane=Lane.PROGRESS,
        order=f"execution:{execution.id}",
        execution=execution.id,
        place=execution.place,
        host=execution.host,
        request_id=execution.request_id,
    )


def lane_of(execution: Execution) -> Lane:
    """In which lane it is told how an execution stands."""
    if execution.status is Status.AWAITING_APPROVAL:
        return Lane.APPROVAL
    return Lane.RESULT if execution.status.is_final else Lane.PROGRESS
