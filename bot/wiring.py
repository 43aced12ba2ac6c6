"""The only module that knows everybody: builds the bot from settings and owns its tasks."""

import asyncio
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from blocks.answers import told
from blocks.approvals import approval_card
from blocks.cards import execution_card
from blocks.elements import Message
from blocks.lines import end_note, thread_line
from bot.adapters.budgets import Budgets
from bot.adapters.catalog import CatalogFolder, ReloadReport
from bot.adapters.database import SqlStore
from bot.adapters.people import SlackPeople
from bot.adapters.platforms.local.platform import LocalPlatform, SandboxMode
from bot.adapters.policy import PolicyFile, PolicyReport
from bot.adapters.slack import SlackChat
from bot.adapters.slack_checks import SlackCheck
from bot.adapters.sockets import Socket
from bot.domain.actors import Place
from bot.domain.errors import Temporary
from bot.language import parse
from bot.ports import JobPlatform, Rendered, Work
from bot.scheduler import Loop, Tick, guarded, run_loop, start_ticks
from bot.services.approvals import Approvals
from bot.services.cards import Cards
from bot.services.delivery import Delivery, Renderers
from bot.services.drafts import Drafts
from bot.services.executions import Executions
from bot.services.homes import Homes
from bot.services.inbox import Inbox
from bot.services.operators import Operators
from bot.services.polling import Polling
from bot.services.requests import Requests
from bot.services.submission import Submission
from bot.settings import Settings
from handlers import register
from handlers.desk import Desk
from handlers.replays import replay

log = structlog.get_logger(__name__)

LARGEST_ANSWER = 64 * 1024
"""Bytes of a list of choices that a URL gives."""

HURRY = 1.0
"""Seconds after which a loop looks for work that nobody woke it for."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """The use cases, wired."""

    inbox: Inbox
    delivery: Delivery
    submission: Submission
    polling: Polling
    approvals: Approvals
    desk: Desk
    operators: Operators


def web_client(settings: Settings, session: aiohttp.ClientSession | None = None) -> AsyncWebClient:
    """A client that never sends by itself what was sent already: retries are the outbox's."""
    return AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.api_url,
        session=session,
        timeout=20,
        retry_handlers=[],
    )


def local_platform(settings: Settings) -> LocalPlatform:
    return LocalPlatform(
        settings.jobthread_state.absolute() / "local",
        sandbox=SandboxMode(settings.jobthread_sandbox),
        catalogue=settings.jobthread_catalog.absolute(),
        environment=os.environ,
        max_log_bytes=settings.jobthread_log_cap_mb * 1024 * 1024,
    )


@asynccontextmanager
async def running(settings: Settings, slack: SlackCheck) -> AsyncGenerator[Services]:
    """The whole bot, connected to Slack; at the end everything is let go of in order."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        web = web_client(settings, session)
        store = SqlStore(settings.jobthread_database_url.get_secret_value())
        stack.push_async_callback(store.close)
        operators = Operators(store=store, clock=SystemClock())
        catalog = await _catalog(settings, session, operators, stack)
        policy = await _policy(settings, operators, stack)
        local = local_platform(settings)
        stack.push_async_callback(local.close)
        platforms: Mapping[str, JobPlatform] = {local.name: local}
        services = _services(settings, slack, web, store, catalog, policy, platforms, operators)
        app = AsyncApp(client=web)
        register(app, services.desk)
        await _begin_again(services)
        tasks = await stack.enter_async_context(_tasks(services, store, local, settings))
        await replay(app, services.desk)
        socket = Socket(app, settings.slack_app_token.get_secret_value())
        await socket.connect()
        stack.push_async_callback(socket.close)
        log.info("connected", team=slack.team, bot=slack.bot_name, tasks=tasks)
        yield services


def _services(
    settings: Settings,
    slack: SlackCheck,
    web: AsyncWebClient,
    store: SqlStore,
    catalog: CatalogFolder,
    policy: PolicyFile,
    platforms: Mapping[str, JobPlatform],
    operators: Operators,
) -> Services:
    clock = SystemClock()
    chat = SlackChat(web, Budgets())
    people = SlackPeople(web, team=slack.team, enterprise=slack.enterprise)
    cards = Cards(catalog=catalog, policy=policy)
    inbox = Inbox(store=store, clock=clock)
    requests = Requests(store=store, catalog=catalog, policy=policy, people=people, clock=clock)
    executions = Executions(
        store=store,
        catalog=catalog,
        policy=policy,
        clock=clock,
        platforms=platforms,
        cards=cards,
    )
    polling = Polling(store=store, catalog=catalog, clock=clock, platforms=platforms)
    approvals = Approvals(store=store, policy=policy, clock=clock, cards=cards)
    desk = Desk(
        web=web,
        clock=clock,
        people=people,
        inbox=inbox,
        requests=requests,
        executions=executions,
        drafts=Drafts(store=store, catalog=catalog, policy=policy, clock=clock, requests=requests),
        approvals=approvals,
        homes=Homes(
            store=store,
            policy=policy,
            clock=clock,
            cards=cards,
            executions=executions,
            platforms=platforms,
        ),
        jobs=catalog.jobs,
        parse=lambda text, jobs, in_thread: parse(text, jobs, in_thread=in_thread),
        contact=lambda: policy.current().contact,
        sandbox_note="no sandbox" if settings.jobthread_sandbox == "none" else "",
    )
    return Services(
        inbox=inbox,
        delivery=Delivery(
            store=store,
            chat=chat,
            clock=clock,
            cards=cards,
            platforms=platforms,
            renderers=_renderers(),
            operators=_operators(settings, slack),
        ),
        submission=Submission(
            store=store,
            catalog=catalog,
            policy=policy,
            people=people,
            chat=chat,
            clock=clock,
            platforms=platforms,
            polling=polling,
        ),
        polling=polling,
        approvals=approvals,
        desk=desk,
        operators=operators,
    )


def _renderers() -> Renderers:
    def sent(message: Message) -> Rendered:
        return Rendered(text=message.text, blocks=message.blocks)

    return Renderers(
        card=lambda card: sent(execution_card(card)),
        approval=lambda card: sent(approval_card(card)),
        line=lambda kind, facts, execution: sent(thread_line(kind, facts, execution)),
        ended=lambda card: sent(end_note(card)),
        sentence=lambda sentence: sent(told(sentence)),
    )


def _operators(settings: Settings, slack: SlackCheck) -> Place | None:
    if not settings.jobthread_operators:
        return None
    channel = settings.jobthread_operators
    return Place(team=slack.team, enterprise=slack.enterprise, channel=channel)


async def _catalog(
    settings: Settings,
    session: aiohttp.ClientSession,
    operators: Operators,
    stack: AsyncExitStack,
) -> CatalogFolder:
    async def changed(report: ReloadReport) -> None:
        mistakes = [str(mistake) for mistake in report.mistakes]
        await operators.catalog_changed(
            mistakes, [*report.added, *report.changed, *report.removed], mended=report.mended
        )

    async def fetch(url: str, timeout: float) -> bytes:
        limit = aiohttp.ClientTimeout(total=timeout)
        try:
            async with session.get(url, timeout=limit) as answer:
                answer.raise_for_status()
                content = b""
                # A piece over the limit lets the reader notice that there was more.
                async for piece in answer.content.iter_chunked(16 * 1024):
                    content += piece
                    if len(content) > LARGEST_ANSWER:
                        break
                return content
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Temporary(f"the choices at {url} could not be fetched: {error}") from error

    catalog = CatalogFolder(
        settings.jobthread_catalog.absolute(),
        state=settings.jobthread_state.absolute(),
        on_change=changed,
        fetch=fetch,
    )
    await catalog.start()
    stack.push_async_callback(catalog.aclose)
    return catalog


async def _policy(settings: Settings, operators: Operators, stack: AsyncExitStack) -> PolicyFile:
    async def changed(report: PolicyReport) -> None:
        mistakes = [str(mistake) for mistake in report.mistakes]
        await operators.policy_changed(mistakes, report.version, mended=report.mended)

    policy = PolicyFile(settings.jobthread_policy.absolute(), on_change=changed)
    await policy.start()
    stack.push_async_callback(policy.aclose)
    return policy


async def _begin_again(services: Services) -> None:
    """What the last process left half done is taken up before anything new comes in."""
    freed = await services.delivery.restarted()
    looked_for = await services.submission.reconcile(restarted=True)
    expired = await services.approvals.expire_due()
    log.info("taken_up_again", notices=freed, starts=looked_for, expired=expired)


@asynccontextmanager
async def _tasks(
    services: Services, store: SqlStore, local: LocalPlatform, settings: Settings
) -> AsyncGenerator[int]:
    """Ticks, loops and pushes, for as long as the bot runs."""

    async def pushed() -> int:
        async for request_key in local.changes():
            await guarded("push", lambda key=request_key: services.polling.changed(local.name, key))
        return 0

    async def prune() -> None:
        kept = timedelta(days=settings.jobthread_runs_kept_days)
        await local.prune(SystemClock().now() - kept)

    scheduler = start_ticks(
        [
            Tick(name="poll", seconds=1, work=services.polling.poll_due),
            Tick(name="expire", seconds=2, work=services.approvals.expire_due),
            Tick(name="reconcile", seconds=5, work=services.submission.reconcile),
            Tick(name="forget", seconds=3_600, work=services.inbox.forget_old),
            Tick(name="prune", seconds=3_600, work=prune),
        ]
    )
    loops = [
        Loop(
            name="submit",
            woken=lambda: store.woken(Work.SUBMISSION, HURRY),
            work=services.submission.submit_due,
        ),
        Loop(
            name="deliver",
            woken=lambda: store.woken(Work.DELIVERY, HURRY),
            work=services.delivery.deliver_due,
        ),
        Loop(name="pushes", woken=lambda: asyncio.sleep(HURRY), work=pushed),
    ]
    tasks = [asyncio.create_task(run_loop(loop), name=loop.name) for loop in loops]
    try:
        yield len(tasks)
    finally:
        scheduler.shutdown(wait=False)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
