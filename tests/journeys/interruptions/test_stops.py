"""A stop at any moment: what was begun ends, what was not is taken up again, nothing twice."""

import asyncio
import re
from collections import Counter

from tests.journeys.houses import House
from tests.journeys.programs import Program

ASKED = 12


async def test_a_burst_that_meets_a_stop_is_served_whole_and_once(
    house: House, bot: Program
) -> None:
    asked = [
        asyncio.create_task(
            house.workspace.slash("ana", "/job", f"run hello who=n{number:02}", channel="#ops")
        )
        for number in range(ASKED)
    ]
    await house.workspace.until(
        lambda: any("Say hello" in m.seen for m in house.workspace.messages("#ops")), timeout=20
    )
    assert await bot.stop() == 0
    gestures = await asyncio.gather(*asked)
    await bot.begin()

    acked = sum(gesture.latency is not None for gesture in gestures)
    await house.workspace.until(
        lambda: len(_done(house)) >= acked, timeout=60, why=f"{acked} are done"
    )
    assert set(_done(house).values()) == {1}


async def test_a_stop_lets_a_run_go_on_and_its_end_is_told(house: House, bot: Program) -> None:
    await house.workspace.slash("ana", "/job", "run count", channel="#ops")
    card = await house.message("#ops", "Count", "Waiting for approval")
    await house.workspace.click("bo", card, "approve")
    await house.message("#ops", "Count", "Running")

    assert await bot.stop() == 0
    await bot.begin()

    await house.line(card, "Done")
    counted = house.settings.jobthread_catalog.parent / "counted"
    assert counted.read_text().split() == ["ran"]


def _done(house: House) -> Counter[str]:
    """How often each greeted name is the end of a card."""
    cards = [m.seen for m in house.workspace.messages("#ops") if "Done" in m.seen]
    return Counter(name for seen in cards for name in set(re.findall(r"greeted (n\d\d)", seen)))
