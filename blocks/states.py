"""How each status is said: one word, one of eight signs, and the first line of every card."""

from collections.abc import Mapping
from enum import StrEnum

from blocks.texts import brief, safe
from bot.domain.executions import Execution, Status
from bot.domain.wording import N_, _, restated


class Sign(StrEnum):
    """The only signs there are; a word always stands before them."""

    WAITING = "✋"
    QUEUED = "⏳"
    RUNNING = "🔵"
    DONE = "✅"
    FAILED = "❌"
    STOPPED = "⏹️"
    REFUSED = "⛔"
    UNSURE = "⚠️"


_TITLE_COLUMNS = 70
_ENVIRONMENT_COLUMNS = 40

_STATES: Mapping[Status, tuple[str, Sign]] = {
    Status.AWAITING_APPROVAL: (N_("Waiting for approval"), Sign.WAITING),
    Status.SCHEDULED: (N_("Scheduled"), Sign.QUEUED),
    Status.READY: (N_("Queued"), Sign.QUEUED),
    Status.SUBMITTING: (N_("Starting"), Sign.RUNNING),
    Status.RUNNING: (N_("Running"), Sign.RUNNING),
    Status.CANCELLING: (N_("Cancelling"), Sign.RUNNING),
    Status.SUCCEEDED: (N_("Done"), Sign.DONE),
    Status.FAILED: (N_("Failed"), Sign.FAILED),
    Status.TIMED_OUT: (N_("Timed out"), Sign.FAILED),
    Status.CANCELLED: (N_("Cancelled"), Sign.STOPPED),
    Status.REJECTED: (N_("Rejected"), Sign.REFUSED),
    Status.EXPIRED: (N_("Expired"), Sign.STOPPED),
    Status.LOST: (N_("Lost"), Sign.UNSURE),
}


def word(status: Status) -> str:
    return _(_STATES[status][0])


def badge(status: Status) -> str:
    """`*Running* 🔵`."""
    said, sign = _STATES[status]
    return marked(_(said), sign)


def marked(said: str, sign: Sign) -> str:
    return f"*{said}* {sign}"


def target(execution: Execution) -> str:
    """`deploy api → prod`, harmless; the environment stays in sight however long the title is."""
    title = safe(brief(f"{execution.job_title} {execution.about}".rstrip(), _TITLE_COLUMNS))
    where = safe(brief(execution.environment, _ENVIRONMENT_COLUMNS))
    return f"{title} → {where}" if where else title


def number(execution: int) -> str:
    return f"#{execution}"


def sandbox(said: str) -> str:
    """`bubblewrap, with network` or `no sandbox`, as a platform wrote it down."""
    return _(", ").join(map(restated, said.split(", ")))
