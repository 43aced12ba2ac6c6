"""Roads to a server: proxies, authorities of certificates, redirects, and whose clock is right."""

from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from traceback import format_exception

import pytest
from aiohttp import encode_basic_auth, web

from bot.adapters.platforms.rest import Road
from bot.domain.errors import Temporary
from tests.adapters.platforms.clients import NOW, Client, failure, plain, said
from tests.fakes.authorities import Authority, authority
from tests.fakes.proxies import proxying
from tests.fakes.servers import always, in_turn, serving


@pytest.fixture
def known(tmp_path: Path) -> Authority:
    return authority(tmp_path)


async def test_a_certificate_is_held_against_the_authorities_that_are_given(
    known: Authority,
) -> None:
    async with (
        serving(always(said(200)), tls=known.shown) as server,
        Client(server, road=Road(ca=str(known.ca))) as rest,
    ):
        assert (await rest.call("GET", "/x")).status == 200


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted_and_nothing_is_sent(
    known: Authority, tmp_path: Path
) -> None:
    other = authority(tmp_path / "other", "other.test")
    async with serving(always(said(200)), tls=known.shown) as server:
        for road in (Road(), Road(ca=str(other.ca))):
            async with Client(server, road=road) as rest:
                with pytest.raises(
                    Temporary, match="cannot be reached: unable to get local issuer"
                ):
                    await rest.call("POST", "/x", json={})

    assert server.requests == []


async def test_a_certificate_for_another_name_is_not_taken(known: Authority) -> None:
    async with serving(always(said(200)), tls=known.shown) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        async with Client(url, road=Road(ca=str(known.ca))) as rest:
            with pytest.raises(Temporary, match="certificate is not valid for 'localhost'"):
                await rest.call("POST", "/x", json={})

    assert server.requests == []


async def test_through_a_proxy_goes_a_tunnel_that_it_cannot_look_into(known: Authority) -> None:
    async with (
        serving(always(said(200)), tls=known.shown) as server,
        proxying() as proxy,
        Client(server, road=Road(ca=str(known.ca), proxy=proxy.url)) as rest,
    ):
        reply = await rest.call("POST", "/x", json={"word": "hunter2"})

    assert reply.status == 200
    assert proxy.asked == [server.url.removeprefix("https://")]
    assert b"hunter2" not in proxy.passed
    assert len(server.requests) == 1


async def test_a_proxy_that_lets_nobody_out_is_said_so_and_nothing_is_sent(
    known: Authority,
) -> None:
    async with (
        serving(always(said(200)), tls=known.shown) as server,
        proxying(wanted="Basic any") as proxy,
    ):
        road = Road(ca=str(known.ca), proxy=proxy.url)
        async with Client(server, road=road) as rest:
            with pytest.raises(Temporary, match="reached: 407 Proxy Authentication Required"):
                await rest.call("POST", "/x", json={})

    assert server.requests == []


async def test_a_proxy_is_shown_its_own_password_which_may_change(known: Authority) -> None:
    held = ["out:sec:ret@"]
    async with (
        serving(always(said(200)), tls=known.shown) as server,
        proxying(wanted=encode_basic_auth("out", "sec:ret@")) as proxy,
    ):
        road = Road(ca=str(known.ca), proxy=proxy.url, proxy_auth=lambda: held[0])
        async with Client(server, road=road) as rest:
            assert (await rest.call("GET", "/x")).status == 200
            held[0] = "out:another"
            with pytest.raises(Temporary, match="407") as refused:
                await rest.call("GET", "/x")

    assert "another" not in "".join(format_exception(refused.value))
    ((request, _),) = server.requests
    assert "Proxy-Authorization" not in request.headers


async def test_a_proxy_without_a_tunnel_is_shown_its_password_and_believed() -> None:
    async with serving(in_turn(said(200), lambda: web.Response(status=407))) as proxy:
        road = Road(proxy=proxy.url, proxy_auth=lambda: "out:secret")
        async with Client("http://far.invalid/api", road=road) as rest:
            await rest.call("GET", "/x")
            with pytest.raises(Temporary, match="reached: 407 Proxy Authentication Required"):
                await rest.call("POST", "/x", json={})

    shown = {request.headers.get("Proxy-Authorization") for request, _ in proxy.requests}
    assert shown == {encode_basic_auth("out", "secret")}


async def test_an_unknown_host_was_surely_not_asked() -> None:
    async with Client("http://no-such-host.invalid") as rest:
        with pytest.raises(Temporary, match=r"nobody knows where no-such-host\.invalid is"):
            await rest.call("POST", "/x", json={})


async def test_nothing_is_followed_elsewhere() -> None:
    async with serving(always(said(200))) as elsewhere:
        error = await failure(always(plain(status=307, headers={"Location": elsewhere.url})))

    assert elsewhere.requests == []
    assert "sends us elsewhere" in str(error)


@pytest.mark.parametrize(("ahead", "skew"), [(300, 300), (-300, -300), (1, 0), (0, 0)])
async def test_a_clock_that_is_off_is_known_by_its_date(ahead: int, skew: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=ahead), usegmt=True)
    dated = said(200, headers={"Date": date})
    async with serving(always(dated)) as server, Client(server) as rest:
        await rest.call("GET", "/x")
        theirs = NOW + timedelta(seconds=ahead)

        assert abs(rest.skew - timedelta(seconds=skew)) < timedelta(seconds=1)
        assert abs(rest.theirs_to_ours(theirs) - NOW) <= timedelta(seconds=2)
        assert rest.theirs_to_ours(rest.ours_to_theirs(NOW)) == NOW


async def test_a_skew_keeps_still_until_the_clock_is_set_right() -> None:
    dates = [NOW + timedelta(seconds=s) for s in (300, 301, 0)]
    answers = [said(200, headers={"Date": format_datetime(date, usegmt=True)}) for date in dates]
    seen: list[timedelta] = []
    async with serving(in_turn(*answers)) as server, Client(server) as rest:
        for _ in dates:
            await rest.call("GET", "/x")
            seen.append(rest.skew)

    assert seen[0] == seen[1] > timedelta(seconds=299)
    assert seen[2] == timedelta()


async def test_a_proxy_is_asked_instead_of_the_server() -> None:
    async with serving(always(said(200))) as proxy:
        road = Road(proxy=proxy.url)
        async with Client("http://far.invalid/api", road=road) as rest:
            await rest.call("GET", "/x")

    ((request, _),) = proxy.requests
    assert request.raw_path == "http://far.invalid/api/x"


async def test_a_file_of_authorities_that_is_not_there_is_named() -> None:
    async with Client("https://127.0.0.1:1", road=Road(ca="/nowhere/ca.pem")) as rest:
        with pytest.raises(Temporary, match=r"/nowhere/ca\.pem: No such file"):
            await rest.call("GET", "/x")


async def test_a_closed_client_opens_again_when_it_is_asked() -> None:
    async with serving(always(said(200))) as server, Client(server) as rest:
        await rest.call("GET", "/x")
        await rest.close()

        assert (await rest.call("GET", "/x")).status == 200
