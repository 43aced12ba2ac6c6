"""One run of the bot, from its first look at the database to its clean stop."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import aiohttp
import structlog
from sqlalchemy.engine import make_url

from bot.adapters.database import SqlStore
from bot.adapters.database.locks import only_process
from bot.adapters.slack_checks import SlackCheck
from bot.adapters.translations import catalogues
from bot.domain.errors import PortError
from bot.domain.processes import Role
from bot.domain.wording import learn
from bot.services import (
    restorations as _restorations,  # noqa: F401  # pyright: ignore[reportUnusedImport]  cards show what it kept
)
from bot.services.operators import Operators
from bot.services.presences import Presences
from bot.settings import Settings
from bot.wiring.conversations import app_of, taken_up
from bot.wiring.endings import Ending
from bot.wiring.hosts import this_process
from bot.wiring.instruments import instruments_of
from bot.wiring.models import model_of
from bot.wiring.outside import Outside, SystemClock, local_platform, web_client
from bot.wiring.parts import Services, services_of
from bot.wiring.platforms import all_platforms, fleet_of
from bot.wiring.sockets import connected
from bot.wiring.sources import watched_catalog, watched_platforms, watched_policy
from bot.wiring.tasks import tasks_of
from bot.wiring.web import Listening, web_port

log = structlog.get_logger(__name__)

EVERY_ROLE = frozenset(Role)


@asynccontextmanager
async def running(
    settings: Settings,
    slack: SlackCheck,
    roles: frozenset[Role] = EVERY_ROLE,
    ending: Ending | None = None,
) -> AsyncGenerator[Services]:
    """The bot in these roles, connected; at the end everything is let go of in order.

    `ending` is told when only another process could go on.
    """
    learn(catalogues(), settings.jobthread_language)
    async with AsyncExitStack() as stack:
        url = settings.jobthread_database_url.get_secret_value()
        stack.enter_context(only_process(make_url(url)))
        outside = await _outside(settings, slack, roles, stack)
        services = services_of(outside)
        await services.discoveries.refresh()
        await services.presences.beat()
        stack.push_async_callback(_leave, services.presences)
        jobs = {job.name: job.version for job in outside.catalog.jobs()}
        policy = outside.policy.current().version
        await outside.operators.began(services.presences.own, policy, jobs)
        app = app_of(outside.web, services.desk, slack)
        listening = Listening()
        listening.refusal = lambda: services.delivery.obstacle
        await stack.enter_async_context(web_port(outside, services, listening.ears))
        await _begin_again(services, alone=not outside.store.is_shared)
        tasks = await stack.enter_async_context(tasks_of(services, outside, roles))
        if Role.CHAT in roles:
            alone = not outside.store.is_shared
            await stack.enter_async_context(
                taken_up(
                    app,
                    services.desk,
                    outside.instruments.watch,
                    alone=alone,
                    ends_within=settings.jobthread_drain_seconds / 2,
                )
            )
            await stack.enter_async_context(connected(app, outside, listening, ending or Ending()))
        log.info("connected", team=slack.team, bot=slack.bot_name, tasks=tasks)
        yield services


async def _outside(
    settings: Settings, slack: SlackCheck, roles: frozenset[Role], stack: AsyncExitStack
) -> Outside:
    clock = SystemClock()
    session = await stack.enter_async_context(
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
    )
    fleet = fleet_of(settings)
    process = this_process(settings, roles, fleet.version)
    instruments = await stack.enter_async_context(instruments_of(settings, process))
    meters = instruments.meters
    store = SqlStore(settings.jobthread_database_url.get_secret_value(), meters)
    stack.push_async_callback(store.close)
    operators = Operators(store=store, clock=clock)
    presences = Presences(store=store, clock=clock, own=process)
    catalog = await watched_catalog(settings, session, operators, fleet.instances, stack)
    policy = await watched_policy(settings, operators, stack)
    watched_platforms(settings, operators, fleet.version, stack)
    local = local_platform(settings, presences.own.host)
    stack.push_async_callback(local.close)
    platforms = await all_platforms(local, fleet, meters, instruments.traces, stack)
    if fleet.troubles:
        await operators.platforms_broken(fleet.troubles)
    return Outside(
        settings=settings,
        slack=slack,
        web=web_client(settings, session, meters),
        store=store,
        catalog=catalog,
        policy=policy,
        platforms=platforms,
        instances=fleet.instances,
        local=local,
        operators=operators,
        presences=presences,
        clock=clock,
        instruments=instruments,
        model=await model_of(settings, stack),
    )


async def _begin_again(services: Services, *, alone: bool) -> None:
    """What the last process left half done is taken up before anything new comes in.

    Where others may be at work on it, it is theirs until their leases end.
    """
    freed = await services.delivery.restarted() if alone else 0
    looked_for = await services.submission.reconcile(restarted=alone)
    await services.resumptions.resume_due(restarted=alone)
    expired = await services.approvals.expire_due()
    await services.starts.begin_due()
    log.info("taken_up_again", notices=freed, starts=looked_for, expired=expired)


async def _leave(presences: Presences) -> None:
    with suppress(PortError):
        await presences.leave()
