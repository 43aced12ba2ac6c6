"""The platform of Prefect keeps every promise on a real server with a real worker.

What networks and servers can do wrong is shown on the fake, in seconds; here is what only a real
one can show, with the two troubles that decide whether a run is started twice or stopped at all.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from jobthread.platforms import Answer, StartOrder
from jobthread.testing import WORD, Bench, Doing, Fault, Sample
from tests.engines.benches import opened, order_of
from tests.engines.prefect_servers import PACE, PrefectServer
from tests.engines.relays import Relay

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(300)]

_FLOWS = {
    Doing.HELLO: "hello",
    Doing.SAYING: "saying",
    Doing.FAILING: "failing",
    Doing.ENDLESS: "endless",
    Doing.COUNTING: "counting",
    Doing.CHINESE: "chinese",
    Doing.FLOOD: "flood",
    Doing.STEPPING: "talking",
    Doing.RESULTS: "talking",
    Doing.PAUSING: "asking",
}


def order(doing: Doing, key: str) -> StartOrder:
    told = {"word": WORD} if doing is Doing.SAYING else {}
    return order_of(_FLOWS[doing], key, **told)


@pytest.fixture
async def platform_bench(prefect: PrefectServer, relay: Relay) -> AsyncGenerator[Bench]:
    platform = opened(relay, prefect)

    @asynccontextmanager
    async def answer_lost() -> AsyncGenerator[None]:
        relay.unanswered = lambda request: request.path.endswith("/create_flow_run")
        yield
        relay.unanswered = lambda request: False

    @asynccontextmanager
    async def cancel_lost() -> AsyncGenerator[None]:
        """As between two servers without a broker: accepted, and the worker never hears of it."""
        prefect.kill_workers()
        yield
        prefect.mend()

    yield Bench(
        platform=platform,
        order=order,
        second=lambda: opened(relay, prefect),
        faults={Fault.ANSWER_LOST: answer_lost, Fault.CANCEL_LOST: cancel_lost},
        requests=lambda: relay.requests,
        sample=Sample(
            remote="deploy/bot",
            good={"version": "4.2"},
            bad={"version": "four", "replicas": 21, "environment": "moon"},
        ),
        offers=len(prefect.deployments()),
        yes=lambda pause: Answer(pause=pause.key, arguments={"reason": "because"}),
        no=lambda pause: Answer(pause=pause.key, arguments={"reason": "x"}),
        many=4,
        flood=2_000,
        patience=100,
        interval=PACE,
    )
    await platform.close()
