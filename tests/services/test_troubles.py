"""Whatever fails for a while and comes back, the bot goes on and comes to the same end."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest

from bot.domain.errors import PortError
from tests.fakes.databases import Kind, database
from tests.services.kills import Fuse, Outage, mortal_chat, mortal_platform, mortal_store
from tests.services.stories import STORIES, is_the_end, outside_of
from tests.services.worlds import World, opened


class Steady(World):
    """A process whose rounds end as those of the scheduler do: an error is one round lost."""

    async def tick(self) -> int:
        rounds = (
            self.approvals.expire_due,
            self.submission.reconcile,
            self.submission.submit_due,
            self.polling.poll_due,
            self.resumptions.resume_due,
            self.delivery.deliver_due,
            self.hosts.lose_gone,
            self.returns.look,
        )
        return sum([await self._round(each) for each in rounds])

    async def _round(self, work: Callable[[], Awaitable[int]]) -> int:
        try:
            return await work()
        except PortError:
            self.clock.advance(1)
            return 1


EVERY = {Kind.SQLITE: 6, Kind.POSTGRES: 20}
"""Of the effects every so many fails in turn; every one did, when this was built."""

TOLD = [*((Kind.SQLITE, name) for name in STORIES), (Kind.POSTGRES, "retried")]
"""What the services do is the same on both databases, and dearer on a server."""

LONG = 40
"""Calls that fail one after the other, as while a database is replaced by its standby."""


async def _told(kind: Kind, folder: Path, name: str, fuse: Fuse) -> None:
    """The story, while the database, the platform and Slack fail as this fuse has it."""
    story = STORIES[name]
    async with database(kind, folder, f"{uuid4().hex}.db") as url, opened(url) as store:
        outside = outside_of(story)
        world = Steady(
            outside,
            mortal_store(store, fuse),
            chat=mortal_chat(outside.chat, fuse),
            platform=mortal_platform(outside.platform, fuse),
        )
        # What the test itself looks at never fails.
        world.store = store
        await story.walk(world)
        await world.settle(200)
        await is_the_end(World(outside, store), story)


async def _same_end(kind: Kind, folder: Path, name: str, at: int, length: int) -> None:
    try:
        await _told(kind, folder, name, Outage(at, length))
    except AssertionError as error:
        raise AssertionError(f"{name}: {length} failed from {at} on") from error


@pytest.mark.parametrize(("kind", "name"), TOLD)
async def test_an_effect_whose_answer_was_lost_happens_once(
    kind: Kind, tmp_path: Path, name: str
) -> None:
    whole = Fuse()
    await _told(kind, tmp_path, name, whole)

    for moment in whole.effects[4 :: EVERY[kind]]:
        await _same_end(kind, tmp_path, name, moment, 1)


@pytest.mark.parametrize(("kind", "name"), TOLD)
async def test_an_outage_of_everything_is_outlived(kind: Kind, tmp_path: Path, name: str) -> None:
    whole = Fuse()
    await _told(kind, tmp_path, name, whole)

    for moment in range(40, whole.moments, 50 * EVERY[kind]):
        await _same_end(kind, tmp_path, name, moment, LONG)
