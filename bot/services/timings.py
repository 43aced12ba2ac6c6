"""Schedules as rows: what goes with every change of one, and how its times are found."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.domain.actors import SYSTEM, Actor, PersonId
from bot.domain.errors import Mistake, Stale
from bot.domain.executions import Status
from bot.domain.notices import Lane, Notice, ScheduleKind, Topic
from bot.domain.schedules import Schedule, closest
from bot.domain.wording import _
from bot.ports import Timetables, Transaction
from bot.services.moves import finish
from bot.services.origins import here
from bot.services.records import entry_of

log = structlog.get_logger(__name__)

LOOKED_AHEAD = timedelta(days=400)
MOST_COMPARED = 300
"""Of so many times of a cron line, within that span, the closest two are looked for."""

NOT_STARTED = frozenset({Status.AWAITING_APPROVAL, Status.SCHEDULED, Status.READY})


async def change(
    tx: Transaction,
    before: Schedule,
    after: Schedule,
    actor: Actor,
    tag: str,
    **detail: Any,
) -> Schedule:
    """Write a change and its audit row. Raises `Stale` when somebody was faster."""
    if not await tx.schedules.save(before, after):
        raise Stale(
            _("Schedule {number} changed just now; look at it once more.").format(number=before.id)
        )
    await record(tx, actor, tag, after, after.changed_at, **detail)
    return after


async def record(
    tx: Transaction, actor: Actor, tag: str, schedule: Schedule, now: datetime, **detail: Any
) -> None:
    """The audit row of something that happened to a schedule, and the log line beside it."""
    log.info("schedule_changed", tag=f"job:schedule:{tag}", schedule=schedule.id, job=schedule.job)
    behalf = "" if actor.id.is_same_person(schedule.owner) else schedule.owner.user
    about = {
        "job": schedule.job,
        "environment": schedule.environment,
        "channel": schedule.place.channel,
    }
    entry = entry_of(
        actor,
        f"job:schedule:{tag}",
        f"schedule:{schedule.id}",
        now,
        about=about,
        detail=detail,
        request_id=here().gesture or schedule.request_id,
        behalf=behalf,
    )
    await tx.audit.write(entry)


async def say(
    tx: Transaction,
    schedule: Schedule,
    kind: ScheduleKind,
    *,
    to: PersonId | None = None,
    **facts: Any,
) -> None:
    """Tell something of a schedule in its place, or to one person by DM; once a revision."""
    if to is None and schedule.place.channel.startswith("D"):
        # Whose DM that is, is not its owner any more once it was handed over.
        to = schedule.owner
    place = schedule.place if to is None else None
    person = to.user if to is not None else ""
    notice = Notice(
        key=f"schedule:{schedule.id}:{schedule.revision}:{kind}:{person}",
        topic=Topic.SCHEDULE,
        lane=Lane.RESULT,
        order=f"schedule:{schedule.id}:{person}",
        person=to,
        place=place,
        request_id=schedule.request_id,
        facts={"kind": kind, **facts_of(schedule), **facts},
    )
    await tx.outbox.put(notice, schedule.changed_at)


def facts_of(schedule: Schedule) -> dict[str, Any]:
    """A schedule as its notices keep it."""
    return {
        "schedule": schedule.id,
        "revision": schedule.revision,
        "target": schedule.target,
        "owner": schedule.owner_name,
        "owner_id": schedule.owner.user,
        "cron": schedule.cron,
        "zone": schedule.zone,
        "next_at": schedule.next_at.isoformat(),
        "language": schedule.language,
    }


async def withdraw(
    tx: Transaction, number: int | None, actor: Actor, why: str, now: datetime
) -> bool:
    """Take down an execution that has not started; whether there was one."""
    found = await tx.executions.get(number) if number is not None else None
    if found is None or found.status not in NOT_STARTED:
        return False
    by = "" if actor is SYSTEM else actor.name
    after = found.moved_to(Status.CANCELLED, now, note=why, cancelled_by=by)
    return await finish(tx, found, after, actor, now, why=why) is not None


def following(timetables: Timetables, schedule: Schedule, moment: datetime) -> datetime | None:
    """The next time after a moment; None when there is none any more."""
    return next(times_of(timetables, schedule, moment), None)


def times_of(timetables: Timetables, schedule: Schedule, moment: datetime) -> Iterator[datetime]:
    """The times of a schedule after a moment, without end."""
    return timetables.after(schedule.cron, schedule.zone, moment)


def checked_times(
    timetables: Timetables, cron: str, zone: str, now: datetime, least: timedelta
) -> tuple[datetime, ...]:
    """The first times of a cron line. Raises Mistake when it is none, too frequent, or never."""
    found: list[datetime] = []
    for each in timetables.after(cron, zone, now):
        if len(found) == MOST_COMPARED or (found and each > now + LOOKED_AHEAD):
            break
        found.append(each)
    if not found:
        raise Mistake(_("`{cron}` never comes.").format(cron=cron[:60]))
    apart = closest(found)
    if apart is not None and apart < least:
        minutes = int(least.total_seconds() // 60)
        raise Mistake(
            _("That is too often: at least {minutes} minutes lie between two runs.").format(
                minutes=minutes
            )
        )
    return tuple(found)
