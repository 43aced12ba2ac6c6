"""An intent becomes one service call and one answer, whatever way it was said."""

from typing import assert_never

from blocks import answers, listings, menus
from blocks.home import waiting_answer
from blocks.platforms import platforms_answer
from bot.domain.actors import Actor
from bot.domain.audit import AuditEntry
from bot.domain.errors import UnknownName
from bot.domain.intents import (
    ApproveRun,
    CancelRun,
    ChangeSchedule,
    Clarify,
    Intent,
    ListApprovals,
    ListJobs,
    ListPlatforms,
    ListRunning,
    ListSchedules,
    OpenMenu,
    QuietAlert,
    RejectRun,
    RerunJob,
    RunJob,
    ScheduleJob,
    ShowHelp,
    ShowHistory,
    ShowLogs,
    ShowStatus,
    Unknown,
    UseShortcut,
)
from bot.domain.parameters import VEIL
from bot.domain.shortcuts import called
from bot.domain.wording import N_, _
from bot.services.requests import Accepted
from bot.services.wishes import RunRequest
from handlers.answering import answer
from handlers.audits import audit_told
from handlers.delegations import away_told_in_words
from handlers.desk import Desk
from handlers.gestures import Gesture
from handlers.guides import help_told, usage_told
from handlers.opening import open_form, open_said
from handlers.passkeys import passkey_told
from handlers.plans import change_schedule, plan, show_all
from handlers.proposals import better
from handlers.rights import rights_told

MOST_LINES = 60
"""Lines of a log in one message; more is in the file."""


_DECIDED_ON_CARDS = N_(
    "Approvals are given with the buttons of a card, where you see what will run."
)
_NO_ALERTS = N_(
    "Alerts are not connected to this bot yet, so nothing was acknowledged or muted: do that where "
    "the alert comes from. Here, `status` shows what runs, `schedules` what is planned and can be "
    "paused, and `list` the jobs that may help."
)


async def fulfil(desk: Desk, gesture: Gesture, actor: Actor, intent: Intent) -> AuditEntry | None:
    """Carry out what was meant; a question comes back as its audit row. Raises BotError."""
    if VEIL in gesture.text:
        await desk.requests.refuse_typed_secret(actor, gesture.key)
    if await audit_told(desk, gesture, actor):
        return None
    if await passkey_told(desk, gesture, actor):
        return None
    if (about_rights := await rights_told(desk, gesture, actor)) is not None:
        return about_rights
    if about_absence := await away_told_in_words(desk, gesture, actor):
        return about_absence if isinstance(about_absence, AuditEntry) else None
    if await usage_told(desk, gesture, actor, intent):
        return desk.questions.asked(actor, "unclear", subject="words", request_id=gesture.key)
    intent = await better(desk, gesture, actor, intent)
    await _done(desk, gesture, actor, intent)
    question = _question(intent)
    if question is None:
        return None
    command, subject = question
    return desk.questions.asked(actor, command, subject=subject, request_id=gesture.key)


async def _done(desk: Desk, gesture: Gesture, actor: Actor, intent: Intent) -> None:  # noqa: C901  one arm per intent
    match intent:
        case ScheduleJob():
            await plan(desk, gesture, actor, intent)
        case RunJob():
            await run(desk, gesture, actor, intent)
        case ShowStatus():
            await _status(desk, gesture, actor, intent)
        case ListRunning():
            cards = await desk.executions.underway(actor)
            await answer(desk, gesture, listings.status_answer(cards, desk.clock.now()))
        case ListJobs():
            jobs = desk.executions.visible_jobs(actor, intent.search)
            await answer(desk, gesture, listings.job_list(jobs, intent.search))
        case ShowHistory():
            found = await desk.executions.history(actor, intent.job)
            await answer(desk, gesture, listings.history_answer(found, intent.job or ""))
        case ShowLogs():
            lines = min(max(intent.lines, 1), MOST_LINES)
            logs = await desk.executions.logs(actor, intent.execution, gesture.place, lines)
            await answer(desk, gesture, listings.log_answer(logs.execution, logs.lines))
        case CancelRun():
            await cancel(desk, gesture, actor, intent.execution)
        case RerunJob():
            await rerun(desk, gesture, actor, intent.execution)
        case ApproveRun() | RejectRun():
            await _to_decide(desk, gesture, actor, intent.execution)
        case UseShortcut():
            await _short(desk, gesture, actor, intent)
        case ListSchedules():
            await show_all(desk, gesture, actor)
        case ChangeSchedule():
            await change_schedule(desk, gesture, actor, intent)
        case ListPlatforms():
            await answer(desk, gesture, platforms_answer(await desk.homes.overview()))
        case ListApprovals():
            home = await desk.homes.of(actor)
            listed = waiting_answer(home.waiting, home.pauses)
            await answer(desk, gesture, listed, privately=True)
        case QuietAlert():
            await answer(desk, gesture, answers.told(_(_NO_ALERTS)))
        case ShowHelp():
            await help_told(desk, gesture, actor, intent.topic)
        case OpenMenu():
            await answer(desk, gesture, menus.menu(await desk.homes.favourites(actor)))
        case Clarify():
            await answer(desk, gesture, answers.clarify(intent, desk.jobs()))
        case Unknown():
            await answer(desk, gesture, answers.not_understood(intent))
        case _:
            assert_never(intent)


def _question(intent: Intent) -> tuple[str, str] | None:  # noqa: C901  one arm per intent
    """Command and subject of what changes nothing; what changes something is audited there."""
    match intent:
        case ShowStatus():
            number = intent.execution
            return "status", "executions" if number is None else f"execution:{number}"
        case ListJobs():
            return "list", "jobs"
        case ListRunning():
            return "status", "executions"
        case ShowHistory():
            return "history", f"job:{intent.job[:100]}" if intent.job else "executions"
        case ShowHelp():
            return "help", "help"
        case OpenMenu():
            return "menu", "jobs"
        case Clarify() | Unknown():
            return "unclear", "words"
        case ApproveRun() | RejectRun():
            return "status", "executions"
        case ListSchedules():
            return "schedules", "schedules"
        case ListApprovals():
            return "approvals", "executions"
        case ListPlatforms():
            return "platforms", "platforms"
        case QuietAlert():
            return "not_yet", "words"
        case RunJob() | ScheduleJob() | ShowLogs() | CancelRun() | RerunJob() | UseShortcut():
            return None
        case ChangeSchedule():
            return None
        case _:
            assert_never(intent)


async def run(desk: Desk, gesture: Gesture, actor: Actor, wanted: RunJob) -> None:
    """Start it, or open the form for what is missing; the card itself is the answer."""
    if wanted.job is not None:
        request = RunRequest(
            job=wanted.job,
            given=wanted.given,
            reason=wanted.reason,
            place=gesture.place,
            request_id=gesture.key,
            exact=wanted.exact,
            start_at=wanted.at,
            start_until=wanted.until,
        )
        if isinstance(await desk.requests.request(actor, request), Accepted):
            return
    await open_said(desk, gesture, actor, wanted)


async def cancel(desk: Desk, gesture: Gesture, actor: Actor, execution: int | None) -> None:
    """Stop it; its card says the rest."""
    stopped = await desk.executions.cancel(actor, execution, gesture.place)
    if not gesture.is_in_thread and gesture.did != "click":
        sentence = _("Stopping #{id} {target}; its card shows when it has ended.").format(
            id=stopped.id, target=stopped.target
        )
        if stopped.status.is_final:
            sentence = _("#{id} {target} will not run.").format(
                id=stopped.id, target=stopped.target
            )
        await answer(desk, gesture, answers.told(sentence))


async def rerun(desk: Desk, gesture: Gesture, actor: Actor, execution: int | None) -> None:
    """The form with the old values; nothing runs before it is submitted."""
    earlier = await desk.executions.again(actor, execution, gesture.place)
    draft = await desk.drafts.begin_rerun(actor, earlier, gesture.key)
    await open_form(desk, gesture, actor, draft)


async def _short(desk: Desk, gesture: Gesture, actor: Actor, said: UseShortcut) -> None:
    """A shortcut within a sentence: looked at before it runs."""
    form = called(desk.shortcuts(), said.name)
    if form is None:
        raise UnknownName(_("There is no shortcut called `{name}`.").format(name=said.name))
    await run(desk, gesture, actor, form.run(said.given, exact=False))


async def _to_decide(desk: Desk, gesture: Gesture, actor: Actor, number: int | None) -> None:
    """No words decide: they lead to where what will run is seen, and its digest is said yes to."""
    await answer(desk, gesture, answers.told(_(_DECIDED_ON_CARDS)))
    if number is None and gesture.is_in_thread:
        here = await desk.executions.in_thread(actor, gesture.place)
        number = here.id if here is not None else None
    home = await desk.homes.of(actor)
    meant = [each for each in home.waiting if number in {None, each.execution.id}]
    paused = [each for each in home.pauses if number in {None, each[0].execution.id}]
    if meant or paused or number is None:
        await answer(desk, gesture, waiting_answer(meant, paused), privately=True)
    else:
        await _status(desk, gesture, actor, ShowStatus(execution=number))


async def _status(desk: Desk, gesture: Gesture, actor: Actor, wanted: ShowStatus) -> None:
    if wanted.execution is None and not gesture.is_in_thread:
        cards = await desk.executions.underway(actor)
    else:
        cards = [await desk.executions.card(actor, wanted.execution, gesture.place)]
    await answer(desk, gesture, listings.status_answer(cards, desk.clock.now()))
