"""Asserting that a call is refused with one of Slack's errors."""

from collections.abc import Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from simulator.shapes import JsonObject


async def refused(error: str, call: Awaitable[object]) -> JsonObject:
    """Await `call`, which must be refused with `error`; returns Slack's whole answer."""
    with pytest.raises(SlackApiError) as caught:
        await call
    response: Any = caught.value.response
    answered: JsonObject = response.data
    assert answered["error"] == error
    return answered
