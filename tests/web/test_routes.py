"""The web port, asked over real HTTP."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.domain.processes import Process, Role
from bot.domain.vitals import Ears, Round, Vitals
from bot.web import Sights, serving
from tests.fakes.values import NOW

WELL = Vitals(
    now=NOW,
    process=Process(
        id="p" * 32,
        host="here-1a2b3c",
        name="here",
        roles=frozenset(Role),
        version="0.1.0",
        started_at=NOW - timedelta(minutes=5),
        seen_at=NOW,
        heard_at=NOW - timedelta(seconds=12),
    ),
    rounds=(Round(name="poll", age=0.5, allowed=300),),
    ears=Ears(wanted=2, connected=2),
)


async def _some_metrics() -> bytes:
    return b"jobthread_inbox_depth 3\n"


@asynccontextmanager
async def _port(
    vitals: Vitals = WELL, metrics: Callable[[], Awaitable[bytes]] = _some_metrics
) -> AsyncGenerator[str]:
    async def now() -> Vitals:
        return vitals

    async with serving(Sights(vitals=now, metrics=metrics), host="127.0.0.1", port=0) as port:
        yield f"http://127.0.0.1:{port}"


async def _get(base: str, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(base + path) as answer:
        return answer.status, await answer.text()


async def _json(base: str, path: str) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(base + path) as answer:
        return answer.status, await answer.json()


async def test_a_process_that_is_well_says_so() -> None:
    async with _port() as base:
        status, shown = await _json(base, "/healthz")

    assert status == 200
    assert shown["faults"] == []
    assert shown["sockets"] == {"wanted": 2, "connected": 2}
    assert shown["heard_age_seconds"] == 12
    assert shown["roles"] == ["chat", "web", "worker"]


@pytest.mark.parametrize(
    ("vitals", "health", "ready"),
    [
        pytest.param(WELL, 200, 200, id="well"),
        pytest.param(
            replace(WELL, rounds=(Round(name="poll", age=400, allowed=300),)), 503, 503, id="stuck"
        ),
        pytest.param(
            replace(WELL, ears=Ears(wanted=2, connected=2, is_deaf=True, is_hopeless=True)),
            503,
            503,
            id="hopelessly deaf",
        ),
        pytest.param(
            replace(WELL, ears=Ears(wanted=2, connected=2, is_deaf=True)), 200, 503, id="deaf"
        ),
        pytest.param(replace(WELL, ears=Ears(wanted=2)), 200, 503, id="unconnected"),
        pytest.param(
            replace(WELL, ears=Ears(wanted=2, connected=2, refused="Slack refuses: token_revoked")),
            200,
            503,
            id="shut out",
        ),
        pytest.param(replace(WELL, ears=Ears()), 200, 200, id="standing by"),
        pytest.param(
            replace(WELL, database="The database does not answer."), 200, 503, id="no database"
        ),
    ],
)
async def test_only_what_a_restart_can_mend_is_unhealthy(
    vitals: Vitals, health: int, ready: int
) -> None:
    async with _port(vitals) as base:
        assert ((await _get(base, "/healthz"))[0], (await _get(base, "/readyz"))[0]) == (
            health,
            ready,
        )


async def test_a_worker_without_the_chat_role_needs_no_sockets() -> None:
    worker = replace(WELL.process, roles=frozenset({Role.WORKER, Role.WEB}))

    async with _port(replace(WELL, process=worker, ears=Ears(wanted=1))) as base:
        assert (await _get(base, "/readyz"))[0] == 200


async def test_metrics_are_in_the_format_that_prometheus_reads() -> None:
    async with (
        _port() as base,
        aiohttp.ClientSession() as session,
        session.get(f"{base}/metrics") as answer,
    ):
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        assert await answer.text() == "jobthread_inbox_depth 3\n"


async def test_an_error_is_an_id_and_no_more() -> None:
    async def broken() -> bytes:
        raise LookupError("postgresql://bot:secret@db/jobs")

    async with _port(metrics=broken) as base:
        status, said = await _get(base, "/metrics")

    assert status == 500
    assert "e-" in said
    assert "secret" not in said


async def test_the_index_names_every_path() -> None:
    async with _port() as base:
        _, index = await _get(base, "/")

    assert all(path in index for path in ("/healthz", "/readyz", "/metrics"))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("POST", "/healthz", 405), ("DELETE", "/metrics", 405)],
)
async def test_nothing_else_is_there(method: str, path: str, status: int) -> None:
    async with (
        _port() as base,
        aiohttp.ClientSession() as session,
        session.request(method, base + path, data=b"x" * 4_096) as answer,
    ):
        assert answer.status == status
        assert answer.headers["Cache-Control"] == "no-store"
