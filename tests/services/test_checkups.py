"""A checkup never raises: what does not answer is one of the signs."""

from collections.abc import Sequence

from bot.domain.errors import Temporary
from bot.domain.processes import Process, Role
from bot.domain.vitals import Ears, Round
from bot.services.checkups import NO_DATABASE, Checkups
from bot.services.presences import Presences
from tests.fakes.values import NOW
from tests.services.worlds import World


class Away(Presences):
    """On a database that does not answer."""

    async def living(self) -> Sequence[Process]:
        raise Temporary("the database did not answer")


def _checkups(world: World, kind: type[Presences]) -> Checkups:
    own = Process(
        id="p1",
        host="h",
        name="n",
        roles=frozenset(Role),
        version="0",
        started_at=NOW,
        seen_at=NOW,
    )
    return Checkups(
        clock=world.clock,
        presences=kind(store=world.store, clock=world.clock, own=own),
        rounds=lambda: [Round(name="poll", age=1, allowed=300)],
        ears=lambda: Ears(wanted=2, connected=1),
    )


async def test_a_process_that_is_well_has_nothing_to_say(world: World) -> None:
    vitals = await _checkups(world, Presences).now()

    assert vitals.hindrances == ()
    assert vitals.heard_age is None


async def test_a_database_that_is_away_hinders_and_is_no_fault_of_the_process(world: World) -> None:
    vitals = await _checkups(world, Away).now()

    assert vitals.faults == ()
    assert vitals.hindrances == (NO_DATABASE,)
