"""Asserting that a call is refused with one of Slack's errors."""

from collections.abc import Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError


async def refused(error: str, call: Awaitable[object]) -> dict[str, Any]:
    """Await `call`, which must be refused with `error`; returns Slack's whole answer."""
    with pytest.raises(SlackApiError) as caught:
        await call
    answered = caught.value.response.data
    assert isinstance(answered, dict)
    assert answered["error"] == error
    return answered
