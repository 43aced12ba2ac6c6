"""Waits: pauses that begin and end as their runs are looked at, and who is told of them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from bot.domain.actors import SYSTEM, PersonId
from bot.domain.executions import Execution
from bot.domain.notices import Lane, Notice, Topic
from bot.domain.pauses import Pause
from bot.domain.waits import Reply, Standing, Wait
from bot.domain.wording import at_rest
from bot.ports import Transaction
from bot.services.moves import record, show_card
from bot.services.sayings import tell

LONGEST_TITLE = 200

STILL_THERE_AFTER = timedelta(minutes=2)
"""How long after its answer a pause may still be seen before people are asked once more."""

_STILL_ASKED = at_rest("{who} answered, and {platform} still waits for it.")
_STILL_WAITS = at_rest("{platform} still waits for it.")
_YOURS = at_rest("Your answer to #{id} {target} was not taken: {why}")


async def follow(
    tx: Transaction, before: Iterable[Execution], after: Iterable[Execution], now: datetime
) -> None:
    """Take up pauses that begin or are over between rows and what they were saved as.

    Whose word it takes is found out by the worker: that asks Slack, and this is in a transaction.
    """
    was = {each.id: each.waits_for for each in before}
    after = [each for each in after if each.id in was]
    changed = [each for each in after if each.waits_for != was[each.id]]
    over = [each.id for each in changed if was[each.id] is not None]
    if over:
        await tx.waits.wake(over, now)
    for each in changed:
        if each.waits_for is not None:
            await _begun(tx, each, each.waits_for, now)
    for each in after:
        if each.pause is not None and each.pause.key == each.answered:
            await _still_there(tx, each, now)


async def _begun(tx: Transaction, execution: Execution, pause: Pause, now: datetime) -> None:
    wait = Wait(
        execution=execution.id,
        request_key=execution.request_key,
        host=execution.host,
        pause=pause,
        begun_at=now,
        due_at=now,
    )
    if await tx.waits.begin(wait):
        about = {"pause": pause.key[:LONGEST_TITLE], "title": pause.title[:LONGEST_TITLE]}
        await record(tx, SYSTEM, "pause:begun", execution, now, **about)
    else:
        await _again(tx, wait, now)
    await show_card(tx, execution, now, lane=Lane.APPROVAL)


async def _again(tx: Transaction, wait: Wait, now: datetime) -> None:
    """One that is known: its words changed, or it was thought to be over and is not."""
    known = await tx.waits.get(wait.request_key, wait.pause.key)
    if known is None or known.standing in {Standing.ANSWERED, Standing.TAKEN}:
        return
    if known.standing is Standing.OPEN and known.pause == wait.pause:
        return
    anew = replace(known, pause=wait.pause, standing=Standing.OPEN, said=(), reply=None, note="")
    await tx.waits.save(replace(anew, is_asked=False, due_at=now, ended_at=None))


async def _still_there(tx: Transaction, execution: Execution, now: datetime) -> None:
    """One that was answered and is seen all the same: for a while that is how platforms are.

    Each answer brings it back once at most; what was said before is not sent any more.
    """
    known = await tx.waits.get(execution.request_key, execution.answered)
    if known is None or known.reply is None or known.ended_at is None:
        return
    if now - known.ended_at < STILL_THERE_AFTER:
        return
    who, where = known.reply.name, execution.platform
    anew = replace(
        known,
        standing=Standing.OPEN,
        said=(),
        reply=None,
        note=_STILL_ASKED.format(who=who, platform=where),
        is_asked=False,
        due_at=now,
        ended_at=None,
    )
    await tx.waits.save(anew)
    await tx.executions.save(replace(execution, answered=""))
    await record(tx, SYSTEM, "pause:asked_again", execution, now, digest=known.reply.digest)
    await show_card(tx, execution, now, lane=Lane.APPROVAL)
    why = _STILL_WAITS.format(platform=where)
    await tell_answerer(tx, execution, known, known.reply, why, now)


async def tell_answerer(
    tx: Transaction, execution: Execution, wait: Wait, reply: Reply, why: str, now: datetime
) -> None:
    """Who answered hears that it came to nothing, once for each try to hand it over and after."""
    said = _YOURS.format(id=execution.id, target=execution.target, why=why)
    key = f"pause:{wait.name[:16]}:{reply.at.timestamp():.3f}:{wait.tries}:{wait.standing}"
    await tell(tx, reply.person, key, now, said)


async def show_wait(
    tx: Transaction,
    execution: Execution,
    wait: Wait,
    now: datetime,
    people: Sequence[PersonId] = (),
) -> None:
    """Have the message that asks, and each copy by DM, told anew, from the row as it is then.

    `people` have none yet.
    """
    told = [person for _, person in wait.copies]
    notices = [_notice(execution, wait, person) for person in (None, *told, *people)]
    await tx.outbox.put_all([(notice, None) for notice in notices], now)


def _notice(execution: Execution, wait: Wait, person: PersonId | None) -> Notice:
    whose = f":{person.user}" if person is not None else ""
    about = f"pause:{execution.id}:{wait.name[:16]}{whose}"
    stands = (wait.ref if person is None else wait.copy_of(person)) is not None
    # What begins in the thread comes after its card; a change waits for no progress of that.
    order = f"execution:{execution.id}" if person is None and not stands else about
    return Notice(
        key=f"{about}:{uuid4().hex}",
        topic=Topic.PAUSE,
        lane=Lane.RESULT if wait.is_final else Lane.APPROVAL,
        order=order,
        supersedes=about,
        execution=execution.id,
        person=person,
        place=execution.place if person is None else None,
        updates=stands,
        request_id=execution.request_id,
        facts={"try": wait.request_key, "pause": wait.pause.key},
    )
