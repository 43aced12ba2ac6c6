"""What must hold at the end of a run, each promise checked against Slack, rows and platform."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from blocks.states import word
from bot.domain.executions import Execution, Status
from bot.domain.notices import Topic
from bot.ports import RunState
from chaos.crowds import Asked, Crowd
from chaos.plans import Blow, Plan, Way
from chaos.records import Left, Record, Rows
from chaos.troubles import Struck
from chaos.watches import Sent, Watch, offers
from simulator import Fault, Workspace

SENDS_A_DUPLICATE = 1_000
"""Of so many messages at most one may be told twice, and only where nobody could know better."""

_AS_SEEN: Mapping[RunState, Status] = {
    RunState.SUCCEEDED: Status.SUCCEEDED,
    RunState.FAILED: Status.FAILED,
    RunState.TIMED_OUT: Status.TIMED_OUT,
    RunState.CANCELLED: Status.CANCELLED,
    RunState.LOST: Status.LOST,
}
_NEVER_STARTED = frozenset({Status.REJECTED, Status.EXPIRED})
_RAN = frozenset({Status.SUCCEEDED, Status.FAILED, Status.TIMED_OUT})
_SELDOM = 0.01
"""What is less likely than this need not happen in every run."""
_SHAKES_SENDERS = frozenset({Blow.KILL, Blow.STOP, Blow.DATABASE_CRASHES, Blow.DATABASE_RESTARTS})


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Everything that is known at the end. `left` is None when the database did not answer;
    `audit` is empty when its chain is whole."""

    workspace: Workspace
    crowd: Crowd
    watch: Watch
    plan: Plan
    faults: Sequence[Fault]
    struck: Sequence[Struck]
    rows: Rows
    record: Record
    left: Left | None
    audit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Whether a promise was kept; `broken` names each case in which it was not."""

    promise: str
    figure: str
    broken: tuple[str, ...]


def verdicts_of(found: Found) -> Sequence[Verdict]:
    return [_verdict(promise, check, found) for promise, check in _PROMISES]


Check = Callable[[Found, "list[str]"], Iterator[str]]
"""Yields what is broken, and puts what it counted into the list."""


def _verdict(promise: str, check: Check, found: Found) -> Verdict:
    figures: list[str] = []
    broken = tuple(check(found, figures))
    return Verdict(promise=promise, figure=", ".join(figures), broken=broken)


def _all_went_wrong(found: Found, figures: list[str]) -> Iterator[str]:
    """A run in which less failed than was planned proves less than it says."""
    happened = found.watch.troubles
    figures.append(f"{len(found.struck)} strokes, {found.watch.calls.total()} calls of Slack")
    figures += [f"{count} {trouble}" for trouble, count in happened.items()]
    for fault in found.faults:
        if fault.probability >= _SELDOM and not happened[fault.trouble]:
            yield f"Slack never did {fault.trouble}"
    planned = Counter(stroke.blow for stroke in found.plan.strokes)
    for blow, count in (planned - Counter(each.stroke.blow for each in found.struck)).items():
        yield f"{blow}: {count} less than planned"


def _is_quiet(found: Found, figures: list[str]) -> Iterator[str]:
    figures.append(f"{len(found.rows.envelopes)} envelopes, {len(found.rows.notices)} notices")
    if found.left is None or not found.left.is_nothing:
        yield f"left: {found.left}"
    for execution in found.rows.executions:
        if not execution.status.is_final:
            yield f"#{execution.id} {execution.values['n']} is {execution.status}"
    for row in found.rows.notices:
        if row["state"] == "pending":
            yield f"notice {row['key']}: {row['attempts']} tries, {row['error']}"
    yield from found.crowd.given_up


def _nothing_acked_is_lost(found: Found, figures: list[str]) -> Iterator[str]:
    by_name, told = found.rows.by_name, 0
    taken = [asked for asked in found.crowd.asked if _was_taken(asked, found.watch)]
    for asked in taken:
        if by_name.get(asked.name):
            continue
        if _was_told(asked, found):
            told += 1
            continue
        yield f"{asked.name} ({asked.ask.way}, {asked.gesture.envelope_id}) was acked and is gone"
    figures.append(f"{len(taken)} acked, {len(found.rows.executions)} executions")
    figures.append(f"{told} told to ask again")


def _was_taken(asked: Asked, watch: Watch) -> bool:
    if asked.ask.way is Way.SLASH:
        return bool(asked.gesture.acked)
    return str(asked.gesture.payload.get("event_id")) not in watch.given_up


def _was_told(asked: Asked, found: Found) -> bool:
    """Whether whoever asked was told that nothing came of it."""
    if asked.gesture.responses:
        return True
    payload = asked.gesture.payload
    key = f"event:{payload.get('event_id')}" if asked.ask.way is Way.MENTION else ""
    return bool(found.rows.envelopes.get(key, (False, ""))[1])


def _nothing_is_accepted_twice(found: Found, figures: list[str]) -> Iterator[str]:
    asked = {each.name for each in found.crowd.asked}
    repeated = sum(each.ask.repeated for each in found.crowd.asked)
    figures.append(f"{repeated} repeated by people, {_duplicates(found)} by Slack")
    for name, executions in found.rows.by_name.items():
        if len(executions) > 1:
            yield f"{name} became {', '.join(f'#{each.id}' for each in executions)}"
        if name not in asked:
            yield f"{name} was never asked for"


def _duplicates(found: Found) -> int:
    return found.watch.troubles["duplicate_envelope"]


def _each_ran_once(found: Found, figures: list[str]) -> Iterator[str]:
    figures.append(f"{found.record.lines.total()} starts in the platform's record")
    for execution in found.rows.executions:
        yield from _wrong_starts(execution, found.record)
    names = set(found.rows.by_name)
    for name, key in found.record.lines:
        if name not in names:
            yield f"{name} ran as {key} and is no execution"


def _wrong_starts(execution: Execution, record: Record) -> Iterator[str]:
    keys = Counter(record.keys_of(str(execution.values["n"])))
    what = f"#{execution.id} {execution.values['n']} ({execution.status}, host {execution.host})"
    for key, times in keys.items():
        if times > 1:
            yield f"{what} ran {times} times as {key}"
    wanted = 0 if execution.status in _NEVER_STARTED else execution.attempt
    if execution.status in _RAN and execution.request_key not in keys:
        yield f"{what} did not run as {execution.request_key}"
    if len(keys) > wanted or (execution.status in _RAN and len(keys) < wanted):
        yield f"{what} ran {len(keys)} times in {wanted} tries: {', '.join(keys)}"


def _rows_are_true(found: Found, figures: list[str]) -> Iterator[str]:
    figures.append(_counted(found.rows.executions))
    for execution in found.rows.executions:
        seen = found.record.states.get(execution.request_key)
        what = f"#{execution.id} {execution.values['n']} on {execution.host}"
        if execution.status is Status.LOST:
            cause = execution.result.cause if execution.result else ""
            yield f"{what} is lost, {seen} to its platform: {cause}"
        elif seen is None:
            if execution.status in _RAN:
                yield f"{what} is {execution.status} and unknown to its platform"
        elif _AS_SEEN.get(seen) is not execution.status:
            yield f"{what} is {execution.status}, {seen} to its platform"


def _counted(executions: Sequence[Execution]) -> str:
    counted = Counter(execution.status for execution in executions)
    return ", ".join(f"{count} {status}" for status, count in counted.most_common())


def _cards_are_true(found: Found, figures: list[str]) -> Iterator[str]:
    figures.append(f"{len(found.rows.executions)} cards, {len(found.rows.copies)} copies")
    for execution in found.rows.executions:
        what = f"#{execution.id} {execution.values['n']}"
        if execution.card is None:
            yield f"{what} has no card"
            continue
        card = found.workspace.team.messages.find(execution.card.channel, execution.card.ts)
        first = card.seen.splitlines()[0] if card and card.seen else ""
        if word(execution.status) not in first:
            yield f"{what} is {execution.status}; its card says {first!r}"
        elif offers(card, "approve") or offers(card, "cancel"):
            yield f"{what} is over; its card offers a decision"
    for execution_id, channel, ts in found.rows.copies:
        if offers(found.workspace.team.messages.find(channel, ts), "approve"):
            yield f"#{execution_id}: the copy {channel} {ts} still asks for approval"


def _all_is_told(found: Found, figures: list[str]) -> Iterator[str]:
    rows = {row["key"]: row for row in found.rows.notices}
    states = Counter(row["state"] for row in found.rows.notices)
    figures.append(", ".join(f"{count} {state}" for state, count in states.items()))
    in_digests = _in_digests(found.rows.notices)
    for row in found.rows.notices:
        if row["state"] == "undeliverable":
            yield f"notice {row['key']} is undeliverable: {row['error']}"
        elif row["state"] == "folded" and row["body"].get("execution") not in in_digests:
            yield f"notice {row['key']} was folded, and no digest tells of it"
        elif row["state"] == "sent" and row["ts"] and not _stands(found, row["channel"], row["ts"]):
            yield f"notice {row['key']} is said to stand at {row['channel']} {row['ts']}"
    for execution in found.rows.executions:
        if execution.status in _RAN and f"line:{execution.id}:ended:ended" not in rows:
            yield f"#{execution.id}: nobody was told how it ended"
        if (
            execution.result is not None
            and execution.result.log_size
            and not _log(found, execution)
        ):
            yield f"#{execution.id}: its log is not in the thread"


def _in_digests(notices: Sequence[Mapping[str, Any]]) -> set[int]:
    """The executions that digests tell of which stand in Slack."""
    return {
        number
        for row in notices
        if row["body"].get("topic") == Topic.DIGEST and row["state"] == "sent"
        for number in row["body"]["facts"]["executions"]
    }


def _stands(found: Found, channel: str, ts: str) -> bool:
    return found.workspace.team.messages.find(channel, ts) is not None


def _log(found: Found, execution: Execution) -> int:
    """How many times the log of the last try stands in the thread."""
    card = execution.card
    if card is None:
        return 0
    name = f"{execution.job}-{execution.id}-{execution.attempt}.log"
    replies = found.workspace.team.messages.replies(card.channel, card.ts)
    files = [file for each in replies for file in each.files]
    known = found.workspace.team.files
    return sum(1 for file in files if (one := known.find(file)) and one.name == name)


def _little_is_told_twice(found: Found, figures: list[str]) -> Iterator[str]:
    sends = sum(len(each) for each in found.watch.sent.values())
    twice = {key: each for key, each in found.watch.sent.items() if len(each) > 1}
    extra = sum(len(each) - 1 for each in twice.values())
    files = sum(max(_log(found, each) - 1, 0) for each in found.rows.executions)
    figures.append(f"{sends} posts, {extra} twice, {files} files twice")
    for key, each in twice.items():
        if not _nobody_could_know(each, found.struck):
            yield f"{key} stands {len(each)} times, and no answer was lost: {_times(each)}"
    if (extra + files) * SENDS_A_DUPLICATE > sends and extra + files > 1:
        yield f"{extra} of {sends} posts twice: {', '.join(twice)}"


def _nobody_could_know(sent: Sequence[Sent], struck: Sequence[Struck]) -> bool:
    first, last = sent[0], sent[-1]
    if any(each.lost for each in sent[:-1]):
        return True
    return any(
        each.stroke.blow in _SHAKES_SENDERS and first.at - 1 <= each.until and each.at <= last.at
        for each in struck
    )


def _times(sent: Sequence[Sent]) -> str:
    return ", ".join(f"{each.ts}{' (lost)' if each.lost else ''}" for each in sent)


def _the_chain_is_whole(found: Found, _figures: list[str]) -> Iterator[str]:
    if found.audit:
        yield found.audit


_PROMISES: Sequence[tuple[str, Check]] = (
    ("everything failed that was to fail", _all_went_wrong),
    ("what was acked is not lost", _nothing_acked_is_lost),
    ("what was asked once is accepted once", _nothing_is_accepted_twice),
    ("each accepted run started exactly once", _each_ran_once),
    ("rows say what the platform says", _rows_are_true),
    ("cards and copies say what the rows say", _cards_are_true),
    ("everything is told", _all_is_told),
    ("next to nothing is told twice", _little_is_told_twice),
    ("nothing is left over", _is_quiet),
    ("the audit chain is whole", _the_chain_is_whole),
)
