"""Our connections to Slack, wired: how many, whether they hear, what happens if not."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp

from bot.adapters.budgets import Budgets
from bot.adapters.echoes import Reactions, reaction_in
from bot.adapters.slack import SlackChat
from bot.adapters.sockets import Fatal, Sockets
from bot.domain.errors import PortError
from bot.ports.ears import Echo
from bot.scheduler import Tick, start_ticks
from bot.services.liveness import Probing
from bot.services.presences import BEAT_EVERY
from bot.services.slots import Slots
from bot.wiring.endings import MEND_FIRST, TRY_ANOTHER, Ending
from bot.wiring.outside import Outside, operators_of
from bot.wiring.web import Listening

log = structlog.get_logger(__name__)

LAST_WORDS = 5.0
"""Seconds that a process which must end waits until the operators' channel was told why."""


@asynccontextmanager
async def connected(
    app: AsyncApp, outside: Outside, listening: Listening, ending: Ending
) -> AsyncGenerator[Sockets]:
    """Connections are held, probed and mended; at the end all are closed."""
    farewells: list[asyncio.Task[None]] = []

    def end(code: int, why: Fatal | None = None) -> None:
        farewells.append(asyncio.create_task(_end(outside, probing, ending, code, why)))

    def seen(frame: Mapping[str, Any]) -> bool:
        """True for reactions: they are nobody's gesture, and may be many."""
        reaction = reaction_in(frame)
        ours = reaction is not None and reaction.user == outside.slack.bot_user
        probing.heard(probe=ours)
        return reaction is not None

    settings = outside.settings
    sockets = Sockets(
        app,
        settings.slack_app_token.get_secret_value(),
        count=0,
        meters=outside.instruments.meters,
        on_fatal=lambda why: end(MEND_FIRST, why),
        on_envelope=seen,
    )
    probing = Probing(
        store=outside.store,
        clock=outside.clock,
        presences=outside.presences,
        connections=sockets,
        echo=_echo(outside),
        every=timedelta(seconds=settings.jobthread_probe_seconds),
        deaf_after=timedelta(seconds=settings.jobthread_deaf_after),
        hopeless=lambda: end(TRY_ANOTHER),
    )
    slots = Slots(
        presences=outside.presences, connections=sockets, wanted=settings.jobthread_sockets
    )
    listening.sockets = sockets
    listening.hearing = lambda: probing.known.state
    listening.doubt = lambda: probing.sentence
    looks = min(BEAT_EVERY.total_seconds(), settings.jobthread_probe_seconds / 4)
    ticks = [
        Tick(name="sockets", seconds=BEAT_EVERY.total_seconds(), work=slots.take),
        Tick(name="probe", seconds=looks, work=probing.probe_due),
    ]
    try:
        await slots.take()
        await sockets.connect()
        scheduler = start_ticks(ticks, outside.instruments.watch)
        try:
            yield sockets
        finally:
            scheduler.shutdown(wait=False)
    finally:
        for farewell in farewells:
            farewell.cancel()
        await sockets.close()


def _echo(outside: Outside) -> Echo | None:
    place = operators_of(outside)
    if place is None:
        return None
    chat = SlackChat(outside.web, Budgets())
    bot_user = outside.slack.bot_user
    return Reactions(outside.web, chat, outside.clock, place, bot_user=bot_user)


async def _end(
    outside: Outside, probing: Probing, ending: Ending, code: int, why: Fatal | None
) -> None:
    """Tell the operators' channel, for a while, then the supervisor."""
    try:
        with suppress(PortError, TimeoutError):
            async with asyncio.timeout(LAST_WORDS):
                if why is not None:
                    await probing.cut_off(why)
                while await _untold(outside):  # noqa: ASYNC110 - another process may tell it
                    await asyncio.sleep(0.2)
    finally:
        log.error("process_must_end", code=code)
        ending.say(code)


async def _untold(outside: Outside) -> bool:
    async with outside.store.reading() as tx:
        return await tx.outbox.oldest(outside.clock.now()) is not None
