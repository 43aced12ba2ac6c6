"""The state machine: which moves are allowed, and what a move leaves behind."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.domain.errors import Stale
from bot.domain.executions import LIVE, Status, run_digest, words_for
from tests.fakes.values import NOW, execution, person

S = Status
ALLOWED = {
    S.AWAITING_APPROVAL: {S.READY, S.SCHEDULED, S.REJECTED, S.EXPIRED, S.CANCELLED},
    S.SCHEDULED: {S.READY, S.CANCELLED, S.EXPIRED},
    S.READY: {S.SUBMITTING, S.SCHEDULED, S.CANCELLED, S.AWAITING_APPROVAL, S.EXPIRED},
    S.SUBMITTING: {
        S.RUNNING,
        S.READY,
        S.CANCELLING,
        S.CANCELLED,
        S.SUCCEEDED,
        S.FAILED,
        S.TIMED_OUT,
        S.LOST,
    },
    S.RUNNING: {
        S.READY,
        S.CANCELLING,
        S.CANCELLED,
        S.SUCCEEDED,
        S.FAILED,
        S.TIMED_OUT,
        S.LOST,
    },
    S.CANCELLING: {S.CANCELLED, S.SUCCEEDED, S.FAILED, S.TIMED_OUT, S.LOST},
}
"""Written out by hand beside the code's own table, so that a change there is a change here."""

ENDS = {S.SUCCEEDED, S.FAILED, S.TIMED_OUT, S.CANCELLED, S.REJECTED, S.EXPIRED, S.LOST}


@pytest.mark.parametrize(("before", "after"), list(product(Status, Status)))
def test_only_the_moves_of_the_table_are_allowed(before: Status, after: Status) -> None:
    standing = execution(status=before)

    if after in ALLOWED.get(before, set()):
        assert standing.moved_to(after, NOW).status is after
    else:
        with pytest.raises(Stale, match=words_for(before)):
            standing.moved_to(after, NOW)


@pytest.mark.parametrize("status", Status)
def test_an_end_is_exactly_what_nothing_follows(status: Status) -> None:
    assert status.is_final == (status in ENDS)
    assert not (status.is_final and status.is_live)


@pytest.mark.parametrize(("before", "after"), list(product(Status, Status)))
def test_only_what_is_lost_can_be_found_and_never_waits_to_be_started(
    before: Status, after: Status
) -> None:
    standing = execution(status=before, attempt=2, retries=3, due_at=NOW)

    if before is S.LOST and after in {S.RUNNING, S.SUCCEEDED, S.FAILED, S.TIMED_OUT, S.CANCELLED}:
        found = standing.found(after, NOW)
        assert (found.status, found.due_at) == (after, NOW if after is S.RUNNING else None)
        assert found.retries == (1 if after is S.RUNNING else 3)
    else:
        with pytest.raises(Stale):
            standing.found(after, NOW)


def test_a_move_is_a_new_value_and_leaves_the_old_one_alone() -> None:
    before = execution(status=S.READY)

    after = before.moved_to(S.SUBMITTING, NOW + timedelta(seconds=1))

    assert (before.status, before.changed_at) == (S.READY, NOW)
    assert after.changed_at == NOW + timedelta(seconds=1)


def test_an_end_writes_when_it_ended_and_needs_no_more_attention() -> None:
    ended = execution(status=S.RUNNING, due_at=NOW).moved_to(S.FAILED, NOW)

    assert (ended.ended_at, ended.due_at) == (NOW, None)


def test_how_long_it_took_is_known_only_of_what_began_and_ended() -> None:
    begun = execution(status=S.RUNNING, started_at=NOW)

    assert begun.took is None
    assert execution(status=S.READY).moved_to(S.CANCELLED, NOW).took is None
    assert begun.moved_to(S.SUCCEEDED, NOW + timedelta(seconds=9)).took == timedelta(seconds=9)


class Walk(RuleBasedStateMachine):
    """Any order of attempted moves, as a bad day would bring them."""

    def __init__(self) -> None:
        super().__init__()
        self.now = execution(status=S.AWAITING_APPROVAL)
        self.ended = False

    @rule(to=st.sampled_from(list(Status)))
    def attempt(self, to: Status) -> None:
        before = self.now
        try:
            self.now = before.moved_to(to, NOW)
        except Stale:
            assert to not in ALLOWED.get(before.status, set())
        else:
            assert not self.ended, "nothing follows an end"
            self.ended = to in ENDS

    @invariant()
    def an_end_and_only_an_end_has_a_time(self) -> None:
        assert (self.now.ended_at is not None) == self.ended

    @invariant()
    def nothing_is_live_before_it_was_claimed(self) -> None:
        assert (self.now.status in LIVE) == self.now.status.is_live


TestWalk = Walk.TestCase


_digested = {
    "job_version": "v1",
    "values": {"app": "api", "count": 3},
    "environment": "prod",
    "policy_version": "p1",
    "requester": person("UANA"),
}


@pytest.mark.parametrize(
    ("ingredient", "other"),
    [
        ("job_version", "v2"),
        ("values", {"app": "web", "count": 3}),
        ("values", {"app": "api", "count": "3"}),
        ("values", {"app": "api"}),
        ("values", {"app": "api", "count": 3, "more": True}),
        ("environment", "dev"),
        ("policy_version", "p2"),
        ("requester", person("UBO")),
    ],
)
def test_an_approval_is_worth_nothing_once_any_ingredient_changed(
    ingredient: str, other: object
) -> None:
    changed = {**_digested, ingredient: other}

    assert run_digest(**changed) != run_digest(**_digested)  # pyright: ignore[reportArgumentType]  values of mixed types


@given(st.permutations(["app", "count", "env", "who"]))
def test_the_order_in_which_values_were_given_does_not_matter(names: list[str]) -> None:
    values = {name: name.upper() for name in names}

    digest = run_digest(
        job_version="v1",
        values=values,
        environment="",
        policy_version="p1",
        requester=person("UANA"),
    )

    assert digest == run_digest(
        job_version="v1",
        values=dict(sorted(values.items())),
        environment="",
        policy_version="p1",
        requester=person("UANA"),
    )
