"""Our connections to Slack, wired."""

from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp

from bot.adapters.sockets import Fatal, Sockets
from bot.ports import Meters
from bot.settings import Settings

log = structlog.get_logger(__name__)


def sockets_of(app: AsyncApp, settings: Settings, meters: Meters) -> Sockets:
    def given_up(why: Fatal) -> None:
        log.error("no_way_to_slack", why=str(why))

    def seen(_frame: Mapping[str, Any]) -> bool:
        return False

    return Sockets(
        app,
        settings.slack_app_token.get_secret_value(),
        count=settings.jobthread_sockets,
        meters=meters,
        on_fatal=given_up,
        on_envelope=seen,
    )
