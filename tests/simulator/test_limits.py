"""Rate limits by tier and by channel, when they are enforced."""

import aiohttp
import pytest

from simulator import Workspace

CALLS = 120


async def until_limited(ws: Workspace, method: str, **args: str) -> tuple[int, int]:
    """How many calls went through and the Retry-After of the first that did not."""
    token = {"Authorization": "Bearer xoxb-local"}
    async with aiohttp.ClientSession(headers=token) as session:
        for done in range(CALLS):
            async with session.post(f"{ws.api_url}{method}", json=args) as answered:
                if answered.status == 429:
                    return done, int(answered.headers["Retry-After"])
                assert (await answered.json())["ok"]
    return CALLS, 0


@pytest.fixture
def ws(ws: Workspace) -> Workspace:
    """With limits in force and a clock that stands still."""
    ws.limits.enforce = True
    frozen = ws.team.clock.now()
    ws.team.limits.clock = type(ws.team.clock)(lambda: frozen)
    return ws


@pytest.mark.parametrize(
    ("method", "args", "calls", "wait"),
    [
        ("conversations.list", {}, 20, 3),
        ("conversations.info", {"channel": "COPS"}, 50, 2),
        ("users.info", {"user": "UANA"}, 100, 1),
        ("chat.postMessage", {"channel": "COPS", "text": "x"}, 5, 1),
    ],
)
async def test_each_tier_lets_its_number_through(
    ws: Workspace, method: str, args: dict[str, str], calls: int, wait: int
) -> None:
    assert await until_limited(ws, method, **args) == (calls, wait)


async def test_waiting_helps_and_channels_do_not_share(ws: Workspace) -> None:
    await until_limited(ws, "chat.postMessage", channel="COPS", text="x")
    elsewhere = await until_limited(ws, "chat.postMessage", channel="CQUIET", text="x")
    ws.limits.clock.skip(3)
    later = await until_limited(ws, "chat.postMessage", channel="COPS", text="x")

    assert elsewhere == (5, 1)
    assert later == (3, 1)


async def test_nothing_is_limited_unless_asked(ws: Workspace) -> None:
    ws.limits.enforce = False

    assert await until_limited(ws, "chat.postMessage", channel="COPS", text="x") == (CALLS, 0)
