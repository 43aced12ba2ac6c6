"""Lists somebody asked for: what runs, what can be run, what ran, and the end of a log."""

from collections.abc import Sequence
from datetime import datetime

from blocks import ids
from blocks.answers import says
from blocks.elements import Block, Message, actions, button, context, section
from blocks.states import badge, number, target
from blocks.stories import first_line, story
from blocks.texts import clock, code, code_block, counted, duration, joined, moment, safe
from bot.domain.executions import Execution, Status
from bot.domain.jobs import Job, Risk
from bot.domain.notices import Card

_MOST_LINES = 12
_MOST_JOBS = 12
_MOST_RUNS = 6

_NOTHING_RUNS = "Nothing is running or waiting. Say `run` and a job's name to start one."
_RUNNING = "{} now"
_AS_OF = "As of {}. The card in each run's thread stays up to date."
_MORE_RUNS = "{} more: say `status` with a number."
_NO_JOBS = "There is no job you may run yet. Ask for a role that allows one."
_NO_JOBS_LIKE = "No job you may run fits “{}”."
_JOBS, _JOBS_LIKE = "{} you may run", "{} you may run for “{}”"
_MORE_JOBS = "{} more: say `list` and a word to narrow it down."
_NEVER_FROM_CHAT = "listed only, never runs from chat"
_NEEDS_APPROVAL = "may need approval"
_NO_HISTORY, _NO_HISTORY_OF = "Nothing has run yet.", "{} has not run yet."
_HISTORY, _HISTORY_OF = "Latest runs", "Latest runs of {}"
_NO_LOG = "{} {} has not written anything yet."
_LOG = "The last {} of {} {}"
_RUN, _LOGS, _ALL_JOBS = "Run", "Logs", "All jobs"


def status_answer(cards: Sequence[Card], now: datetime) -> Message:
    """A snapshot of runs: first lines and what they say now."""
    if not cards:
        return Message(text=_NOTHING_RUNS, blocks=(section(_NOTHING_RUNS),))
    shown = cards[:_MOST_RUNS]
    blocks = [_snapshot(card) for card in shown]
    more = _MORE_RUNS.format(len(cards) - len(shown)) if len(cards) > len(shown) else ""
    footnote = context(joined([more, _AS_OF.format(clock(now))], " "))
    aloud = _RUNNING.format(counted(len(cards), "run"))
    if len(cards) == 1:
        aloud = joined([target(cards[0].execution), badge(cards[0].execution.status)], ": ")
    return Message(text=aloud, blocks=(*blocks, footnote))


def job_list(jobs: Sequence[Job], search: str = "") -> Message:
    """Jobs the asker may run, each with a button; the rest is a word away."""
    if not jobs:
        text = _NO_JOBS_LIKE.format(safe(search, 80)) if search else _NO_JOBS
        buttons = [actions(says(_ALL_JOBS, "list"))] if search else []
        return Message(text=text, blocks=(section(text), *buttons))
    count = counted(len(jobs), "job")
    title = _JOBS_LIKE.format(count, safe(search, 80)) if search else _JOBS.format(count)
    listed = [_job(job, at) for at, job in enumerate(jobs[:_MOST_JOBS])]
    left = len(jobs) - len(listed)
    footnote = [context(_MORE_JOBS.format(left))] if left > 0 else []
    return Message(text=title, blocks=(section(f"*{title}*"), *listed, *footnote))


def history_answer(executions: Sequence[Execution], job: str = "") -> Message:
    """Ended and running executions, newest first, one line each."""
    name = safe(job, 80)
    if not executions:
        text = _NO_HISTORY_OF.format(name) if name else _NO_HISTORY
        return Message(text=text, blocks=(section(text),))
    title = _HISTORY_OF.format(name) if name else _HISTORY
    lines = [run_line(each) for each in executions[:_MOST_LINES]]
    return Message(text=title, blocks=(section(joined([f"*{title}*", *lines], "\n")),))


def log_answer(execution: Execution, lines: Sequence[str]) -> Message:
    """The end of a log in a code block; what does not fit is in the file in the thread."""
    name, what = code(number(execution.id)), target(execution)
    block = code_block(lines)
    if not block:
        text = _NO_LOG.format(name, what)
        return Message(text=text, blocks=(section(text),))
    count = block.count("\n") - 1
    title = _LOG.format(counted(count, "line"), name, what)
    state = joined([badge(execution.status), title])
    return Message(text=title, blocks=(section(state), section(block)))


def run_line(execution: Execution, *, is_own: bool = False) -> str:
    """`#1042` *Done* ✅ · deploy → prod · Ana · Feb 3 14:02 · 2 m 14 s; an own run names nobody."""
    took = execution.took
    return joined(
        [
            f"{code(number(execution.id))} {badge(execution.status)}",
            target(execution),
            "" if is_own else safe(execution.requester_name, 40),
            moment(execution.started_at or execution.created_at),
            duration(took) if took is not None else "",
        ],
        limit=400,
    )


def logs_button(execution: Execution) -> Block:
    value = ids.ButtonValue(execution=execution.id).encoded()
    return button(_LOGS, ids.LOGS, value)


def _snapshot(card: Card) -> Block:
    execution = card.execution
    text = joined([f"{code(number(execution.id))} {first_line(card)}", *story(card)], "\n")
    has_log = execution.started_at is not None and execution.status is not Status.LOST
    return section(text, accessory=logs_button(execution) if has_log else None)


def _job(job: Job, at: int) -> Block:
    remarks = [
        _NEVER_FROM_CHAT if job.risk is Risk.FORBIDDEN else "",
        _NEEDS_APPROVAL if job.approval is not None else "",
    ]
    name = joined([f"*{safe(job.label, 120)}*", code(job.name, 120), *remarks])
    text = joined([name, safe(job.description, 200)], "\n")
    value = ids.RunValue(job=job.name).encoded()
    run = button(_RUN, ids.numbered(ids.START, at), value)
    return section(text, accessory=None if job.risk is Risk.FORBIDDEN else run)
