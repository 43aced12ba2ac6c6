"""A Slack client whose every request is counted and timed, whoever makes it."""

import time
from typing import Any

from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.slack_errors import port_error
from bot.ports import Meters

NO_ANSWER = "no_answer"


class MeteredWebClient(AsyncWebClient):
    """AsyncWebClient, measured where all of its methods pass."""

    def __init__(self, *, meters: Meters, **given: Any) -> None:
        super().__init__(**given)
        self._meters = meters

    async def api_call(self, api_method: str, **given: Any) -> AsyncSlackResponse:
        # A call that its caller gave up waiting for is cancelled, and had no answer.
        began, outcome = time.monotonic(), NO_ANSWER
        try:
            answer = await super().api_call(api_method, **given)
            outcome = "ok"
        except SlackClientError as error:
            outcome = port_error(error).code
            raise
        finally:
            self._meters.slack_called(api_method, outcome, time.monotonic() - began)
        return answer
