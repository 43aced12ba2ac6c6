"""The REST client of platforms, on real sockets: what it knows to have happened, and what not."""

import asyncio
import gzip
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web
from pydantic import TypeAdapter

from bot.adapters.platforms.credentials import Basic, Bearer
from bot.adapters.platforms.rest import Bounds, quoted
from bot.domain.errors import Ambiguous, Permanent, PortError, Temporary, Unauthorized
from tests.adapters.platforms.clients import NOW, PATIENCE, Client, failure, plain, said
from tests.fakes.servers import always, hang_up, serving


async def test_a_request_arrives_as_it_was_meant_and_is_answered() -> None:
    async with serving(always(said(201, body={"id": "a"}))) as server, Client(server) as rest:
        reply = await rest.call(
            "POST",
            f"/runs/{quoted('a/ü b')}",
            json={"n": 1},
            params=[("t", "a"), ("t", "b c")],
            ok={201},
        )

    ((request, body),) = server.requests
    assert (request.method, request.raw_path) == ("POST", "/runs/a%2F%C3%BC%20b?t=a&t=b+c")
    assert body == b'{"n": 1}'
    assert reply.read(TypeAdapter(dict[str, str])) == {"id": "a"}


async def test_a_server_that_is_not_there_was_surely_not_asked() -> None:
    async with serving(always(plain())) as server:
        gone = server.url
    async with Client(gone) as rest:
        with pytest.raises(Temporary, match="engine cannot be reached: Connection refused"):
            await rest.call("POST", "/x", json={})


async def test_an_answer_that_never_came_leaves_open_what_happened() -> None:
    assert isinstance(await failure(hang_up), Ambiguous)


async def test_what_may_be_repeated_is_merely_asked_later() -> None:
    assert isinstance(await failure(hang_up, repeatable=True), Temporary)
    assert isinstance(await failure(hang_up, method="GET", json=None), Temporary)


async def test_a_kept_connection_that_the_server_closed_is_no_error_for_what_may_be_repeated() -> (
    None
):
    answers = iter([False, True, False])

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return await hang_up(request) if next(answers) else web.json_response({})

    async with serving(answer) as server, Client(server) as rest:
        await rest.call("POST", "/x", json={}, repeatable=True)
        reply = await rest.call("POST", "/x", json={}, repeatable=True)

    assert reply.status == 200


async def test_what_may_not_be_repeated_is_sent_once_whatever_happens() -> None:
    async with serving(hang_up) as server, Client(server) as rest:
        with pytest.raises(Ambiguous):
            await rest.call("POST", "/x", json={})

    assert len(server.requests) == 1


async def test_a_server_that_keeps_silent_is_not_waited_for() -> None:
    over = asyncio.Event()

    async def silent(request: web.BaseRequest) -> web.StreamResponse:
        await over.wait()
        return web.Response()

    error = await failure(silent, options={"bounds": Bounds(read=0.05, total=0.1)})

    assert isinstance(error, Ambiguous)
    assert str(error) == "engine did not answer in time."


async def test_who_finds_no_room_in_time_was_surely_not_sent() -> None:
    over, heard = asyncio.Event(), asyncio.Event()

    async def slow(request: web.BaseRequest) -> web.StreamResponse:
        heard.set()
        await over.wait()
        return web.json_response({})

    bounds = Bounds(concurrency=1, queue=0.01)
    async with serving(slow) as server, Client(server, bounds=bounds) as rest:
        first = asyncio.ensure_future(rest.call("POST", "/x", json={}))
        async with asyncio.timeout(PATIENCE):
            await heard.wait()
        with pytest.raises(Temporary, match="more to answer than it can"):
            await rest.call("POST", "/x", json={})
        over.set()
        await first

    assert len(server.requests) == 1


async def test_no_more_requests_are_under_way_than_there_is_room_for() -> None:
    under_way, most = 0, 0

    async def counting(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal under_way, most
        under_way, most = under_way + 1, max(most, under_way + 1)
        await asyncio.sleep(0.01)
        under_way -= 1
        return web.json_response({})

    bounds = Bounds(concurrency=3)
    async with serving(counting) as server, Client(server, bounds=bounds) as rest:
        await asyncio.gather(*(rest.call("GET", "/x") for _ in range(30)))

    assert most == 3


@pytest.mark.parametrize(("status", "repeatable", "expected"), [
    (429, False, Temporary),
    (408, False, Temporary),
    (503, True, Temporary),
    (503, False, Ambiguous),
    (500, True, Temporary),
    (500, False, Ambiguous),
    (502, False, Ambiguous),
    (404, True, Permanent),
    (409, False, Permanent),
    (302, True, Permanent),
    (403, True, Unauthorized),
    (401, False, Unauthorized),
])  # fmt: skip
async def test_an_answer_is_told_by_what_the_caller_should_do(
    status: int, repeatable: bool, expected: type[PortError]
) -> None:
    error = await failure(always(said(status)), repeatable=repeatable)

    assert type(error) is expected
    assert error.code == f"http {status}"


@pytest.mark.parametrize(("header", "seconds"), [
    ("7", 7.0),
    ("1.5", 1.5),
    ("99999999", 3_600.0),
    (format_datetime(NOW + timedelta(seconds=40), usegmt=True), 40.0),
    (format_datetime(NOW - timedelta(seconds=40), usegmt=True), 0.0),
    ("soon", None),
    ("-4", None),
])  # fmt: skip
async def test_a_busy_server_says_when_to_come_back(header: str, seconds: float | None) -> None:
    error = await failure(always(said(429, headers={"Retry-After": header})))

    assert isinstance(error, Temporary)
    assert error.retry_after == seconds


@pytest.mark.parametrize(("body", "sentence"), [
    ({"detail": "no such flow"}, "engine refused: no such flow"),
    ({"detail": [{"loc": ["body", "name"], "msg": "too long"}]}, "engine refused: name: too long"),
    ({"exception_message": "two\nlines"}, "engine refused: two lines"),
    ({"detail": {"reason": "paused"}}, "engine refused: paused"),
    ({"detail": "x" * 9_000}, f"engine refused: {'x' * 299}…"),
    ({"unheard": "of"}, "engine refused: HTTP 422"),
    ([], "engine refused: HTTP 422"),
])  # fmt: skip
async def test_a_refusal_is_told_in_the_servers_own_words(body: Any, sentence: str) -> None:
    assert str(await failure(always(said(422, body=body)))) == sentence


async def test_no_refusal_repeats_a_secret() -> None:
    body = {"detail": "Bearer k3y-of-ours may not, and neither may pa55word"}
    options = {"credentials": Bearer(read=lambda: "k3y-of-ours")}

    error = await failure(always(said(422, body=body)), options=options, hidden=["pa55word"])

    assert str(error) == "engine refused: •••• may not, and neither may ••••"


@pytest.mark.parametrize("packed", [False, True])
async def test_an_answer_without_end_is_read_no_further_than_its_bound(packed: bool) -> None:
    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Encoding": "gzip"} if packed else {})
        await response.prepare(request)
        piece = gzip.compress(b"x" * 1024**2) if packed else b"x" * 65_536
        while True:
            await response.write(piece)

    bounds = Bounds(answer=1024**2)
    error = await failure(endless, options={"bounds": bounds}, method="GET", json=None)

    assert str(error) == "engine answers with more than 1 MiB."


async def test_an_answer_that_breaks_off_is_none() -> None:
    async def half(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"{")
        return await hang_up(request)

    assert isinstance(await failure(half), Ambiguous)


@pytest.mark.parametrize("body", ["", "{", "<html>", '{"id": 4}', "[" * 100_000, "\ud800x"[1:]])
async def test_an_answer_that_cannot_be_read_leaves_open_what_happened(body: str) -> None:
    async with serving(always(plain(body))) as server, Client(server) as rest:
        reply = await rest.call("POST", "/x", json={})
        with pytest.raises(Ambiguous, match="cannot be read"):
            reply.read(TypeAdapter(dict[str, str]))
        again = await rest.call("POST", "/x", json={}, repeatable=True)
        with pytest.raises(Temporary, match="cannot be read"):
            again.read(TypeAdapter(dict[str, str]))


async def test_a_key_that_was_mended_is_read_anew_and_the_request_goes_through() -> None:
    keys = ["old"]

    async def picky(request: web.BaseRequest) -> web.StreamResponse:
        known = request.headers.get("Authorization") == "Bearer new"
        return web.json_response({}, status=200 if known else 401)

    credentials = Bearer(read=lambda: keys[0])
    async with serving(picky) as server, Client(server, credentials=credentials) as rest:
        with pytest.raises(Unauthorized):
            await rest.call("POST", "/x", json={})
        assert len(server.requests) == 1
        keys[0] = "new\n"
        reply = await rest.call("POST", "/x", json={})

    assert reply.status == 200


async def test_a_key_that_is_nowhere_asks_for_a_person_and_sends_nothing() -> None:
    def read() -> str:
        raise Permanent("There is no secret PREFECT_KEY.")

    async with (
        serving(always(said(200))) as server,
        Client(server, credentials=Bearer(read=read)) as rest,
    ):
        with pytest.raises(Unauthorized, match="There is no secret PREFECT_KEY"):
            await rest.call("GET", "/x")

    assert server.requests == []


async def test_a_name_and_password_are_sent_as_basic() -> None:
    credentials = Basic(read=lambda: "bot:s3cret")
    async with (
        serving(always(said(200))) as server,
        Client(server, credentials=credentials) as rest,
    ):
        await rest.call("GET", "/x")
        await rest.call("GET", "/y", is_known=False)

    sent = [request.headers.get("Authorization") for request, _ in server.requests]
    assert sent == ["Basic Ym90OnMzY3JldA==", None]


async def test_values_that_are_no_json_are_not_sent() -> None:
    async with serving(always(said(200))) as server, Client(server) as rest:
        with pytest.raises(Permanent, match="no JSON"):
            await rest.call("POST", "/x", json={"n": float("nan")})

    assert server.requests == []


async def test_more_than_a_server_is_told_at_once_is_not_sent() -> None:
    bounds = Bounds(request=1024)
    async with serving(always(said(200))) as server, Client(server, bounds=bounds) as rest:
        with pytest.raises(Permanent, match="at most 1 KiB at once"):
            await rest.call("POST", "/x", json={"text": "x" * 1024})

    assert server.requests == []


@pytest.mark.parametrize("kind", [Basic, Bearer])
@pytest.mark.parametrize("secret", ["hunter\nlines", "hunter: \udcff"])
async def test_credentials_that_cannot_be_sent_have_to_be_mended(
    kind: type[Basic] | type[Bearer], secret: str
) -> None:
    async with (
        serving(always(plain())) as server,
        Client(server, credentials=kind(read=lambda: secret)) as rest,
    ):
        with pytest.raises(Unauthorized) as raised:
            await rest.call("GET", "/x")

    assert "hunter" not in str(raised.value)
    assert server.requests == []
