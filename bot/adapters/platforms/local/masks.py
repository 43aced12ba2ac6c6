"""Secrets taken out of a stream of bytes, also when a read cuts one in two."""

import base64
import json
import re
import urllib.parse
from collections.abc import Iterable

MASK = "••••".encode()

_SHORTEST_VARIANT = 6


class Masker:
    """Replaces every secret, and its usual encodings, by `MASK`.

    What could be the beginning of a secret is held back until more is known, so the result does
    not depend on how the stream was cut.
    """

    def __init__(self, secrets: Iterable[bytes]) -> None:
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        # Longest first: the regex then takes the longest form at each place.
        self._forms = sorted(forms, key=lambda form: (-len(form), form))
        self._pattern = re.compile(b"|".join(re.escape(form) for form in self._forms) or b"(?!)")
        self._firsts = re.compile(
            b"[" + re.escape(bytes({f[0] for f in forms})) + b"]" if forms else b"(?!)"
        )
        self._longest = len(self._forms[0]) if self._forms else 0
        self._held = b""

    def feed(self, piece: bytes) -> bytes:
        """The next masked bytes; may be fewer than were given."""
        text = self._held + piece
        return self._masked(text, self._undecided(text))

    def finish(self) -> bytes:
        """What was held back, once nothing more can come."""
        return self._masked(self._held, len(self._held))

    def mask(self, text: str) -> str:
        """A whole text, apart from the stream."""
        return self._pattern.sub(MASK, text.encode(errors="replace")).decode(errors="replace")

    def _masked(self, text: bytes, end: int) -> bytes:
        out: list[bytes] = []
        done = 0
        for found in self._pattern.finditer(text):
            if found.start() >= end:
                break
            out += [text[done : found.start()], MASK]
            done = found.end()
        rest = max(done, end)
        out.append(text[done:rest])
        self._held = text[rest:]
        return b"".join(out)

    def _undecided(self, text: bytes) -> int:
        """Where the first place stands at which a secret may have begun and not ended."""
        start = max(0, len(text) - self._longest + 1)
        for found in self._firsts.finditer(text, start):
            rest = text[found.start() :]
            if any(len(form) > len(rest) and form.startswith(rest) for form in self._forms):
                return found.start()
        return len(text)


def _forms(secret: bytes) -> Iterable[bytes]:
    yield secret
    lines = secret.splitlines()
    text = secret.decode(errors="replace")
    derived = [
        secret.strip(),
        *(line.strip() for line in lines if len(lines) > 1),
        urllib.parse.quote(secret, safe="").encode(),
        urllib.parse.quote_plus(secret).encode(),
        json.dumps(text)[1:-1].encode(),
        json.dumps(text, ensure_ascii=False)[1:-1].encode(),
        secret.hex().encode(),
        *base64.encodebytes(secret).splitlines(),
        *(form for shift in range(3) for form in _shifted(secret, shift)),
    ]
    yield from (form for form in derived if len(form) >= _SHORTEST_VARIANT)


def _shifted(secret: bytes, shift: int) -> Iterable[bytes]:
    """Base64 of the secret inside a longer text: the groups of three that are wholly its own."""
    skip = (3 - shift) % 3
    core = secret[skip:]
    core = core[: len(core) - len(core) % 3]
    yield base64.b64encode(core)
    yield base64.urlsafe_b64encode(core)
