"""What chaos finds broken: each promise names the case in which it was not kept."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.executions import Execution, Status
from bot.ports import RunState
from chaos.crowds import Asked, Crowd
from chaos.plans import Blow, Size, Stroke, Way, plan_of
from chaos.promises import Found, verdicts_of
from chaos.records import Left, Record, Rows
from chaos.towns import Moods, faults_of, town
from chaos.watches import Sent, Watch
from simulator import Gesture
from simulator.gestures.records import Acknowledgement
from tests.fakes.values import execution

PLAN = plan_of(
    1,
    Size(runs=3, approvals=0, kills=0, stops=0, sockets=0, databases=0),
    replicas=1,
    database=False,
)
ASK = replace(PLAN.asks[0], way=Way.SLASH)


@pytest.fixture
def found() -> Found:
    """One request, acked, that ran once and is told."""
    workspace = town(1)
    watch = Watch(workspace)
    crowd = Crowd(workspace, watch, PLAN)
    gesture = Gesture(number=1, user="UPERSON1", acked=Acknowledgement(True))
    crowd.asked.append(Asked(ask=ASK, name="n1", gesture=gesture))
    done = _done("n1")
    return Found(
        workspace=workspace,
        crowd=crowd,
        watch=watch,
        plan=PLAN,
        faults=(),
        struck=(),
        rows=Rows(
            executions=(done,),
            notices=[_notice(f"line:{done.id}:ended:ended")],
            copies=(),
            envelopes={},
            decisions=0,
        ),
        record=Record(
            lines=Counter({("n1", done.request_key): 1}),
            states={done.request_key: RunState.SUCCEEDED},
        ),
        left=Left(envelopes=0, notices=0, executions=0),
        audit="",
    )


def _done(name: str, **changes: Any) -> Execution:
    given: dict[str, Any] = {"values": {"n": name}, "status": Status.SUCCEEDED, **changes}
    return execution(1, **given)


def _notice(key: str, **changes: Any) -> Mapping[str, Any]:
    body: dict[str, Any] = {"topic": "line", "execution": 1, "facts": {}}
    return {"key": key, "state": "sent", "ts": "", "error": "", "body": body, **changes}


def _broken(found: Found) -> str:
    """Everything that is broken, save that nobody drew the card in this workspace."""
    cases = [f"{each.promise}: {case}" for each in verdicts_of(found) for case in each.broken]
    return "\n".join(case for case in cases if "has no card" not in case)


def _with_rows(found: Found, **changes: Any) -> Found:
    return replace(found, rows=replace(found.rows, **changes))


def test_a_run_that_went_well_breaks_nothing(found: Found) -> None:
    assert _broken(found) == ""


def test_a_run_in_which_less_failed_than_was_planned_proves_nothing(found: Found) -> None:
    stroke = Stroke(after=1, blow=Blow.KILL, which=0, away=1.0)
    calm = replace(found, plan=replace(PLAN, strokes=(stroke,)), faults=faults_of(Moods()))

    said = _broken(calm)
    assert "kill -9: 1 less than planned" in said
    assert "Slack never did lost_answer" in said


def test_an_acked_request_without_an_execution_is_lost(found: Found) -> None:
    assert "n1 (slash, ) was acked and is gone" in _broken(_with_rows(found, executions=()))


def test_a_request_that_became_two_executions_was_accepted_twice(found: Found) -> None:
    two = (_done("n1"), replace(_done("n1"), id=2, request_key="key-2"))

    assert "n1 became #1, #2" in _broken(_with_rows(found, executions=two))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ({}, "did not run as key-1"),
        ({("n1", "key-1"): 2}, "ran 2 times as key-1"),
        ({("n1", "key-1"): 1, ("n1", "key-9"): 1}, "ran 2 times in 1 tries"),
        ({("n1", "key-1"): 1, ("n7", "key-7"): 1}, "n7 ran as key-7 and is no execution"),
    ],
)
def test_what_ran_another_number_of_times_than_once_is_named(
    found: Found, lines: Mapping[tuple[str, str], int], said: str
) -> None:
    record = replace(found.record, lines=Counter(dict(lines)))

    assert said in _broken(replace(found, record=record))


def test_a_row_that_says_something_else_than_the_platform_is_named(found: Found) -> None:
    record = replace(found.record, states={"key-1": RunState.FAILED})

    assert "is succeeded, failed to its platform" in _broken(replace(found, record=record))


def test_an_end_that_nobody_was_told_is_named(found: Found) -> None:
    assert "#1: nobody was told how it ended" in _broken(_with_rows(found, notices=[]))


def test_an_end_that_was_folded_into_no_digest_is_named(found: Found) -> None:
    folded = _notice("line:1:ended:ended", state="folded")

    assert "no digest tells of it" in _broken(_with_rows(found, notices=[folded]))


def test_a_message_told_twice_although_its_answer_came_is_named(found: Found) -> None:
    posts = [Sent(at=at, channel="C1", ts=f"{at}", lost=False) for at in (1.0, 2.0)]
    found.watch.sent["C1 line:1"] = posts

    assert "C1 line:1 stands 2 times, and no answer was lost" in _broken(found)


def test_one_message_told_twice_after_a_lost_answer_is_nobodys_fault(found: Found) -> None:
    posts = [Sent(at=at, channel="C1", ts=f"{at}", lost=at < 2) for at in (1.0, 2.0)]
    found.watch.sent["C1 line:1"] = posts

    assert _broken(found) == ""


def test_what_is_left_over_is_named(found: Found) -> None:
    left = Left(envelopes=1, notices=0, executions=0)

    assert "envelopes=1" in _broken(replace(found, left=left))
