"""Ask a list of addresses: whether they answer, how fast, and how long their certificates hold."""

import argparse
import http.client
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import protocol
from protocol import JobFailed

MOST_ADDRESSES = 50
AT_ONCE = 8
LARGEST_BODY = 64 * 1024
"""Bytes of an answer that are read."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one address did. `seconds` to the end of the body, `days` that its certificate holds."""

    url: str
    status: int = 0
    seconds: float = 0.0
    days: float | None = None
    fault: str = ""


def main() -> None:
    options = _options()
    urls = addresses(options.urls)
    context = ssl.create_default_context(cafile=options.ca_file)
    answers: list[Answer] = []
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        asked = [pool.submit(ask, url, options.timeout, options.days, context) for url in urls]
        for number, each in enumerate(asked, start=1):
            answers.append(each.result())
            protocol.progress(100 * number / len(urls), f"{number} of {len(urls)} answered")
            _print(answers[-1])
    _report(answers)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--urls", required=True, help="addresses, one a line")
    parser.add_argument("--days", type=float, default=14, help="a certificate must hold so long")
    parser.add_argument("--timeout", type=float, default=10, help="seconds for each step")
    parser.add_argument("--ca-file", type=Path, help="certificates to trust beside none other")
    return parser.parse_args()


def addresses(text: str) -> list[str]:
    """The addresses of a text, each once; raises JobFailed for what is none."""
    urls = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise JobFailed(f"{url[:80]!r} is not an address such as https://example.org/health.")
    if not 0 < len(urls) <= MOST_ADDRESSES:
        raise JobFailed(f"From 1 to {MOST_ADDRESSES} addresses are wanted, one a line.")
    return urls


def ask(url: str, timeout: float, days: float, context: ssl.SSLContext) -> Answer:
    """Ask once; every way to fail is in the answer. A redirect counts as an answer."""
    started = time.monotonic()
    try:
        connection = _connection(urlsplit(url), timeout, context)
    except ValueError as error:
        return Answer(url=url, fault=str(error))
    try:
        connection.connect()
        left = _days_left(connection)
        connection.request("GET", _target(url), headers={"User-Agent": "jobthread-check-site"})
        answer = connection.getresponse()
        answer.read(LARGEST_BODY)
    except ssl.SSLCertVerificationError as error:
        return Answer(url=url, fault=f"certificate: {error.verify_message}")
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return Answer(url=url, fault=f"no answer: {reason}")
    finally:
        connection.close()
    fault = f"HTTP {answer.status}" if answer.status >= 400 else ""
    if left is not None and left < days:
        fault = f"certificate ends in {left:.0f} days"
    took = time.monotonic() - started
    return Answer(url=url, status=answer.status, seconds=took, days=left, fault=fault)


def _connection(
    parts: SplitResult, timeout: float, context: ssl.SSLContext
) -> http.client.HTTPConnection:
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=context)
    return http.client.HTTPConnection(host, port, timeout=timeout)


def _days_left(connection: http.client.HTTPConnection) -> float | None:
    if not isinstance(connection.sock, ssl.SSLSocket):
        return None
    certificate = connection.sock.getpeercert() or {}
    return (ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time()) / 86_400


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _print(answer: Answer) -> None:
    word = "DOWN" if answer.fault else "ok"
    timing = f"{answer.status} in {answer.seconds * 1_000:.0f} ms" if answer.status else ""
    holds = f"certificate {answer.days:.0f} days" if answer.days is not None else ""
    told = "  ".join(part for part in (timing, holds, answer.fault) if part)
    print(f"{word:<5} {answer.url}  {told}", flush=True)


def _report(answers: list[Answer]) -> None:
    bad = [answer for answer in answers if answer.fault]
    good = [answer for answer in answers if not answer.fault]
    slowest = max((answer.seconds for answer in good), default=0.0)
    shortest = min((a.days for a in answers if a.days is not None), default=None)
    protocol.metric("up", len(good), "addresses")
    protocol.metric("slowest", slowest * 1_000, "ms")
    if shortest is not None:
        protocol.metric("certificate", shortest, "days")
    protocol.result({answer.url: answer.fault or "ok" for answer in answers})
    if bad:
        first = bad[0]
        more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
        raise JobFailed(
            f"{first.url}: {first.fault}{more} ({len(good)} of {len(answers)} are well)."
        )
    protocol.summary(
        f"All {len(good)} addresses are well; the slowest took {slowest * 1_000:.0f} ms"
    )


if __name__ == "__main__":
    protocol.run(main)
