"""An endpoint that is unwell is left alone, and tried again by one question at a time."""

from datetime import timedelta

from bot.services.breakers import RESTS, TROUBLES, Breaker
from tests.fakes.values import NOW

SOON = timedelta(seconds=1)


def opened() -> Breaker:
    breaker = Breaker()
    for _ in range(TROUBLES):
        breaker.ended(NOW, well=False)
    return breaker


def test_troubles_that_are_not_in_a_row_do_not_open_it() -> None:
    breaker = Breaker()
    for _ in range(TROUBLES * 2):
        breaker.ended(NOW, well=False)
        breaker.ended(NOW, well=True)

    assert breaker.lets(NOW)
    assert not breaker.is_open


def test_after_a_rest_one_question_tries_and_the_others_wait_for_it() -> None:
    breaker, later = opened(), NOW + RESTS + SOON

    assert not breaker.lets(NOW + SOON)
    assert [breaker.lets(later), breaker.lets(later)] == [True, False]
    breaker.ended(later, well=True)
    assert breaker.lets(later)


def test_a_try_that_fails_begins_another_rest() -> None:
    breaker, later = opened(), NOW + RESTS + SOON

    assert breaker.lets(later)
    breaker.ended(later, well=False)

    assert not breaker.lets(later + RESTS - SOON)
    assert breaker.lets(later + RESTS + SOON)


def test_a_try_of_which_nobody_hears_does_not_close_it_for_good() -> None:
    breaker, later = opened(), NOW + RESTS + SOON

    assert breaker.lets(later)

    assert breaker.lets(later + RESTS + SOON)


def test_a_clock_that_was_put_back_does_not_make_it_rest_for_long() -> None:
    assert opened().lets(NOW - timedelta(days=1))
