"""Audit chains for tests: rows, keys and checkpoints without a database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.adapters.seals import Signer, signer_given
from bot.domain.audit import GENESIS, AuditEntry
from bot.domain.chains import BEGINNING, Anchor, Checkpoint, Link, Walk, next_checkpoint
from bot.domain.errors import Temporary
from tests.fakes.values import NOW

KEY = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
"""
OTHER_KEY = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIEzNCJspa6IlyGRG/eiKLiChkrszAeFvzpcuOOSbGqD7
-----END PRIVATE KEY-----
"""
"""Made for tests, and used for nothing else."""


def signer(key: str = KEY) -> Signer:
    return signer_given(key, Path("unused"))


def entry(number: int, **changes: Any) -> AuditEntry:
    given: dict[str, Any] = {
        "at": NOW + timedelta(seconds=number),
        "tag": "job:execution:ready",
        "actor": "person:T0LOCAL/UANA",
        "actor_name": "Ana 🌊",
        "subject": f"execution:{number}",
        "request_id": f"r{number}",
        "detail": {"number": number, "values": {"env": "prod"}},
        **changes,
    }
    return AuditEntry(**given)


def chain(count: int, start: Anchor = BEGINNING) -> list[Link]:
    """So many rows that follow each other."""
    links: list[Link] = []
    before = start.hash
    for seq in range(start.seq + 1, start.seq + count + 1):
        said = entry(seq)
        links.append(Link(seq=seq, entry=said, before=before, hash=said.chained(before)))
        before = links[-1].hash
    return links


def forged(links: Sequence[Link], place: int, **changes: Any) -> list[Link]:
    """With one row changed and every later one hashed anew, as somebody with time would."""
    made, before = list(links[:place]), links[place - 1].hash if place else GENESIS
    for at, link in enumerate(links[place:]):
        said = replace(link.entry, **changes) if at == 0 else link.entry
        made.append(replace(link, entry=said, before=before, hash=said.chained(before)))
        before = made[-1].hash
    return made


def signed(links: Sequence[Link], *seqs: int, by: Signer | None = None) -> list[Checkpoint]:
    """Checkpoints after these rows of a chain from its beginning."""
    by, walk, made = by or signer(), Walk(), list[Checkpoint]()
    for link in links:
        assert walk.take(link) is None
        if link.seq in seqs:
            newest = made[-1] if made else None
            made.append(by.signed(next_checkpoint(newest, walk.at, NOW, by.key)))
    return made


class FakeWitness:
    """Remembers checkpoints."""

    def __init__(self) -> None:
        self.kept: list[Checkpoint] = []

    async def keep(self, checkpoint: Checkpoint) -> None:
        self.kept.append(checkpoint)


class FakeArchive:
    """A bucket in memory; `fails` makes so many puts fail, after they were kept when `late`."""

    def __init__(self) -> None:
        self.pieces: dict[str, bytes] = {}
        self.puts: list[str] = []
        self.fails = 0
        self.late = False

    async def put(self, name: str, content: bytes) -> None:
        self.puts.append(name)
        if self.fails and not self.late:
            self.fails -= 1
            raise Temporary("the archive is away")
        assert self.pieces.get(name, content) == content, "a name stands for one content"
        self.pieces[name] = content
        if self.fails:
            self.fails -= 1
            raise Temporary("the answer was lost")
