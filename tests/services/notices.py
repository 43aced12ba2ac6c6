"""What tests of delivery have told, and what the operators read of it."""

from bot.domain.notices import LineKind
from bot.services.moves import show_card
from bot.services.sayings import say
from tests.services.worlds import World


async def said_line(world: World, kind: LineKind, once: str = "") -> None:
    found = await world.now()
    async with world.store.transaction() as tx:
        await say(tx, found, kind, world.clock.now(), once=once)


async def shown_card(world: World) -> None:
    found = await world.now()
    async with world.store.transaction() as tx:
        await show_card(tx, found, world.clock.now())


async def told_operators(world: World) -> list[str]:
    """What the operators' channel reads once troubles of a moment were gathered."""
    world.clock.advance(11)
    await world.deliver()
    return world.chat.messages("COPERATORS")
