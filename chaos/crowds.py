"""People: they ask, ask again when nobody heard them, decide, withdraw and stop."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass

from chaos.plans import APPROVERS, Ask, Plan, Way, Wish
from chaos.towns import boss, person, room
from chaos.watches import Watch, offers
from simulator import Gesture, Workspace

AT_ONCE = 16
"""People who ask at the same time."""

WAITS_FOR = 30.0
"""Seconds after which somebody who clicked and saw nothing happen clicks again."""

LOOKS_FOR = 20.0
"""Seconds for which somebody who asked looks for their card before they go on."""

MOST_TRIES = 40

MOST_ASKED = 200
LONGEST_PAUSE = 5.0
"""Seconds between two tries of somebody whom nobody hears; a quarter of an hour in all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A request as it was made: `name` is unique to the try."""

    ask: Ask
    name: str
    gesture: Gesture

    @property
    def was_taken(self) -> bool:
        return bool(self.gesture.acked)


class Crowd:
    """Everybody. `asked` are all tries, `given_up` sentences about what people had to give up."""

    def __init__(self, workspace: Workspace, watch: Watch, plan: Plan) -> None:
        self._made = 0
        self._more_made = asyncio.Condition()
        self.asked: list[Asked] = []
        self.clicks: list[Gesture] = []
        self.given_up: list[str] = []
        self._workspace = workspace
        self._watch = watch
        self._plan = plan
        self._asks = {ask.number: ask for ask in plan.asks}
        self._modals = {boss(number): asyncio.Lock() for number in range(APPROVERS)}
        self._acts: set[asyncio.Task[None]] = set()
        watch.on_card = self._notice

    async def ask_all(self) -> None:
        """Everything that the plan asks for; what is done about it goes on afterwards."""
        room_for = asyncio.Semaphore(AT_ONCE)

        async def one(ask: Ask) -> None:
            async with room_for:
                await asyncio.sleep(ask.pause)
                await self._ask(ask)
            async with self._more_made:
                self._made += 1
                self._more_made.notify_all()

        async with asyncio.TaskGroup() as group:
            for ask in self._plan.asks:
                group.create_task(one(ask))

    async def until_made(self, count: int) -> None:
        """Return when so many requests were made, heard or not."""
        async with self._more_made:
            await self._more_made.wait_for(lambda: self._made >= count)

    @property
    def is_busy(self) -> bool:
        """Whether anybody still acts, or Slack still has to bring what somebody said."""
        return bool(self._acts) or self._watch.brings_again(
            str(each.gesture.payload.get("event_id"))
            for each in self.asked
            if each.ask.way is Way.MENTION
        )

    async def close(self) -> None:
        for act in self._acts:
            act.cancel()
        await asyncio.gather(*self._acts, return_exceptions=True)

    def _begin(self, act: Coroutine[None, None, object]) -> None:
        async def acting() -> None:
            await act

        task = asyncio.create_task(acting())
        self._acts.add(task)
        task.add_done_callback(self._acts.discard)

    async def _ask(self, ask: Ask) -> None:
        """Ask until somebody hears it; each try has its own value, for any may have been heard."""
        for tried in range(MOST_ASKED):
            if await self._try(ask, f"{ask.name}-{tried}" if tried else ask.name):
                return
            await asyncio.sleep(min(0.5 * (tried + 1), LONGEST_PAUSE))
        self.given_up.append(f"{ask.name} was never heard")

    async def _try(self, ask: Ask, name: str) -> bool:
        """Whether it was heard; an event that was not comes again by itself."""
        gesture = await self._say(ask, name)
        self.asked.append(Asked(ask=ask, name=name, gesture=gesture))
        if ask.repeated:
            self._begin(self._workspace.resend(gesture))
        heard = bool(gesture.acked) or ask.way is Way.MENTION
        if heard:
            await self._seen(lambda: self._watch.card(name), LOOKS_FOR)
        return heard

    async def _say(self, ask: Ask, name: str) -> Gesture:
        who, where, words = person(ask.person), room(ask.channel), f"run {ask.job} n={name}"
        if ask.way is Way.MENTION:
            return await self._workspace.mention(who, words, where)
        return await self._workspace.slash(who, "/job", words, channel=where)

    def _notice(self, name: str, number: int) -> None:
        ask = self._asks[number]
        if ask.wish is not Wish.NOTHING:
            self._begin(self._act(ask, name))

    async def _act(self, ask: Ask, name: str) -> None:
        chance = random.Random(f"{self._plan.seed} {name}")
        first, second = chance.sample(sorted(self._modals), 2)
        who = person(ask.person)
        match ask.wish:
            case Wish.APPROVE:
                await self._until_gone(name, "approve", lambda: self._click(first, name, "approve"))
            case Wish.APPROVE_TOGETHER:
                self._begin(self._click(second, name, "approve"))
                await self._until_gone(name, "approve", lambda: self._click(first, name, "approve"))
            case Wish.REJECT:
                await self._until_gone(name, "reject", lambda: self._reject(first, name))
            case Wish.WITHDRAW | Wish.STOP:
                await asyncio.sleep(chance.uniform(0.5, 3.0))
                await self._until_gone(name, "cancel", lambda: self._click(who, name, "cancel"))
            case Wish.NOTHING:
                return

    async def _until_gone(self, name: str, action: str, act: Callable[[], Awaitable[None]]) -> None:
        """Do it again until the card no longer offers it."""
        for _ in range(MOST_TRIES):
            if not offers(self._watch.card(name), action):
                return
            await act()
            if await self._seen(lambda: not offers(self._watch.card(name), action), WAITS_FOR):
                return
        self.given_up.append(f"{name} still offers {action}")

    async def _click(self, who: str, name: str, action: str) -> None:
        card = self._watch.card(name)
        if card is None or not offers(card, action):
            return
        gesture = await self._workspace.click(who, card, action)
        self.clicks.append(gesture)
        if not gesture.acked:
            await asyncio.sleep(0.5)

    async def _reject(self, who: str, name: str) -> None:
        async with self._modals[who]:
            await self._click(who, name, "reject")
            if await self._seen(lambda: self._workspace.modal(who), 5.0):
                view = self._workspace.modal(who)
                assert view is not None
                words = {"comment": f"not now, {name}"}
                self.clicks.append(await self._workspace.submit(who, view, words))
            for left in self._workspace.modals(who):
                await self._workspace.close(who, left, clear=True)

    async def _seen(self, what: Callable[[], object], within: float) -> bool:
        try:
            return bool(await self._workspace.until(what, timeout=within))
        except AssertionError:
            return False
