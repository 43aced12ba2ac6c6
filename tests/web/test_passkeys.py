"""The page for passkeys over real HTTP: its headers, and what it refuses to read."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.adapters.passkeys import WebAuthn
from bot.services.errands import Errands
from bot.services.stepups import StepUps
from bot.web import Sights, serving
from tests.fakes.authenticators import ORIGIN, Authenticator
from tests.fakes.databases import fresh_database
from tests.fakes.values import job
from tests.services.staff import BO, asking, policy
from tests.services.wired import Outside
from tests.services.worlds import World, opened
from tests.web.test_routes import WELL


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with opened(await fresh_database(tmp_path)) as store:
        world = World(Outside(), store)
        world.policy.policy = policy(approvals=(asking(step_up=True),))
        world.catalog.put(job())
        yield world


@pytest.fixture
def step_ups(world: World) -> StepUps:
    errands = Errands(
        store=world.store, people=world.people, clock=world.clock, ceremonies=WebAuthn(ORIGIN)
    )
    return StepUps(
        store=world.store,
        policy=world.policy,
        clock=world.clock,
        approvals=world.approvals,
        errands=errands,
    )


@asynccontextmanager
async def _page(step_ups: StepUps | None) -> AsyncGenerator[str]:
    async def vitals() -> Any:
        return WELL

    async def metrics() -> bytes:
        return b""

    sights = Sights(vitals=vitals, metrics=metrics)
    async with serving(sights, host="127.0.0.1", port=0, step_ups=step_ups) as port:
        yield f"http://127.0.0.1:{port}"


async def _post(
    base: str, path: str, body: Any, *, origin: str = ORIGIN
) -> tuple[int, dict[str, Any]]:
    headers = {"Origin": origin} if origin else {}
    async with (
        aiohttp.ClientSession() as session,
        session.post(base + path, json=body, headers=headers) as answer,
    ):
        return answer.status, await answer.json()


async def _token(step_ups: StepUps) -> str:
    return (await step_ups.to_register(BO, "COPS")).url.partition("#")[2]


async def test_a_passkey_is_registered_and_approves_over_http(
    world: World, step_ups: StepUps
) -> None:
    key = Authenticator()
    async with _page(step_ups) as base:
        token = await _token(step_ups)
        _, shown = await _post(base, "/passkey/open", {"token": token})
        answer = {"token": token, "name": "phone", "make": key.make(shown["make"])}
        assert (await _post(base, "/passkey/done", answer))[0] == 200
        world.clock.advance(minutes=1)
        asked = (await world.ask(given={"app": "api", "env": "prod"}, reason="\u202egnp")).execution
        link = await step_ups.to_approve(BO, asked.id, asked.digest)
        assert link is not None
        token = link.url.partition("#")[2]
        _, shown = await _post(base, "/passkey/open", {"token": token})
        answer = {"token": token, "prove": key.prove(shown["prove"])}
        first = await _post(base, "/passkey/done", answer)
        again = await _post(base, "/passkey/done", answer)

    assert (shown["digest"], shown["values"]) == (
        asked.digest,
        [["App", "api"], ["Env", "prod"]],
    )
    assert shown["reason"] == "\ufffdgnp"
    assert (first[0], "is approved" in first[1]["sentence"]) == (200, True)
    assert (again[0], "works once" in again[1]["sentence"]) == (403, True)
    entries = await world.audited("execution:1001")
    used = next(entry for entry in entries if entry.tag == "job:passkey:used")
    assert used.detail["client"] == "web:passkey"


async def test_the_page_trusts_nothing_but_itself_and_is_framed_by_nobody(
    step_ups: StepUps,
) -> None:
    async with _page(step_ups) as base, aiohttp.ClientSession() as session:
        for path in ("/passkey", "/passkey.js", "/passkey.css"):
            async with session.get(base + path) as answer:
                headers, text = answer.headers, await answer.text()
                assert answer.status == 200
            policy_said = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy_said
            assert "frame-ancestors 'none'" in policy_said
            assert "unsafe" not in policy_said
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["Cache-Control"] == "no-store"
            assert "http://" not in text
            assert "https://" not in text
            assert "innerHTML" not in text


@pytest.mark.parametrize(
    ("origin", "token", "status", "words"),
    [
        ("https://evil.example.com", "", 403, "another page"),
        ("", "", 403, "another page"),
        (ORIGIN, "A" * 43, 410, "not known"),
        (ORIGIN, "../../etc", 410, "not known"),
    ],
)
async def test_another_origin_and_an_unknown_link_get_a_sentence(
    step_ups: StepUps, origin: str, token: str, status: int, words: str
) -> None:
    async with _page(step_ups) as base:
        token = token or await _token(step_ups)
        said = await _post(base, "/passkey/open", {"token": token}, origin=origin)

    assert (said[0], words in said[1]["sentence"]) == (status, True)


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/plain", b"{}", 415),
        ("application/x-www-form-urlencoded", b"token=x", 415),
        ("application/json", b"[]", 400),
        ("application/json", b"{", 400),
        ("application/json", b"[" * 60_000, 400),
        ("application/json", b"\xff\xfe", 400),
        ("application/json", b'{"token": "' + b"x" * 70_000 + b'"}', 413),
        ("application/json", b'{"token": {"a": 1}}', 410),
    ],
)
async def test_what_is_no_small_json_object_is_not_read(
    step_ups: StepUps, kind: str, body: bytes, status: int
) -> None:
    async with (
        _page(step_ups) as base,
        aiohttp.ClientSession() as session,
        session.post(f"{base}/passkey/done", data=body, headers={"Content-Type": kind}) as answer,
    ):
        assert answer.status == status


async def test_where_it_is_not_set_up_there_is_no_page() -> None:
    async with (
        _page(None) as base,
        aiohttp.ClientSession() as session,
        session.get(f"{base}/passkey") as answer,
    ):
        assert answer.status == 404
