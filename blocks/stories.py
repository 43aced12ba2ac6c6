"""What a card says in words: its first line, the few lines below it, and how it reads aloud."""

from blocks.figures import comparison_line, progress_line
from blocks.states import number, target, word
from blocks.texts import brief, code, duration, joined, moment, prose, safe, span
from blocks.whereabouts import (
    badge_of,
    elapsed,
    pause_line,
    running_line,
    stopping_line,
    unseen_line,
)
from bot.domain.approvals import Decision, Verdict, by_group, missing
from bot.domain.executions import Execution, Status
from bot.domain.notices import Card
from bot.domain.results import Result
from bot.domain.wording import N_, _, ngettext, restated

_CAUSE_COLUMNS = 160
LOST_COLUMNS = 400
"""What is known of a lost run, and what to check, is said whole."""

_LINE_COLUMNS = 240

_WHY = N_("Why: {reason}")
_BY_SCHEDULE = N_("By schedule {number} of {owner}.")
_UNAPPROVED = N_("Ran without approval: {reason}")
_FOR = N_("{name} for {absent}")
_SOMEBODY = N_("somebody who may approve")
_EXPIRES = N_("Expires {when}.")
_STARTS = N_("Starts {when}.")
_TO_START = N_("To start {span}.")
_IN_LINE = N_("In line to start.")
_WAITS = N_("Waits for {other} to end.")
_AGAIN = N_("Try {attempt} of {tries} starts {when}.")
_AGAIN_SOON = N_("Try {attempt} of {tries} starts soon.")
_HANDED = N_("Being handed to {platform}.")
_NOTHING_RAN = N_("Nothing ran.")
_NOBODY_DECIDED = N_("Nobody decided in time. Nothing ran; ask again with Rerun.")
_TOOK = N_("Ran for {span}")
_LIMIT = N_("Stopped at its limit of {span}")
_LOST = N_(
    "Nobody can say how this run ended. It started {when} on {platform}; the last "
    "word of it came {last}."
)
_LOST_UNSTARTED = N_(
    "Nobody can say whether this run started on {platform}; the last word of it came {last}."
)
_LOST_CHECK = N_("Look there before you run it again.")
_ASK = N_("Ask {contact}.")


def first_line(card: Card) -> str:
    """`*Running* 🔵 · deploy api → prod`, and at the end how it ended and how long it took."""
    return joined([badge_of(card.execution), target(card.execution), _ending(card)])


def story(card: Card) -> list[str]:
    """The lines below the first, each a sentence or two; empty ones are left out."""
    execution = card.execution
    lines = (
        *_told(card),
        unseen_line(card),
        _note(card),
        why(execution),
        by_schedule(execution),
        _unapproved(execution),
    )
    return [line for line in lines if line]


def why(execution: Execution) -> str:
    """`Why: fixes the checkout`, when a reason was given."""
    reason = safe(brief(execution.reason, _LINE_COLUMNS), 600)
    return _(_WHY).format(reason=reason) if reason else ""


def by_schedule(execution: Execution) -> str:
    """`By schedule 3 of Ana`, for a run that nobody asked for just now."""
    if execution.schedule is None:
        return ""
    who = safe(execution.requester_name, 80)
    return _(_BY_SCHEDULE).format(number=code(str(execution.schedule)), owner=who)


def _unapproved(execution: Execution) -> str:
    reason = safe(brief(execution.glass_reason, _LINE_COLUMNS), 600)
    return _(_UNAPPROVED).format(reason=reason) if reason else ""


def said_aloud(card: Card) -> str:
    """The card as a notification reads it: `deploy api → prod failed: no space left`."""
    execution = card.execution
    what, by = target(execution), safe(execution.requester_name, 80)
    match execution.status:
        case Status.RUNNING if execution.waits_for is not None:
            title = safe(brief(execution.waits_for.title, _CAUSE_COLUMNS))
            return joined([_("{what} waits for an answer").format(what=what), title], _(": "))
        case Status.RUNNING if execution.is_answered:
            return _("{what} was answered and has not gone on yet").format(what=what)
        case Status.AWAITING_APPROVAL:
            return _("{what} is waiting for approval, asked by {by}").format(what=what, by=by)
        case Status.SUCCEEDED:
            took = _took(execution)
            if not took:
                return _("{what} is done").format(what=what)
            return _("{what} is done after {span}").format(what=what, span=took)
        case Status.FAILED:
            return joined([_("{what} failed").format(what=what), cause(execution)], _(": "))
        case _:
            return _("{what}: {state}, asked by {by}").format(
                what=what, state=word(execution.status).casefold(), by=by
            )


def cause(execution: Execution, columns: int = _CAUSE_COLUMNS) -> str:
    """Why it failed, in the job's own words as far as it said any."""
    result = execution.result
    if result is None:
        return ""
    if result.cause or result.summary:
        said = restated(result.cause) or result.summary
        return prose(brief(said, columns), columns + 240)
    if result.signal:
        return safe(brief(_("ended by {signal}").format(signal=result.signal), _CAUSE_COLUMNS))
    return _exit_code(result) if result.exit_code else ""


def approval_needs(card: Card) -> str:
    """`Needs 1 approval from payments-leads. Expires …`; a line for each group."""
    execution = card.execution
    left = by_group(missing(execution, card.decisions))
    needed = _more_needed if _said_yes(card) else _needed
    lines = [
        needed(count).format(count=count, roles=safe(_(" or ").join(roles), 300) or _(_SOMEBODY))
        for roles, count in left.items()
    ]
    expires = _(_EXPIRES).format(when=moment(execution.expires_at)) if execution.expires_at else ""
    return joined([joined(lines, "\n"), expires], " ")


def _needed(count: int) -> str:
    return ngettext(
        "Needs {count} approval from {roles}.", "Needs {count} approvals from {roles}.", count
    )


def _more_needed(count: int) -> str:
    return ngettext(
        "Needs {count} more approval from {roles}.",
        "Needs {count} more approvals from {roles}.",
        count,
    )


def to_start(execution: Execution) -> str:
    """`To start Nov 22 02:00–03:00.`, of what was asked for ahead of its time."""
    window = execution.window
    return _(_TO_START).format(span=span(window.start_at, window.until)) if window else ""


def rejection(card: Card) -> Decision | None:
    return next((d for d in card.decisions if d.verdict is Verdict.REJECT), None)


def decided_by(decision: Decision) -> str:
    """`Bo`, or `Bo for Ana`."""
    return spoken_for(decision.name, decision.behalf.name if decision.behalf else "")


def spoken_for(name: str, absent: str) -> str:
    """Who spoke, and for whom if for anybody."""
    return _(_FOR).format(name=name, absent=absent) if absent else name


def _ending(card: Card) -> str:
    """What the first line adds: for a failure the cause, for an end how long it took."""
    execution = card.execution
    match execution.status:
        case Status.FAILED:
            return cause(execution)
        case Status.SUCCEEDED | Status.TIMED_OUT:
            return _took(execution)
        case Status.CANCELLED:
            return _whose(execution.cancelled_by)
        case Status.REJECTED:
            no = rejection(card)
            return _whose(decided_by(no)) if no else ""
        case _:
            return ""


def _whose(name: str) -> str:
    return _("by {who}").format(who=safe(name, 80)) if name else ""


def _exit_code(result: Result) -> str:
    return _("exit code {code}").format(code=result.exit_code)


def _told(card: Card) -> list[str]:  # noqa: C901  one arm per status
    execution = card.execution
    match execution.status:
        case Status.AWAITING_APPROVAL:
            return [approval_needs(card), to_start(execution)]
        case Status.SCHEDULED | Status.READY:
            return [_waiting(card)]
        case Status.SUBMITTING:
            return [_(_HANDED).format(platform=safe(execution.platform, 60))]
        case Status.RUNNING:
            return [pause_line(execution), running_line(card)]
        case Status.CANCELLING:
            return [stopping_line(execution), progress_line(None, elapsed(card), None)]
        case Status.SUCCEEDED:
            return [comparison_line(card.comparison), _summary(execution)]
        case Status.FAILED | Status.TIMED_OUT:
            return [_failure(execution), _whom_to_ask(card)]
        case Status.CANCELLED:
            return [_cancelled(execution)]
        case Status.REJECTED:
            no = rejection(card)
            return [safe(brief(no.comment, _LINE_COLUMNS), 600) if no else "", _(_NOTHING_RAN)]
        case Status.EXPIRED:
            return [] if execution.note else [_(_NOBODY_DECIDED)]
        case Status.LOST:
            return [_lost(execution), _whom_to_ask(card)]


def _waiting(card: Card) -> str:
    execution = card.execution
    if card.waits_for is not None:
        return _(_WAITS).format(other=number(card.waits_for))
    if execution.attempt > 1:
        tries = execution.retries + 1
        if execution.due_at is None:
            return _(_AGAIN_SOON).format(attempt=execution.attempt, tries=tries)
        return _(_AGAIN).format(
            attempt=execution.attempt, tries=tries, when=moment(execution.due_at)
        )
    if execution.status is Status.SCHEDULED and execution.window is not None:
        return _(_STARTS).format(when=span(execution.window.start_at, execution.window.until))
    if execution.status is Status.SCHEDULED and execution.due_at is not None:
        return _(_STARTS).format(when=moment(execution.due_at))
    return _(_IN_LINE)


def _cancelled(execution: Execution) -> str:
    if execution.started_at is not None:
        return _took_line(execution)
    return "" if execution.note else _(_NOTHING_RAN)


def _failure(execution: Execution) -> str:
    result = execution.result
    limit = _(_LIMIT).format(span=duration(execution.timeout))
    parts = [
        limit if execution.status is Status.TIMED_OUT else "",
        _took_line(execution) if execution.status is Status.FAILED else "",
        _("in step {step}").format(step=safe(result.failing_step, 120))
        if result and result.failing_step
        else "",
        _exit_code(result) if result and result.exit_code and result.cause else "",
        _("try {attempt} of {tries}").format(attempt=execution.attempt, tries=execution.retries + 1)
        if execution.retries
        else "",
    ]
    return joined(parts)


def _lost(execution: Execution) -> str:
    said = cause(execution, LOST_COLUMNS)
    if said:
        return said
    platform, last = safe(execution.platform, 60), moment(execution.changed_at)
    if execution.started_at is None:
        known = _(_LOST_UNSTARTED).format(platform=platform, last=last)
    else:
        known = _(_LOST).format(when=moment(execution.started_at), platform=platform, last=last)
    return f"{known} {_(_LOST_CHECK)}"


def _summary(execution: Execution) -> str:
    return prose(brief(execution.result.summary, _LINE_COLUMNS), 600) if execution.result else ""


def _note(card: Card) -> str:
    """A note, unless it repeats the comment of the rejection shown above it."""
    no = rejection(card)
    note = card.execution.note
    return "" if no and no.comment == note else prose(brief(restated(note), _LINE_COLUMNS), 600)


def _whom_to_ask(card: Card) -> str:
    return _(_ASK).format(contact=safe(card.contact, 120)) if card.contact else ""


def _took(execution: Execution) -> str:
    took = execution.took
    return duration(took) if took is not None else ""


def _took_line(execution: Execution) -> str:
    took = execution.took
    return _(_TOOK).format(span=duration(took)) if took is not None else ""


def _said_yes(card: Card) -> bool:
    return any(d.verdict is Verdict.APPROVE for d in card.decisions)
