"""Schedules as people see them: a list with buttons, what is told of one, and handing one over."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from blocks import ids
from blocks.elements import (
    Block,
    Message,
    View,
    actions,
    button,
    confirmation,
    modal,
    plain,
    section,
)
from blocks.recurrences import Recurrence, there, times_text
from blocks.states import Sign, number
from blocks.texts import code, joined, moment, prose, safe
from bot.domain.notices import ScheduleKind
from bot.domain.schedules import Schedule, Shown, State
from bot.domain.wording import N_, _, ngettext, restated

_NONE = N_(
    "There is no schedule yet. Say, for example, `schedule JOB every weekday at 7`, and look at it "
    "before it is kept."
)
_TITLE = N_("Schedules")
_FIRST = N_("{number} *{target}* of {owner}")
_PAUSED = N_("{sign} *Paused*: {why}")
_LAST = N_("Last: {run} {state}")
_OUTCOMES = {
    ScheduleKind.MISSED: N_("The last one was missed."),
    ScheduleKind.OVERLAPPED: N_("The last one was left out: the one before was not over."),
    ScheduleKind.NOT_RUN: N_("The last one did not run."),
}
_ASKED = N_("The next one is {run}.")
_OFFERED = N_("Offered to {who}.")
_PAUSE, _RESUME, _SKIP = N_("Pause"), N_("Resume"), N_("Skip next")
_CANCEL, _HAND_OVER = N_("Cancel"), N_("Hand over")
_SURE, _SURE_TEXT = N_("Cancel this schedule?"), N_("{target} will not run by itself any more.")
_YES, _NO = N_("Cancel schedule"), N_("Keep it")
_TO_WHOM, _TO_WHOM_HINT = N_("To whom?"), N_("They are asked, and need the rights to run it.")
_ASK, _CLOSE = N_("Ask them"), N_("Close")
_ACCEPT, _DECLINE = N_("Take it over"), N_("Decline")

_TOLD: Mapping[ScheduleKind, str] = {
    ScheduleKind.MADE: N_("{by} made schedule {number}: *{target}*, {cron}. Next: {next}."),
    ScheduleKind.PAUSED: N_("{by} paused schedule {number}, *{target}*."),
    ScheduleKind.RESUMED: N_("{by} resumed schedule {number}, *{target}*. Next: {next}."),
    ScheduleKind.SKIPPED: N_(
        "{by} skipped the run of schedule {number}, *{target}*, at {at}. Next: {next}."
    ),
    ScheduleKind.CANCELLED: N_("{by} cancelled schedule {number}, *{target}*."),
    ScheduleKind.OFFERED: N_(
        "{by} asks you to take over schedule {number}: *{target}*, {cron}. From then on it runs as "
        "you, and you cannot approve its runs. Next: {next}."
    ),
    ScheduleKind.TAKEN: N_("{by} took over schedule {number}, *{target}*."),
    ScheduleKind.DECLINED: N_("{by} does not take over schedule {number}, *{target}*."),
    ScheduleKind.LATE: N_(
        "Schedule {number}, *{target}*, was due {at} while I could not start it; it runs now as "
        "{run}. Next: {next}."
    ),
    ScheduleKind.MISSED: N_(
        "Schedule {number}, *{target}*, was due {at} while I could not start it; that run is "
        "skipped. Next: {next}."
    ),
    ScheduleKind.OVERLAPPED: N_(
        "Schedule {number}, *{target}*, was due {at}, but {earlier} is not over; this run is "
        "skipped. Next: {next}."
    ),
    ScheduleKind.NOT_RUN: N_(
        "Schedule {number}, *{target}*, did not run at {at}: {why} Next: {next}."
    ),
    ScheduleKind.STOPPED: N_(
        "Schedule {number}, *{target}* of {owner}, is paused: {why} Say `schedules` to resume or "
        "cancel it."
    ),
}


def schedules_answer(shown: Sequence[Shown]) -> Message:
    """A list; each with its buttons for whoever may use them."""
    if not shown:
        return Message(text=_(_NONE), blocks=(section(_(_NONE)),))
    blocks = [block for each in shown for block in schedule_blocks(each)]
    title = section(f"*{_(_TITLE)}*")
    return Message(text=_(_TITLE), blocks=(title, *blocks))


def schedule_answer(shown: Shown) -> Message:
    """One schedule as it is now."""
    schedule = shown.schedule
    text = _(_FIRST).format(
        number=schedule.id, target=safe(schedule.target, 200), owner=safe(schedule.owner_name, 80)
    )
    return Message(text=text.replace("*", ""), blocks=tuple(schedule_blocks(shown)))


def schedule_blocks(shown: Shown) -> list[Block]:
    """What it runs, when, how the last run stands, and what can be done with it."""
    schedule = shown.schedule
    first = _(_FIRST).format(
        number=code(str(schedule.id)),
        target=safe(schedule.target, 200),
        owner=safe(schedule.owner_name, 80),
    )
    times = times_text(Recurrence(cron=schedule.cron, zone=schedule.zone, upcoming=shown.upcoming))
    text = section(joined([first, _standing(schedule), times, _past(shown)], "\n"))
    return [text, actions(*_buttons(schedule))] if shown.may_change else [text]


def handover_view(schedule: Schedule) -> View:
    """Asks to whom. Read by `read_handover`."""
    value = ids.ScheduleValue(schedule=schedule.id, revision=schedule.revision)
    pick: Block = {
        "type": "input",
        "block_id": ids.PERSON_BLOCK,
        "label": plain(_(_TO_WHOM)),
        "hint": plain(_(_TO_WHOM_HINT), 150),
        "element": {"type": "users_select", "action_id": ids.PERSON},
    }
    return modal(
        callback=ids.HANDOVER_VIEW,
        title=_(_HAND_OVER),
        blocks=[section(f"*{safe(schedule.target, 200)}*"), pick],
        close=_(_CLOSE),
        submit=_(_ASK),
        metadata=value.encoded(),
    )


def read_handover(state: object, metadata: object) -> tuple[ids.ScheduleValue, str] | None:
    """Which schedule, and the user it shall go to; None when it is not one of ours."""
    value = ids.read_schedule(metadata)
    found: object = state
    for name in (ids.PERSON_BLOCK, ids.PERSON, "selected_user"):
        if not isinstance(found, Mapping):
            return None
        found = cast("Mapping[str, object]", found).get(name)
    return (value, found) if value is not None and isinstance(found, str) and found else None


def schedule_note(kind: ScheduleKind, facts: Mapping[str, Any]) -> Message:
    """What is told of a schedule when it changes, or when a run of it does not come."""
    text = _(_TOLD[kind]).format(
        by=safe(str(facts.get("by", "")), 80),
        number=code(str(facts["schedule"])),
        target=safe(str(facts["target"]), 200),
        owner=safe(str(facts["owner"]), 80),
        cron=code(str(facts["cron"]), 100),
        next=there(datetime.fromisoformat(facts["next_at"]), str(facts["zone"])),
        at=moment(datetime.fromisoformat(str(facts.get("at") or facts["next_at"]))),
        run=_run(facts.get("execution")),
        earlier=_run(facts.get("earlier")),
        why=prose(restated(str(facts.get("why", ""))), 500),
    )
    passed = facts.get("passed", 0)
    blocks = [section(joined([text, _passed(passed) if isinstance(passed, int) else ""], "\n"))]
    if kind is ScheduleKind.OFFERED:
        value = ids.ScheduleValue(schedule=facts["schedule"], revision=facts["revision"]).encoded()
        accept = button(_(_ACCEPT), ids.SCHEDULE_ACCEPT, value, style="primary")
        blocks.append(actions(accept, button(_(_DECLINE), ids.SCHEDULE_DECLINE, value)))
    return Message(text=text.replace("*", ""), blocks=tuple(blocks))


def _passed(passed: int) -> str:
    if not passed:
        return ""
    return ngettext(
        "One more run before it was missed.", "{count} more runs before it were missed.", passed
    ).format(count=passed)


def _run(execution: object) -> str:
    return code(number(execution)) if isinstance(execution, int) else ""


def _standing(schedule: Schedule) -> str:
    if schedule.state is not State.PAUSED:
        return ""
    return _(_PAUSED).format(sign=Sign.WAITING, why=prose(restated(schedule.note), 300))


def _past(shown: Shown) -> str:
    schedule = shown.schedule
    last = _(_LAST).format(run=_run(schedule.last_execution), state=_(shown.last))
    outcome = _OUTCOMES.get(cast("ScheduleKind", schedule.outcome))
    return joined(
        [
            last if shown.last else "",
            _(outcome) if outcome else "",
            _(_ASKED).format(run=_run(schedule.ahead)) if schedule.ahead is not None else "",
            _(_OFFERED).format(who=safe(schedule.offered_name, 80)) if schedule.offered_to else "",
        ]
    )


def _buttons(schedule: Schedule) -> list[Block]:
    value = ids.ScheduleValue(schedule=schedule.id, revision=schedule.revision).encoded()
    is_paused = schedule.state is State.PAUSED
    sure = confirmation(_(_SURE), _(_SURE_TEXT).format(target=schedule.target), _(_YES), _(_NO))
    return [
        button(_(_RESUME), ids.SCHEDULE_RESUME, value)
        if is_paused
        else button(_(_PAUSE), ids.SCHEDULE_PAUSE, value),
        *([] if is_paused else [button(_(_SKIP), ids.SCHEDULE_SKIP, value)]),
        button(_(_HAND_OVER), ids.SCHEDULE_HAND_OVER, value),
        button(_(_CANCEL), ids.SCHEDULE_CANCEL, value, style="danger", confirm=sure),
    ]
