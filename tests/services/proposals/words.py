"""Unclear words that a model is asked about, and what asking cost."""

from collections.abc import Callable
from datetime import UTC
from typing import Any

from bot.domain.intents import Intent, Unknown
from bot.services.proposals import Proposals, Said
from tests.fakes.values import OPS
from tests.services.staff import ANA
from tests.services.worlds import World

WORDS = "put the api live on our production machines"
BUDGET = 1_000_000
MONTH = "2026-11"

Make = Callable[..., Proposals]


def unclear(world: World, text: str = WORDS, intent: Any = None) -> Said:
    now = world.clock.now().astimezone(UTC)
    return Said(text=text, intent=intent or Unknown(text=text), place=OPS, now=now)


async def asked(world: World, proposals: Proposals, text: str = WORDS) -> Intent:
    return await proposals.better(ANA, unclear(world, text))


async def spent(world: World) -> int:
    async with world.store.reading() as tx:
        return await tx.spendings.spent(OPS.team, MONTH)


async def told(world: World) -> list[str]:
    """What the operators were told."""
    await world.deliver()
    return [post.text for post in world.chat.posts if post.place.channel == "COPERATORS"]
