"""Pauses that tests put runs into, and answers that people give to them."""

from collections.abc import Sequence
from typing import Any

from bot.domain.actors import Actor
from bot.domain.executions import Execution
from bot.domain.parameters import Kind, Parameter
from bot.domain.pauses import Pause
from bot.domain.waits import Wait
from bot.services.replies import Replied, Said
from tests.services.staff import BO
from tests.services.worlds import PROD, World, approved_job

PLAIN = Pause(key="p1", title="Go on?")
CHOICES = Pause(key="p2", title="Ship it?", choices=("Approve", "Reject"))
COUNT = Parameter(name="count", kind=Kind.INTEGER, required=True, minimum=1, maximum=9)
TOKEN = Parameter(name="token", sensitive=True)
FORM = Pause(key="p3", title="How many?", parameters=(COUNT, TOKEN))


async def paused(world: World, pause: Pause, **changes: Any) -> Wait:
    """A run of Ana's that waits there, with everybody asked who is to be asked."""
    await world.running(**changes)
    await begun(world, pause)
    return await wait_of(world)


async def paused_in_prod(world: World, pause: Pause) -> Wait:
    """A run that Bo approved, and that waits there."""
    world.catalog.put(approved_job())
    asked = (await world.ask(given=PROD)).execution
    await world.decide(BO, asked)
    await world.submission.submit_due()
    await begun(world, pause)
    return await wait_of(world)


async def begun(world: World, pause: Pause) -> None:
    """The run that goes on pauses, which is seen."""
    execution = await world.now()
    world.platform.pause(execution.request_key, pause)
    await seen(world)
    await world.resumptions.resume_due()
    await world.deliver()


async def seen(world: World) -> Execution:
    """The platform is looked at once."""
    execution = await world.now()
    await world.polling.changed("fake", execution.request_key)
    return await world.now()


async def wait_of(world: World) -> Wait:
    """The newest wait of the execution."""
    async with world.store.reading() as tx:
        waits = await tx.waits.of(1001)
    return waits[0]


async def answer(world: World, who: Actor, wait: Wait, **changes: Any) -> Replied:
    said = Said(execution=wait.execution, mark=wait.mark, **changes)
    return await world.replies.reply(who, said)


async def handed_over(world: World) -> Wait:
    """The worker had its turn."""
    await world.resumptions.resume_due()
    await world.deliver()
    return await wait_of(world)


def asked_in_thread(world: World) -> Sequence[str]:
    """What the messages that ask in the channel's thread show now."""
    posts = [each for each in world.chat.posts if each.text.startswith("pause ")]
    return [each.text for each in posts if each.ref.channel == "COPS"]


def asked_by_dm(world: World) -> dict[str, str]:
    posts = [each for each in world.chat.posts if each.text.startswith("pause ")]
    return {each.ref.channel: each.text for each in posts if each.ref.channel != "COPS"}
