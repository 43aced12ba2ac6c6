"""Lists somebody asked for: what runs, what can be run, what ran, and the end of a log."""

from collections.abc import Sequence
from datetime import datetime

from blocks import ids
from blocks.answers import says
from blocks.cards import answer_button
from blocks.elements import Block, Message, actions, button, context, section
from blocks.states import number, target
from blocks.stories import first_line, story
from blocks.texts import clock, code, code_block, duration, joined, moment, safe
from blocks.whereabouts import badge_of
from bot.domain.executions import Execution, Status
from bot.domain.jobs import Job, Risk
from bot.domain.notices import Card
from bot.domain.wording import N_, _, ngettext

_MOST_LINES = 12
_MOST_JOBS = 12
_MOST_RUNS = 6

_NOTHING_RUNS = N_("Nothing is running or waiting. Say `run` and a job's name to start one.")
_AS_OF = N_("As of {when}. The card in each run's thread stays up to date.")
_MORE_RUNS = N_("{count} more: say `status` with a number.")
_NO_JOBS = N_("There is no job you may run yet. Ask for a role that allows one.")
_NO_JOBS_LIKE = N_("No job you may run fits “{search}”.")
_MORE_JOBS = N_("{count} more: say `list` and a word to narrow it down.")
_NEVER_FROM_CHAT = N_("listed only, never runs from chat")
_NEEDS_APPROVAL = N_("may need approval")
_NO_HISTORY = N_("Nothing has run yet that you may see.")
_NO_HISTORY_OF = N_("There is no run of {job} yet that you may see.")
_HISTORY, _HISTORY_OF = N_("Latest runs"), N_("Latest runs of {job}")
_NO_LOG = N_("{id} {what} has not written anything yet.")
_RUN, _LOGS, _ALL_JOBS = N_("Run"), N_("Logs"), N_("All jobs")


def status_answer(cards: Sequence[Card], now: datetime) -> Message:
    """A snapshot of runs: first lines and what they say now."""
    if not cards:
        return Message(text=_(_NOTHING_RUNS), blocks=(section(_(_NOTHING_RUNS)),))
    shown = cards[:_MOST_RUNS]
    blocks = [_snapshot(card) for card in shown]
    more = _(_MORE_RUNS).format(count=len(cards) - len(shown)) if len(cards) > len(shown) else ""
    footnote = context(joined([more, _(_AS_OF).format(when=clock(now))], " "))
    aloud = ngettext("{count} run now", "{count} runs now", len(cards)).format(count=len(cards))
    if len(cards) == 1:
        aloud = joined([target(cards[0].execution), badge_of(cards[0].execution)], ": ")
    return Message(text=aloud, blocks=(*blocks, footnote))


def job_list(jobs: Sequence[Job], search: str = "") -> Message:
    """Jobs the asker may run, each with a button; the rest is a word away."""
    if not jobs:
        text = _(_NO_JOBS_LIKE).format(search=safe(search, 80)) if search else _(_NO_JOBS)
        buttons = [actions(says(_(_ALL_JOBS), "list"))] if search else []
        return Message(text=text, blocks=(section(text), *buttons))
    title = _jobs_like(len(jobs), search) if search else _jobs(len(jobs))
    listed = [_job(job, at) for at, job in enumerate(jobs[:_MOST_JOBS])]
    left = len(jobs) - len(listed)
    footnote = [context(_(_MORE_JOBS).format(count=left))] if left > 0 else []
    return Message(text=title, blocks=(section(f"*{title}*"), *listed, *footnote))


def _jobs(count: int) -> str:
    said = ngettext("{count} job you may run", "{count} jobs you may run", count)
    return said.format(count=count)


def _jobs_like(count: int, search: str) -> str:
    said = ngettext(
        "{count} job you may run for “{search}”", "{count} jobs you may run for “{search}”", count
    )
    return said.format(count=count, search=safe(search, 80))


def history_answer(executions: Sequence[Execution], job: str = "") -> Message:
    """Ended and running executions, newest first, one line each."""
    name = safe(job, 80)
    if not executions:
        text = _(_NO_HISTORY_OF).format(job=name) if name else _(_NO_HISTORY)
        return Message(text=text, blocks=(section(text),))
    title = _(_HISTORY_OF).format(job=name) if name else _(_HISTORY)
    lines = [run_line(each) for each in executions[:_MOST_LINES]]
    return Message(text=title, blocks=(section(joined([f"*{title}*", *lines], "\n")),))


def log_answer(execution: Execution, lines: Sequence[str]) -> Message:
    """The end of a log in a code block; what does not fit is in the file in the thread."""
    name, what = code(number(execution.id)), target(execution)
    block = code_block(lines)
    if not block:
        text = _(_NO_LOG).format(id=name, what=what)
        return Message(text=text, blocks=(section(text),))
    count = block.count("\n") - 1
    title = ngettext(
        "The last {count} line of {id} {what}", "The last {count} lines of {id} {what}", count
    ).format(count=count, id=name, what=what)
    state = joined([badge_of(execution), title])
    return Message(text=title, blocks=(section(state), section(block)))


def run_line(execution: Execution, *, is_own: bool = False) -> str:
    """`#1042` *Done* ✅ · deploy → prod · Ana · Feb 3 14:02 · 2 m 14 s; an own run names nobody."""
    took = execution.took
    return joined(
        [
            f"{code(number(execution.id))} {badge_of(execution)}",
            target(execution),
            "" if is_own else safe(execution.requester_name, 40),
            moment(execution.started_at or execution.created_at),
            duration(took) if took is not None else "",
        ],
        limit=400,
    )


def logs_button(execution: Execution) -> Block:
    value = ids.ButtonValue(execution=execution.id).encoded()
    return button(_(_LOGS), ids.LOGS, value)


def _snapshot(card: Card) -> Block:
    execution = card.execution
    text = joined([f"{code(number(execution.id))} {first_line(card)}", *story(card)], "\n")
    if execution.waits_for is not None:
        return section(text, accessory=answer_button(execution, execution.waits_for))
    has_log = execution.started_at is not None and execution.status is not Status.LOST
    return section(text, accessory=logs_button(execution) if has_log else None)


def _job(job: Job, at: int) -> Block:
    remarks = [
        _(_NEVER_FROM_CHAT) if job.risk is Risk.FORBIDDEN else "",
        _(_NEEDS_APPROVAL) if job.approval is not None else "",
    ]
    name = joined([f"*{safe(job.label, 120)}*", code(job.name, 120), *remarks])
    text = joined([name, safe(job.description, 200)], "\n")
    value = ids.RunValue(job=job.name).encoded()
    run = button(_(_RUN), ids.numbered(ids.START, at), value)
    return section(text, accessory=None if job.risk is Risk.FORBIDDEN else run)
