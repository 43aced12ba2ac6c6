"""Secrets taken out of a stream of bytes, also when a read cuts one in two."""

import base64
import html
import json
import re
import urllib.parse
from collections.abc import Iterable

from bot.adapters.platforms.local.automata import Automaton, Search
from bot.domain.parameters import VEIL

MASK = VEIL.encode()

_SHORTEST_VARIANT = 6
_ESCAPE = re.compile(rb"%[0-9A-F]{2}")


class Masker:
    """Replaces every secret, and its usual encodings, by `MASK`.

    What could be the beginning of a secret is held back until more is known, so the result does
    not depend on how the stream was cut. Time is linear in the output whatever it is, and no more
    is held than the longest form of a secret, with the line ends in it.
    """

    def __init__(self, secrets: Iterable[bytes]) -> None:
        known = [secret for secret in secrets if secret]
        self._automata = (
            Automaton(form for secret in known for form in _written(secret)),
            Automaton((form for secret in known for form in _encoded(secret)), wrapped=True),
        )
        self._stream = _Stream(self._automata)

    def feed(self, piece: bytes) -> bytes:
        """The next masked bytes; may be fewer than were given."""
        return self._stream.feed(piece)

    def finish(self) -> bytes:
        """What was held back, once nothing more can come."""
        return self._stream.finish()

    def mask(self, text: str) -> str:
        """A whole text, apart from the stream."""
        alone = _Stream(self._automata)
        masked = alone.feed(text.encode(errors="replace")) + alone.finish()
        return masked.decode(errors="replace")


class _Stream:
    """One stream: what is held of it, and where in it secrets stand.

    `_spans` are disjoint and in order; the mask of one that begins before `_start` is out already.
    """

    def __init__(self, automata: Iterable[Automaton]) -> None:
        self._searches = tuple(Search(each) for each in automata)
        self._held = b""
        self._start = 0
        self._spans: list[tuple[int, int]] = []

    def feed(self, piece: bytes) -> bytes:
        offset = self._start + len(self._held)
        found = [span for search in self._searches for span in search.feed(piece, offset)]
        for span in sorted(found, key=lambda each: each[1]):
            self._add(*span)
        self._held += piece
        end = offset + len(piece)
        return self._let_go(min(search.open_since(end) for search in self._searches))

    def finish(self) -> bytes:
        return self._let_go(self._start + len(self._held))

    def _add(self, start: int, end: int) -> None:
        """A span; those that it overlaps become one with it."""
        while self._spans and self._spans[-1][1] > start:
            before = self._spans.pop()
            start, end = min(start, before[0]), max(end, before[1])
        self._spans.append((start, end))

    def _let_go(self, until: int) -> bytes:
        """Everything before an offset, after which no match can begin that is not known yet."""
        out: list[bytes] = []
        done = self._start
        while self._spans and self._spans[0][0] < until:
            start, end = self._spans[0]
            if start >= self._start:
                out += [self._held[done - self._start : start - self._start], MASK]
            done = min(end, until)
            if end > until:
                break
            del self._spans[0]
        out.append(self._held[done - self._start : max(done, until) - self._start])
        self._held = self._held[max(done, until) - self._start :]
        self._start = max(done, until)
        return b"".join(out)


def _written(secret: bytes) -> Iterable[bytes]:
    """The secret itself, and as texts that hold it write it."""
    yield secret
    lines = secret.splitlines()
    text = secret.decode(errors="replace")
    quoted = [
        urllib.parse.quote(secret, safe="").encode(),
        urllib.parse.quote(secret).encode(),
        urllib.parse.quote_plus(secret).encode(),
    ]
    derived = [
        secret.strip(),
        *(line.strip() for line in lines if len(lines) > 1),
        *quoted,
        *(_ESCAPE.sub(lambda found: found.group().lower(), each) for each in quoted),
        json.dumps(text)[1:-1].encode(),
        json.dumps(text, ensure_ascii=False)[1:-1].encode(),
        html.escape(text).encode(),
    ]
    yield from (form for form in derived if len(form) >= _SHORTEST_VARIANT)


def _encoded(secret: bytes) -> Iterable[bytes]:
    """As programs encode it that wrap their lines."""
    forms = [
        secret.hex().encode(),
        secret.hex().upper().encode(),
        base64.b64encode(secret),
        base64.urlsafe_b64encode(secret),
        *(form for shift in range(3) for form in _shifted(secret, shift)),
    ]
    yield from (form for form in forms if len(form) >= _SHORTEST_VARIANT)


def _shifted(secret: bytes, shift: int) -> Iterable[bytes]:
    """Base64 of the secret inside a longer text: the groups of three that are wholly its own."""
    skip = (3 - shift) % 3
    core = secret[skip:]
    core = core[: len(core) - len(core) % 3]
    yield base64.b64encode(core)
    yield base64.urlsafe_b64encode(core)
