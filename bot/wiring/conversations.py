"""Talking with people, wired: Bolt's app, and the taking up of what was recorded before."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.logger.messages import (
    warning_client_prioritized_and_token_skipped,
    warning_token_skipped,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_checks import SlackCheck
from bot.domain.errors import Temporary
from bot.scheduler import Loop, Watch, run_loop
from handlers import register
from handlers.desk import Desk
from handlers.replays import replay

log = structlog.get_logger(__name__)

LOOKED_FOR_EVERY = 5.0
"""Seconds between looks for envelopes that nobody is at work on any more."""

BEFORE_NEW_ONES = 10.0
"""Seconds for which what is left over may keep us from connecting."""


_OF_TOKENS = {warning_token_skipped(), warning_client_prioritized_and_token_skipped()}


def _of_something_else(record: logging.LogRecord) -> bool:
    """Bolt warns that it leaves our token alone, which is what we want: `_Known` hands it out."""
    return record.getMessage() not in _OF_TOKENS


class _Known(AsyncAuthorize):
    """Who we are, as Slack said before we began.

    Bolt would ask Slack at the first envelope, before the inbox has it, and ack it when Slack is
    busy just then: it would be lost.
    """

    def __init__(self, slack: SlackCheck, token: str | None) -> None:
        self._slack = slack
        self._token = token

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        **_actor: str | None,
    ) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=self._slack.enterprise or None,
            team_id=self._slack.team,
            bot_id=self._slack.bot_id,
            bot_user_id=self._slack.bot_user,
            bot_token=self._token,
            user_id=user_id,
        )


def app_of(web: AsyncWebClient, desk: Desk, slack: SlackCheck) -> AsyncApp:
    """Bolt over Socket Mode alone, so that what guards an HTTP endpoint has nothing to do.

    Listeners hand their work to the desk's queue and return, so their acks need not be polled for,
    which Bolt would do in steps of 10 ms.
    """
    logging.getLogger("slack_bolt.AsyncApp").addFilter(_of_something_else)
    app = AsyncApp(
        client=web,
        authorize=_Known(slack, web.token),
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
    )
    register(app, desk)
    return app


@asynccontextmanager
async def taken_up(
    app: AsyncApp, desk: Desk, watch: Watch, *, alone: bool, ends_within: float
) -> AsyncGenerator[None]:
    """What was recorded and not handled: first at the beginning, then whenever a lease ends.

    When left, gestures at work get `ends_within` seconds to end; the others are handed over.
    """
    if alone:
        await desk.inbox.end_leases()
    with suppress(TimeoutError):
        async with asyncio.timeout(BEFORE_NEW_ONES):
            while await replay(app, desk):
                pass
    loop = Loop(
        name="take_up",
        woken=lambda: asyncio.sleep(LOOKED_FOR_EVERY),
        work=lambda: replay(app, desk),
    )
    task = asyncio.create_task(run_loop(loop, watch), name=loop.name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        left = await desk.queue.close(ends_within)
        if left:
            log.warning("gestures_handed_over", gestures=len(left))
            with suppress(Temporary):
                await desk.inbox.let_go(left)
