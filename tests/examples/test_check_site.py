"""check-site: addresses that answer, that do not, and certificates that end."""

import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.examples.scripts import Ran, run


class Handler(BaseHTTPRequestHandler):
    """Answers with the status that the path names."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/") or 200))
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def site(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


@pytest.fixture
def certificate(tmp_path: Path, server: ThreadingHTTPServer) -> Path:
    """A certificate of thirty days for the server, which speaks TLS from here on."""
    both = tmp_path / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
         "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    both.write_text((tmp_path / "key.pem").read_text() + (tmp_path / "cert.pem").read_text())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return tmp_path / "cert.pem"


def check(urls: str, *more: object) -> Ran:
    return run("check_site.py", "--urls", urls, "--timeout", 20, *more)


def test_sites_that_answer_are_well(site: str) -> None:
    ran = check(f"{site}/\n\n  {site}/204\n{site}/\n")

    assert (ran.code, "All 2 addresses are well" in ran.summary) == (0, True)


def test_one_that_is_down_fails_the_check_and_is_named(site: str) -> None:
    ran = check(f"{site}/503\n{site}/")

    assert ran.code == 1
    assert f"{site}/503: HTTP 503 (1 of 2 are well)." in ran.error


def test_one_that_refuses_is_told_in_words() -> None:
    assert "no answer" in check("http://127.0.0.1:9/").error


def test_a_certificate_that_holds_is_well(site: str, certificate: Path) -> None:
    ran = check(site.replace("http:", "https:"), "--ca-file", certificate, "--days", 14)

    assert ran.code == 0, ran.output
    assert "certificate 30 days" in ran.output


def test_a_certificate_that_ends_soon_fails(site: str, certificate: Path) -> None:
    ran = check(site.replace("http:", "https:"), "--ca-file", certificate, "--days", 31)

    assert "certificate ends in 30 days" in ran.error


def test_a_certificate_that_nobody_vouches_for_fails(site: str, certificate: Path) -> None:
    assert "certificate: self" in check(site.replace("http:", "https:")).error


@pytest.mark.parametrize(
    "urls", ["ftp://x/", "not an address", "http://user:pw@x/", "", "http:///x"]
)
def test_what_is_no_address_is_refused(urls: str) -> None:
    assert check(urls).code == 1


def test_too_many_addresses_are_refused() -> None:
    assert "From 1 to 50" in check("\n".join(f"http://x{n}/" for n in range(51))).error


def test_a_port_that_is_none_is_told() -> None:
    assert "out of range" in check("http://127.0.0.1:99999/").error
