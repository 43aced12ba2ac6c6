"""Roads to a server: proxies, authorities of certificates, redirects, and whose clock is right."""

import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.adapters.platforms.rest import Road
from bot.domain.errors import Temporary
from tests.adapters.platforms.clients import NOW, Client, failure, plain, said
from tests.fakes.servers import always, in_turn, serving


@pytest.fixture
def authority(tmp_path: Path) -> tuple[str, ssl.SSLContext]:
    """A file of authorities, and what a server shows that it vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "engine.test")])
    today = datetime.now(UTC)  # noqa: TID251  certificates are held against the machine's clock
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    (tmp_path / "ca.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(tmp_path / "ca.pem", tmp_path / "key.pem")
    return str(tmp_path / "ca.pem"), shown


async def test_a_certificate_is_held_against_the_authorities_that_are_given(
    authority: tuple[str, ssl.SSLContext],
) -> None:
    ca, shown = authority
    async with (
        serving(always(said(200)), tls=shown) as server,
        Client(server, road=Road(ca=ca)) as rest,
    ):
        assert (await rest.call("GET", "/x")).status == 200


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted_and_nothing_is_sent(
    authority: tuple[str, ssl.SSLContext],
) -> None:
    async with serving(always(said(200)), tls=authority[1]) as server, Client(server) as rest:
        with pytest.raises(Temporary, match="cannot be reached: self"):
            await rest.call("POST", "/x", json={})

    assert server.requests == []


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
