"""The platform of Airflow keeps every promise on a real Airflow; only run by `make test-airflow`.

What networks and servers can do wrong is shown on the fake, in seconds; here is what only a real
one can show, with the trouble that decides whether a run is started twice.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.platforms.airflow import KIND
from bot.adapters.platforms.airflow.kinds import AirflowSettings
from bot.adapters.platforms.airflow.platform import AirflowPlatform
from jobthread.platforms import Answer, StartOrder, Surroundings
from jobthread.testing import WORD, Bench, Doing, Fault, Sample
from tests.engines.airflow_servers import AirflowServer
from tests.engines.relays import Relay, relaying

pytestmark = [pytest.mark.airflow, pytest.mark.timeout(600)]

FLOOD = 2_000
_DAGS: dict[Doing, tuple[str, dict[str, Any]]] = {
    Doing.HELLO: ("hello", {}),
    Doing.SAYING: ("saying", {"word": WORD}),
    Doing.FAILING: ("failing", {}),
    Doing.ENDLESS: ("endless", {}),
    Doing.COUNTING: ("counting", {}),
    Doing.CHINESE: ("chinese", {}),
    Doing.FLOOD: ("flood", {"lines": FLOOD}),
    Doing.STEPPING: ("talking", {}),
    Doing.RESULTS: ("talking", {}),
    Doing.PAUSING: ("asking", {}),
}


def order(doing: Doing, key: str) -> StartOrder:
    dag, arguments = _DAGS[doing]
    limit = timedelta(minutes=10)
    return StartOrder(
        request_key=key,
        execution=7,
        job=dag,
        title=dag,
        remote=dag,
        arguments=arguments,
        timeout=limit,
    )


def opened(relay: Relay, server: AirflowServer) -> AirflowPlatform:
    """The platform, by way of the relay."""
    auth = {"user": server.user, "password": "env:AIRFLOW"}
    settings = AirflowSettings.model_validate(
        # Its database is one file, for which a busy machine may have to wait.
        {"url": relay.url, "auth": auth, "timeout": "60s"}
    )
    surroundings = Surroundings(
        secret=lambda reference: server.password,
        now=lambda: datetime.now(UTC),  # noqa: TID251  the server has the machine's clock
    )
    return KIND.open("airflow", settings, surroundings)


@pytest.fixture
async def relay(airflow: AirflowServer) -> AsyncGenerator[Relay]:
    async with relaying(airflow.url) as made:
        yield made


@pytest.fixture
async def platform_bench(airflow: AirflowServer, relay: Relay) -> AsyncGenerator[Bench]:
    platform = opened(relay, airflow)

    @asynccontextmanager
    async def answer_lost() -> AsyncGenerator[None]:
        relay.unanswered = lambda request: (
            request.method == "POST" and request.path.endswith("/hello/dagRuns")
        )
        yield
        relay.unanswered = lambda request: False

    yield Bench(
        platform=platform,
        order=order,
        second=lambda: opened(relay, airflow),
        faults={Fault.ANSWER_LOST: answer_lost},
        requests=lambda: relay.requests,
        sample=Sample(
            remote="deploy",
            good={"version": "4.2"},
            bad={"version": "four", "replicas": 21, "environment": "moon"},
        ),
        offers=len(airflow.dags()),
        yes=lambda pause: Answer(pause=pause.key, arguments={"percent": 50}, by="Ann"),
        no=lambda pause: Answer(pause=pause.key, arguments={"percent": 500}),
        many=5,
        flood=FLOOD,
        patience=240,
        interval=0.3,
    )
    await platform.close()
