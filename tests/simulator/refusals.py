"""Asserting that a call is refused with one of Slack's errors."""

from collections.abc import Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from simulator.shapes import JsonObject


async def refused(error: str, call: Awaitable[object]) -> JsonObject:
    """Await `call`, which must be refused with `error`; returns Slack's whole answer."""
    answered = (await failure(call)).data
    assert answered["error"] == error
    return answered


async def failure(call: Awaitable[object]) -> Any:
    """Await `call`, which must fail; the SDK's response is not typed."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return _response(caught.value)


def _response(error: Any) -> Any:
    return error.response
