"""Schedules of others, edited buttons, and a yes to what one's own schedule asks."""

import json
from collections.abc import Sequence

import pytest

from blocks import ids
from bot.domain.schedules import Schedule
from bot.wiring.outside import SystemClock
from tests.adapters.database.test_schedules import schedule
from tests.adversaries.grounds import Ground
from tests.fakes.values import person

ACTIONS = (
    ids.SCHEDULE_PAUSE,
    ids.SCHEDULE_RESUME,
    ids.SCHEDULE_SKIP,
    ids.SCHEDULE_CANCEL,
    ids.SCHEDULE_HAND_OVER,
    ids.SCHEDULE_ACCEPT,
    ids.SCHEDULE_DECLINE,
)


async def _kept(ground: Ground, who: str, *, is_due: bool = False) -> Schedule:
    """A schedule of `wipe`, as if it had been made before; it comes now, or in a while."""
    now = SystemClock().now()
    made = schedule(
        owner=person(who),
        owner_name=who[1:].title(),
        job="wipe",
        job_title="Wipe",
        values={"disk": "sda"},
        cron="0 0 1 1 *",
        zone="UTC",
        next_at=now if is_due else now.replace(year=now.year + 1),
        wake_at=now if is_due else None,
    )
    async with ground.store.transaction() as tx:
        return await tx.schedules.add(made)


def _values(kept: Schedule) -> Sequence[str]:
    number, revision = kept.id, kept.revision
    pairs: list[object] = [
        {"s": number, "v": revision},
        {"s": number, "v": revision + 1},
        {"s": number, "v": str(revision)},
        {"s": True, "v": revision},
        {"s": -number, "v": revision},
        {"s": 2**40, "v": revision},
        {"e": number, "d": ""},
        [number, revision],
        None,
    ]
    return [*map(json.dumps, pairs), "", "{", "[" * 1_900]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", ["dana", "bo"])
async def test_a_button_of_anothers_schedule_changes_nothing_and_is_answered(
    ground: Ground, who: str, action: str
) -> None:
    kept = await _kept(ground, "UANA")
    card, _ = await ground.asked()
    own = await ground.slack.click(who, card, "details")

    for value in _values(kept):
        payload = ground.forged(own.payload, action_id=action, value=value)
        # A response_url speaks five times; what comes after it goes by other ways.
        assert await ground.answered(who, lambda p=payload: ground.slack.send("interactive", p))

    async with ground.store.reading() as tx:
        assert await tx.schedules.get(kept.id) == kept


async def test_nobody_says_yes_to_what_their_own_schedule_asks(ground: Ground) -> None:
    await _kept(ground, "UMAL", is_due=True)
    card = await ground.house.message("#ops", "Waiting for approval", "Wipe sda")

    for who in ("mal", "mal2"):
        told = await ground.answered(who, lambda who=who: ground.slack.click(who, card, "approve"))
        assert "somebody else must decide" in told

    assert ground.ran() == []


async def test_a_schedule_that_somebody_wrote_without_the_right_runs_nothing(
    ground: Ground,
) -> None:
    kept = await _kept(ground, "UANA", is_due=True)

    await ground.house.message("#ops", "is paused", "may not schedule")

    async with ground.store.reading() as tx:
        found = await tx.schedules.get(kept.id)
    assert found is not None
    assert found.last_execution is None
    assert ground.ran() == []
