"""A plan comes from its seed alone."""

import pytest

from chaos.__main__ import ALONE, FULL, QUICK
from chaos.plans import Blow, Size, Wish, lines_of, plan_of


def test_the_same_seed_gives_the_same_plan() -> None:
    plans = [plan_of(5, FULL, replicas=2, database=True) for _ in range(2)]

    assert list(lines_of(plans[0])) == list(lines_of(plans[1]))


def test_another_seed_gives_another_plan() -> None:
    plans = [plan_of(seed, FULL, replicas=2, database=True) for seed in (5, 6)]

    assert plans[0].asks != plans[1].asks
    assert plans[0].strokes != plans[1].strokes


@pytest.mark.parametrize("size", [FULL, ALONE], ids=["postgres", "sqlite"])
def test_a_full_run_is_as_large_as_is_promised_on_each_database(size: Size) -> None:
    plan = plan_of(1, size, replicas=2, database=True)

    assert len(plan.asks) >= 2_000
    assert sum(ask.wish in {Wish.APPROVE, Wish.APPROVE_TOGETHER} for ask in plan.asks) >= 500


def test_the_short_run_strikes_with_everything() -> None:
    plan = plan_of(7, QUICK, replicas=2, database=True)

    assert {stroke.blow for stroke in plan.strokes} == set(Blow)


def test_every_replica_is_killed() -> None:
    plan = plan_of(1, FULL, replicas=2, database=True)

    assert {stroke.which for stroke in plan.strokes if stroke.blow is Blow.KILL} == {0, 1}


def test_a_database_that_is_a_file_is_not_struck() -> None:
    plan = plan_of(1, ALONE, replicas=1, database=False)

    blows = {stroke.blow for stroke in plan.strokes}
    assert Blow.KILL in blows
    assert not blows & {Blow.DATABASE_RESTARTS, Blow.DATABASE_CRASHES}


def test_people_do_all_that_people_do() -> None:
    plan = plan_of(1, FULL, replicas=2, database=True)

    assert {ask.wish for ask in plan.asks} == set(Wish)
