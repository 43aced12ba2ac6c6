"""The web port, wired: what it shows comes from the services, its text from an adapter."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from bot.adapters import gauges
from bot.adapters.sockets import Sockets
from bot.domain.errors import Mistake, PortError
from bot.domain.liveness import Hearing
from bot.domain.overviews import Overview
from bot.domain.processes import Role
from bot.domain.vitals import Ears
from bot.services.checkups import Checkups
from bot.services.overviews import Overviews
from bot.web import Sights, serving
from bot.wiring.outside import Outside
from bot.wiring.parts import Services

log = structlog.get_logger(__name__)


class Listening:
    """The connections to Slack, which come about later than the port on which they are shown.

    `hearing` says what the probes make of them and `doubt` why they prove nothing; `refusal` why
    Slack takes nothing from us.
    """

    def __init__(self) -> None:
        self.sockets: Sockets | None = None
        self.hearing: Callable[[], Hearing] = lambda: Hearing.QUIET
        self.doubt: Callable[[], str] = str
        self.refusal: Callable[[], str] = str

    def ears(self) -> Ears:
        if self.sockets is None:
            return Ears(refused=self.refusal())
        hearing = self.hearing()
        return Ears(
            wanted=self.sockets.held(),
            connected=self.sockets.connected(),
            is_deaf=hearing in {Hearing.DEAF, Hearing.HOPELESS},
            is_hopeless=hearing is Hearing.HOPELESS,
            doubt=self.doubt(),
            refused=self.refusal(),
        )


@asynccontextmanager
async def web_port(
    outside: Outside, services: Services, ears: Callable[[], Ears]
) -> AsyncGenerator[None]:
    """Open while a process with the role `web` lives; none for port 0. Raises Mistake: taken."""
    settings = outside.settings
    host, port = settings.jobthread_web_host, settings.jobthread_web_port
    if not port or Role.WEB not in outside.presences.own.roles:
        yield
        return
    async with AsyncExitStack() as stack:
        try:
            sights = sights_of(outside, services.overviews, ears)
            step_ups = services.desk.step_ups if settings.jobthread_web_url else None
            await stack.enter_async_context(
                serving(sights, host=host, port=port, step_ups=step_ups)
            )
        except OSError as error:
            raise Mistake(
                f"The web port {host}:{port} cannot be opened ({error.strerror}): set "
                "JOBTHREAD_WEB_PORT to another one, or to 0 for none."
            ) from error
        yield


def sights_of(outside: Outside, overviews: Overviews, ears: Callable[[], Ears]) -> Sights:
    """What is shown of this process and of all of them."""
    instruments = outside.instruments
    checkups = Checkups(
        clock=outside.clock,
        presences=outside.presences,
        rounds=instruments.watch.rounds,
        ears=ears,
    )

    async def metrics() -> bytes:
        # Side by side: when the database is away, the scrape that says so must still be in time.
        vitals, overview = await asyncio.gather(checkups.now(), _overview(overviews))
        tasks = len(asyncio.all_tasks())
        standing = gauges.exposition(vitals, overview, tasks=tasks)
        return instruments.meters.exposition() + standing

    return Sights(vitals=checkups.now, metrics=metrics)


async def _overview(overviews: Overviews) -> Overview | None:
    try:
        return await overviews.now()
    except PortError as error:
        log.warning("no_overview", error=str(error))
        return None
