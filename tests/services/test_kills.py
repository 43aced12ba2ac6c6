"""Killed between any two steps, the bot comes to the same end: run once, each fact told once."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from tests.fakes.databases import Kind, database
from tests.services.kills import Fuse, Killed, mortal_chat, mortal_platform, mortal_store
from tests.services.stories import STORIES, Story, carry_out, is_the_end, outside_of
from tests.services.worlds import World, opened


async def _restart(world: World) -> None:
    """As wiring begins: what the last process left half done comes first."""
    world.clock.advance(3)
    await world.delivery.restarted()
    await world.submission.reconcile(restarted=True)
    await world.resumptions.resume_due(restarted=True)
    await world.approvals.expire_due()
    for envelope in await world.inbox.left_over():
        await carry_out(world, envelope.key)


async def _lived(kind: Kind, folder: Path, story: Story, *deaths: int) -> Sequence[Fuse]:
    """The story told by processes that die at these moments in turn, and by one that lives."""
    async with database(kind, folder, f"{'-'.join(map(str, deaths))}.db") as url:
        return await _lived_on(url, story, deaths)


async def _lived_on(url: str, story: Story, deaths: Sequence[int]) -> Sequence[Fuse]:
    outside = outside_of(story)
    fuses = [Fuse(moment) for moment in (*deaths, None)]
    for number, fuse in enumerate(fuses):
        async with opened(url) as store:
            world = World(
                outside,
                mortal_store(store, fuse),
                chat=mortal_chat(outside.chat, fuse),
                platform=mortal_platform(outside.platform, fuse),
            )
            with suppress(Killed):
                if number:
                    await _restart(world)
                await story.walk(world)
                await world.settle()
    async with opened(url) as store:
        await is_the_end(World(outside, store), story)
    return fuses


PARTS = 4
"""The moments of a story are shared out over this many tests, so that they can run beside."""

SAMPLE = 101
"""Of the moments between effects every so many is tried; all of them were, when this was built."""

EFFECTS = {Kind.SQLITE: 1, Kind.POSTGRES: 5}
"""Of the effects every so many is tried: a database of its own for each is dearer on a server."""


async def _same_end(kind: Kind, folder: Path, name: str, *deaths: int) -> None:
    try:
        await _lived(kind, folder, STORIES[name], *deaths)
    except AssertionError as error:
        raise AssertionError(f"{name}: killed at {deaths}") from error


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", STORIES)
async def test_killed_after_any_effect_it_comes_to_the_same_end(
    kind: Kind, tmp_path: Path, name: str, part: int
) -> None:
    [whole] = await _lived(kind, tmp_path, STORIES[name])

    for moment in whole.effects[part :: PARTS * EFFECTS[kind]]:
        await _same_end(kind, tmp_path, name, moment)


@pytest.mark.parametrize("name", STORIES)
async def test_killed_at_any_other_moment_it_comes_to_the_same_end(
    kind: Kind, tmp_path: Path, name: str
) -> None:
    [whole] = await _lived(kind, tmp_path, STORIES[name])

    for moment in range(SAMPLE, whole.moments, SAMPLE * EFFECTS[kind]):
        await _same_end(kind, tmp_path, name, moment)


@pytest.mark.parametrize("name", STORIES)
async def test_killed_again_while_it_begins_again_it_comes_to_the_same_end(
    kind: Kind, tmp_path: Path, name: str
) -> None:
    [whole] = await _lived(kind, tmp_path, STORIES[name])

    for number, moment in enumerate(whole.effects[:: 9 * EFFECTS[kind]]):
        await _same_end(kind, tmp_path, name, moment, 3 + 11 * number)
