"""The web room of a world, and the passkeys that people hold."""

from dataclasses import dataclass, field
from typing import Any

from bot.adapters.passkeys import WebAuthn
from bot.domain.actors import Actor
from bot.domain.executions import Execution
from bot.domain.passkeys import StepUpLink
from bot.services.errands import Errands
from bot.services.stepups import StepUps
from tests.fakes.authenticators import ORIGIN, Authenticator
from tests.fakes.values import job
from tests.services.staff import asking
from tests.services.worlds import PROD, World

STEP_UP: dict[str, Any] = {"approvals": (asking(step_up=True),)}


@dataclass(kw_only=True)
class Room:
    """The web room of a world, and the passkeys that people hold."""

    world: World
    step_ups: StepUps
    errands: Errands
    held: dict[str, Authenticator] = field(default_factory=dict[str, Authenticator])

    async def register(self, who: Actor, key: Authenticator | None = None, **said: Any) -> str:
        """Somebody registers a passkey; who has one confirms with it."""
        link = await self.step_ups.to_register(who, "COPS")
        page = await self.step_ups.opened(token_of(link), ORIGIN)
        key = key or Authenticator()
        answer: dict[str, Any] = {"make": key.make(page.make), **said}
        if page.prove is not None and "prove" not in said:
            answer["prove"] = self.held[who.id.user].prove(page.prove)
        self.held.setdefault(who.id.user, key)
        return await self.finish(link, answer)

    async def ask(self, **changes: Any) -> Execution:
        """A minute later something is asked for that takes a passkey."""
        self.world.clock.advance(minutes=1)
        self.world.catalog.put(job())
        return (await self.world.ask(given=PROD, **changes)).execution

    async def link(self, who: Actor, asked: Execution, comment: str = "") -> StepUpLink:
        link = await self.step_ups.to_approve(who, asked.id, asked.digest, comment)
        assert link is not None
        return link

    async def approve(self, who: Actor, asked: Execution, key: Authenticator | None = None) -> str:
        link = await self.link(who, asked)
        return await self.finish(link, await self.answer(link, key or self.held[who.id.user]))

    async def answer(self, link: StepUpLink, key: Authenticator) -> dict[str, Any]:
        page = await self.step_ups.opened(token_of(link), ORIGIN)
        return {"prove": key.prove(page.prove)}

    async def finish(self, link: StepUpLink, answer: dict[str, Any], origin: str = ORIGIN) -> str:
        return await self.step_ups.finished(token_of(link), origin, answer)

    async def rules(self, subject: str) -> list[str]:
        """The rules of the refusals that are written down."""
        entries = await self.world.audited(subject)
        return [e.detail["rule"] for e in entries if e.tag == "job:access:refused"]


def room_of(world: World, ceremonies: WebAuthn | None) -> Room:
    errands = Errands(
        store=world.store, people=world.people, clock=world.clock, ceremonies=ceremonies
    )
    step_ups = StepUps(
        store=world.store,
        policy=world.policy,
        clock=world.clock,
        approvals=world.approvals,
        errands=errands,
    )
    return Room(world=world, step_ups=step_ups, errands=errands)


def token_of(link: StepUpLink) -> str:
    return link.url.partition("#")[2]
