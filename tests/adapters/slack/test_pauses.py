"""Nobody storms back: pauses grow, are bounded, and differ between processes."""

import random

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.sockets.frames import Reason
from bot.adapters.sockets.pauses import Backoff, Pauses

SHORT_LIVES = st.lists(st.floats(0, 59.9), min_size=1, max_size=2_000)
REASONS = st.sampled_from([reason for reason in Reason if reason is not Reason.REBUILT])


def pauses(seed: int = 0) -> Pauses:
    return Pauses(backoff=Backoff(), chance=random.Random(seed))


@given(SHORT_LIVES, REASONS, st.integers())
def test_short_lives_are_followed_by_growing_bounded_pauses(
    lives: list[float], reason: Reason, seed: int
) -> None:
    held = pauses(seed)

    waits = [held.after(reason, lived) for lived in lives]

    assert all(0.5 <= wait <= 60 for wait in waits)
    assert all(wait >= min(60, 2**number) / 2 for number, wait in enumerate(waits))


@given(SHORT_LIVES)
def test_who_lived_long_may_come_back_at_once(lives: list[float]) -> None:
    held = pauses()
    for lived in lives:
        held.after(Reason.CLOSED, lived)

    assert held.after(Reason.REFRESH_REQUESTED, 60) == 0
    assert held.after(Reason.CLOSED, 0) <= 1


def test_too_many_is_a_reason_to_wait_however_long_one_lived() -> None:
    assert pauses().after(Reason.TOO_MANY_WEBSOCKETS, 10_000) >= 0.5


def test_a_rebuilding_begins_with_no_pause() -> None:
    held = pauses()
    for _ in range(10):
        held.after(Reason.CLOSED, 0)

    assert held.after(Reason.REBUILT, 0) == 0


@given(st.floats(0, 3_600), REASONS, st.floats(0, 1_000))
def test_what_slack_asks_for_is_waited_for(asked: float, reason: Reason, lived: float) -> None:
    assert pauses().after(reason, lived, asked=asked) >= asked


def test_two_processes_do_not_come_back_together() -> None:
    assert pauses(1).after(Reason.CLOSED, 0) != pauses(2).after(Reason.CLOSED, 0)
