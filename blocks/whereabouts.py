"""What a card says of a run and its platform: nobody took it up, it waits, or is out of sight."""

from datetime import timedelta

from blocks.figures import progress_line
from blocks.states import Sign, badge, marked
from blocks.texts import brief, duration, joined, moment, safe
from bot.domain.executions import Execution, Status
from bot.domain.notices import Card
from bot.domain.wording import N_, _

_TAKEN = N_("{platform} has it; nobody there has begun it yet.")
_QUEUED = N_("In line")
_WAITS, _UNTIL = N_("Waiting for an answer"), N_("It waits until {when}.")
_ANSWERED = N_("Answered")
_NOT_ON_YET = N_("The answer is given; {platform} has not gone on with it yet.")
_TITLE_COLUMNS = 160
_UNSEEN = N_("{platform} has not answered since {when}; this is how it was seen last.")
_STOPPING = N_("{who} asked to cancel it; waiting for it to stop.")
_STOPPING_UNSAID = N_("Waiting for it to stop.")
_OVER_TIME = N_("Its time of {span} is over; {platform} was asked to stop it.")


def is_in_line(execution: Execution) -> bool:
    """True while its platform has it and nobody there has begun it."""
    return execution.status is Status.RUNNING and execution.started_at is None


def badge_of(execution: Execution) -> str:
    """How it stands, as every list and card says it."""
    if execution.waits_for is not None:
        return waiting_badge()
    if execution.is_answered:
        return marked(_(_ANSWERED), Sign.QUEUED)
    if is_in_line(execution):
        return marked(_(_QUEUED), Sign.QUEUED)
    return badge(execution.status)


def waiting_badge() -> str:
    """A run that waits for a person runs, and that is not what matters of it."""
    return marked(_(_WAITS), Sign.WAITING)


def pause_line(execution: Execution) -> str:
    """`Ship it? · It waits until …`, or that it was answered; empty where it does not wait."""
    if execution.is_answered:
        return _(_NOT_ON_YET).format(platform=safe(execution.platform, 60))
    pause = execution.waits_for
    if pause is None:
        return ""
    until = _(_UNTIL).format(when=moment(pause.until)) if pause.until is not None else ""
    return joined([safe(brief(pause.title, _TITLE_COLUMNS)), until])


def running_line(card: Card) -> str:
    """How far a run is, or who has it."""
    execution = card.execution
    if is_in_line(execution):
        return _(_TAKEN).format(platform=safe(execution.platform, 60))
    return progress_line(execution.progress, elapsed(card), card.usual)


def elapsed(card: Card) -> timedelta | None:
    """For how long it has run; None before it began."""
    started = card.execution.started_at
    return card.now - started if started is not None else None


def stopping_line(execution: Execution) -> str:
    """Who or what wants it to stop."""
    if execution.over_time:
        span, platform = duration(execution.timeout), safe(execution.platform, 60)
        return _(_OVER_TIME).format(span=span, platform=platform)
    if not execution.cancelled_by:
        return _(_STOPPING_UNSAID)
    return _(_STOPPING).format(who=safe(execution.cancelled_by, 80))


def unseen_line(card: Card) -> str:
    """That nobody knows how it stands now; empty while its platform answers."""
    if card.unseen_since is None:
        return ""
    said = _(_UNSEEN).format(
        platform=safe(card.execution.platform, 60), when=moment(card.unseen_since)
    )
    return f"{Sign.UNSURE} {said}"
