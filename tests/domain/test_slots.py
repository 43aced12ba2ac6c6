"""Slack's ten connections are shared out, whoever comes and goes, and never exceeded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.processes import Process, Role
from bot.domain.slots import SLACK_ALLOWS, sockets_for

START = datetime(2026, 3, 1, tzinfo=UTC)


def process(number: int, sockets: int = 0, roles: frozenset[Role] | None = None) -> Process:
    at = START + timedelta(seconds=number // 2)  # two always start at the same moment
    return Process(
        id=f"p{number:03}",
        host="h",
        name="n",
        roles=frozenset({Role.CHAT}) if roles is None else roles,
        version="1",
        started_at=at,
        seen_at=at,
        sockets=sockets,
    )


class Cluster:
    """Processes that beat one after the other in any order, as the service does."""

    def __init__(self, wanted: int = 2) -> None:
        self.wanted = wanted
        self.rows: dict[str, Process] = {}
        self.numbers = 0

    def start(self) -> None:
        new = process(self.numbers)
        self.numbers += 1
        self.rows[new.id] = new

    def die(self, chance: int) -> None:
        if self.rows:
            del self.rows[sorted(self.rows)[chance % len(self.rows)]]

    def beat(self, chance: int) -> None:
        if self.rows:
            own = sorted(self.rows)[chance % len(self.rows)]
            allowed = sockets_for(list(self.rows.values()), own, self.wanted)
            self.rows[own] = replace(self.rows[own], sockets=allowed)

    @property
    def held(self) -> list[int]:
        return [each.sockets for _, each in sorted(self.rows.items())]


STEPS = st.lists(
    st.tuples(st.sampled_from(["start", "start", "beat", "beat", "beat", "die"]), st.integers(0)),
    max_size=120,
)


@given(STEPS, st.integers(1, 10))
def test_never_more_than_ten_are_held(steps: list[tuple[str, int]], wanted: int) -> None:
    cluster = Cluster(wanted)
    for step, chance in steps:
        match step:
            case "start":
                cluster.start()
            case "die":
                cluster.die(chance)
            case _:
                cluster.beat(chance)
        assert sum(cluster.held) <= SLACK_ALLOWS


@given(STEPS, st.integers(1, 10))
def test_two_rounds_of_beats_give_everybody_their_share(
    steps: list[tuple[str, int]], wanted: int
) -> None:
    cluster = Cluster(wanted)
    for step, chance in steps:
        cluster.start() if step == "start" else cluster.beat(chance)
    for _ in range(2):
        for number in range(len(cluster.rows)):
            cluster.beat(number)

    count = len(cluster.rows)
    share = min(wanted, max(1, SLACK_ALLOWS // count)) if count else 0
    assert cluster.held == [share if place < SLACK_ALLOWS else 0 for place in range(count)]


@pytest.mark.parametrize(
    ("count", "held"),
    [(1, [2]), (5, [2] * 5), (6, [1] * 6), (10, [1] * 10), (12, [1] * 10 + [0, 0])],
)
def test_two_each_up_to_five_then_one_each_then_who_came_first(count: int, held: list[int]) -> None:
    cluster = Cluster()
    for _ in range(count):
        cluster.start()
    for number in range(count):
        cluster.beat(number)

    assert cluster.held == held


def test_who_stands_by_takes_over_when_a_place_is_free() -> None:
    cluster = Cluster()
    for _ in range(11):
        cluster.start()
    for number in range(11):
        cluster.beat(number)
    cluster.die(0)
    cluster.beat(9)

    assert cluster.held == [1] * 10


def test_of_two_that_start_together_the_first_in_order_has_precedence() -> None:
    living = [process(number, sockets=2) for number in range(4)]
    both = [process(4), process(5)]

    assert [sockets_for([*living, *both], each.id, 2) for each in both] == [1, 1]
    nine = [process(number, sockets=1) for number in range(9)]
    late = [process(9), process(10)]
    assert [sockets_for([*nine, *late], each.id, 2) for each in late] == [1, 0]


def test_only_processes_that_chat_count() -> None:
    workers = [process(number, roles=frozenset({Role.WORKER})) for number in range(20)]
    own = process(30)

    assert sockets_for([*workers, own], own.id, 2) == 2
    assert sockets_for([*workers, own], workers[0].id, 2) == 0


def test_a_process_that_is_not_known_to_live_holds_nothing() -> None:
    assert sockets_for([], "p", 2) == 0
