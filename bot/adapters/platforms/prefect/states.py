"""What each of Prefect's states is to us; by its type, for flows name their states as they like."""

from dataclasses import dataclass

from bot.adapters.platforms.prefect.shapes import Run, State
from bot.domain.wording import at_rest
from bot.ports import RunState

LATE = at_rest("No worker has taken it up yet.")
CROWDED = at_rest("It waits for a place among the runs that may go at a time.")
TRIES_AGAIN = at_rest("Prefect tries it again by itself.")
STOPPING = at_rest("Prefect is stopping it.")
ROLLED_BACK = at_rest("It was rolled back.")
UNHEARD_OF = at_rest("Prefect says “{state}”, which I do not know; I take it to go on.")

_LONGEST_NAME = 40

_BY_TYPE = {
    "SCHEDULED": RunState.PENDING,
    "PENDING": RunState.PENDING,
    "RUNNING": RunState.RUNNING,
    "PAUSED": RunState.PAUSED,
    "CANCELLING": RunState.RUNNING,
    "CANCELLED": RunState.CANCELLED,
    "COMPLETED": RunState.SUCCEEDED,
    "FAILED": RunState.FAILED,
    "CRASHED": RunState.FAILED,
}
_NOTES = {
    ("SCHEDULED", "Late"): LATE,
    ("SCHEDULED", "AwaitingConcurrencySlot"): CROWDED,
    ("SCHEDULED", "AwaitingRetry"): TRIES_AGAIN,
    ("COMPLETED", "RolledBack"): ROLLED_BACK,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A state as ours, and what there is to say of it."""

    state: RunState
    note: str = ""


def standing(run: Run) -> Standing:
    """Nothing is final here that Prefect might still let go on."""
    said = run.state
    if said is None:
        return Standing(state=RunState.PENDING)
    ours = _BY_TYPE.get(said.type)
    if ours is None:
        name = (said.name or said.type)[:_LONGEST_NAME]
        return Standing(state=RunState.RUNNING, note=UNHEARD_OF.format(state=name))
    if said.type == "CANCELLING":
        return Standing(state=ours, note=STOPPING)
    if said.type == "FAILED" and said.name == "TimedOut":
        return Standing(state=RunState.TIMED_OUT)
    note = _NOTES.get((said.type, said.name or ""), "")
    if ours is RunState.PENDING and has_begun(run):
        # Between two tries, or after a pause, it has begun and is under way.
        return Standing(state=RunState.RUNNING, note=note)
    return Standing(state=ours, note=note)


def has_begun(run: Run) -> bool:
    """True once a worker took it up."""
    return run.run_count > 0 or run.start_time is not None


def is_over(state: State | None) -> bool:
    """True for what Prefect calls terminal."""
    return state is not None and state.type in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


def attempt_of(run: Run) -> int:
    """Which try this is: Prefect counts each return from a pause as a run of its own."""
    pauses = len(run.empirical_policy.pause_keys)
    is_in_one = run.state is not None and (
        run.state.type == "PAUSED" or run.state.name == "Resuming"
    )
    return max(1, run.run_count - (pauses - 1 if is_in_one and pauses else pauses))
