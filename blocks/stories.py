"""What a card says in words: its first line, the few lines below it, and how it reads aloud."""

from datetime import timedelta

from blocks.figures import comparison_line, progress_line
from blocks.states import badge, number, target, word
from blocks.texts import brief, counted, duration, joined, moment, prose, safe
from bot.domain.approvals import Decision, Verdict, by_group, missing
from bot.domain.executions import Execution, Status
from bot.domain.notices import Card

_CAUSE_COLUMNS = 160
LOST_COLUMNS = 400
"""What is known of a lost run, and what to check, is said whole."""

_LINE_COLUMNS = 240

_WHY = "Why: {}"
_UNAPPROVED = "Ran without approval: {}"
_NEEDS = "Needs {} from {}."
_SOMEBODY = "somebody who may approve"
_EXPIRES = "Expires {}."
_STARTS = "Starts {}."
_IN_LINE = "In line to start."
_WAITS = "Waits for {} to end."
_AGAIN = "Try {} of {} starts {}."
_AGAIN_SOON = "Try {} of {} starts soon."
_HANDED = "Being handed to {}."
_STOPPING = "{} asked to cancel it; waiting for it to stop."
_STOPPING_UNSAID = "Waiting for it to stop."
_NOTHING_RAN = "Nothing ran."
_NOBODY_DECIDED = "Nobody decided in time. Nothing ran; ask again with Rerun."
_TOOK = "Ran for {}"
_LIMIT = "Stopped at its limit of {}"
_LOST = "Nobody can say how this run ended. It started {} on {}; the last word of it came {}."
_LOST_UNSTARTED = "Nobody can say whether this run started on {}; the last word of it came {}."
_LOST_CHECK = "Look there before you run it again."
_ASK = "Ask {}."


def first_line(card: Card) -> str:
    """`*Running* 🔵 · deploy api → prod`, and at the end how it ended and how long it took."""
    execution = card.execution
    return joined([badge(execution.status), target(execution), _ending(card)])


def story(card: Card) -> list[str]:
    """The lines below the first, each a sentence or two; empty ones are left out."""
    execution = card.execution
    lines = (*_told(card), _note(card), why(execution), _unapproved(execution))
    return [line for line in lines if line]


def why(execution: Execution) -> str:
    """`Why: fixes the checkout`, when a reason was given."""
    reason = safe(brief(execution.reason, _LINE_COLUMNS), 600)
    return _WHY.format(reason) if reason else ""


def _unapproved(execution: Execution) -> str:
    reason = safe(brief(execution.glass_reason, _LINE_COLUMNS), 600)
    return _UNAPPROVED.format(reason) if reason else ""


def said_aloud(card: Card) -> str:
    """The card as a notification reads it: `deploy api → prod failed: no space left`."""
    execution = card.execution
    what, by = target(execution), safe(execution.requester_name, 80)
    match execution.status:
        case Status.AWAITING_APPROVAL:
            return f"{what} is waiting for approval, asked by {by}"
        case Status.SUCCEEDED:
            return joined([f"{what} is done", _took(execution)], " after ")
        case Status.FAILED:
            return joined([f"{what} failed", cause(execution)], ": ")
        case _:
            return f"{what}: {word(execution.status).casefold()}, asked by {by}"


def cause(execution: Execution, columns: int = _CAUSE_COLUMNS) -> str:
    """Why it failed, in the job's own words as far as it said any."""
    result = execution.result
    if result is None:
        return ""
    if result.cause or result.summary:
        return prose(brief(result.cause or result.summary, columns), columns + 240)
    if result.signal:
        return safe(brief(f"ended by {result.signal}", _CAUSE_COLUMNS))
    return f"exit code {result.exit_code}" if result.exit_code else ""


def approval_needs(card: Card) -> str:
    """`Needs 1 approval from payments-leads. Expires …`; a line for each group."""
    execution = card.execution
    left = by_group(missing(execution, card.decisions))
    more = "more approval" if _said_yes(card) else "approval"
    lines = [
        _NEEDS.format(counted(count, more, ""), safe(" or ".join(roles), 300) or _SOMEBODY)
        for roles, count in left.items()
    ]
    expires = _EXPIRES.format(moment(execution.expires_at)) if execution.expires_at else ""
    return joined([joined(lines, "\n"), expires], " ")


def rejection(card: Card) -> Decision | None:
    return next((d for d in card.decisions if d.verdict is Verdict.REJECT), None)


def _ending(card: Card) -> str:
    """What the first line adds: for a failure the cause, for an end how long it took."""
    execution = card.execution
    match execution.status:
        case Status.FAILED:
            return cause(execution)
        case Status.SUCCEEDED | Status.TIMED_OUT:
            return _took(execution)
        case Status.CANCELLED:
            return f"by {safe(execution.cancelled_by, 80)}" if execution.cancelled_by else ""
        case Status.REJECTED:
            no = rejection(card)
            return f"by {safe(no.name, 80)}" if no else ""
        case _:
            return ""


def _told(card: Card) -> list[str]:  # noqa: C901  one arm per status
    execution = card.execution
    match execution.status:
        case Status.AWAITING_APPROVAL:
            return [approval_needs(card)]
        case Status.SCHEDULED | Status.READY:
            return [_waiting(card)]
        case Status.SUBMITTING:
            return [_HANDED.format(safe(execution.platform, 60))]
        case Status.RUNNING:
            return [progress_line(execution.progress, _elapsed(card), card.usual)]
        case Status.CANCELLING:
            return [_stopping(execution), progress_line(None, _elapsed(card), None)]
        case Status.SUCCEEDED:
            return [comparison_line(card.comparison), _summary(execution)]
        case Status.FAILED | Status.TIMED_OUT:
            return [_failure(execution), _whom_to_ask(card)]
        case Status.CANCELLED:
            return [_cancelled(execution)]
        case Status.REJECTED:
            no = rejection(card)
            return [safe(brief(no.comment, _LINE_COLUMNS), 600) if no else "", _NOTHING_RAN]
        case Status.EXPIRED:
            return [_NOBODY_DECIDED]
        case Status.LOST:
            return [_lost(execution), _whom_to_ask(card)]


def _waiting(card: Card) -> str:
    execution = card.execution
    if card.waits_for is not None:
        return _WAITS.format(number(card.waits_for))
    if execution.attempt > 1:
        tries = execution.retries + 1
        if execution.due_at is None:
            return _AGAIN_SOON.format(execution.attempt, tries)
        return _AGAIN.format(execution.attempt, tries, moment(execution.due_at))
    if execution.status is Status.SCHEDULED and execution.due_at is not None:
        return _STARTS.format(moment(execution.due_at))
    return _IN_LINE


def _stopping(execution: Execution) -> str:
    if not execution.cancelled_by:
        return _STOPPING_UNSAID
    return _STOPPING.format(safe(execution.cancelled_by, 80))


def _cancelled(execution: Execution) -> str:
    if execution.started_at is not None:
        return _took_line(execution)
    return "" if execution.note else _NOTHING_RAN


def _failure(execution: Execution) -> str:
    result = execution.result
    limit = _LIMIT.format(duration(execution.timeout))
    parts = [
        limit if execution.status is Status.TIMED_OUT else "",
        _took_line(execution) if execution.status is Status.FAILED else "",
        f"in step {safe(result.failing_step, 120)}" if result and result.failing_step else "",
        f"exit code {result.exit_code}" if result and result.exit_code and result.cause else "",
        f"try {execution.attempt} of {execution.retries + 1}" if execution.retries else "",
    ]
    return joined(parts)


def _lost(execution: Execution) -> str:
    said = cause(execution, LOST_COLUMNS)
    if said:
        return said
    platform, last = safe(execution.platform, 60), moment(execution.changed_at)
    if execution.started_at is None:
        known = _LOST_UNSTARTED.format(platform, last)
    else:
        known = _LOST.format(moment(execution.started_at), platform, last)
    return f"{known} {_LOST_CHECK}"


def _summary(execution: Execution) -> str:
    return prose(brief(execution.result.summary, _LINE_COLUMNS), 600) if execution.result else ""


def _note(card: Card) -> str:
    """A note, unless it repeats the comment of the rejection shown above it."""
    no = rejection(card)
    note = card.execution.note
    return "" if no and no.comment == note else prose(brief(note, _LINE_COLUMNS), 600)


def _whom_to_ask(card: Card) -> str:
    return _ASK.format(safe(card.contact, 120)) if card.contact else ""


def _elapsed(card: Card) -> timedelta | None:
    started = card.execution.started_at
    return card.now - started if started is not None else None


def _took(execution: Execution) -> str:
    took = execution.took
    return duration(took) if took is not None else ""


def _took_line(execution: Execution) -> str:
    took = execution.took
    return _TOOK.format(duration(took)) if took is not None else ""


def _said_yes(card: Card) -> bool:
    return any(d.verdict is Verdict.APPROVE for d in card.decisions)
