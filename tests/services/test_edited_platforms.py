"""An edit of the platforms file needs a restart, which the operators hear once for each edit."""

from tests.services.notices import told_operators
from tests.services.worlds import World


async def test_each_edit_is_told_once_however_many_processes_see_it(world: World) -> None:
    other = World(world.outside, world.store)
    for process in (world, other, world):
        await process.operators.platforms_edited("first")
    before = await told_operators(world)
    await other.operators.platforms_edited("second")

    assert len(before) == 1
    assert "jobthread check" in before[0]
    assert len(await told_operators(world)) == 2
