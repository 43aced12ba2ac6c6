"""Offers: jobs that platforms tell of themselves, and what people call them here."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.jobs import Job, digest_of

LONGEST_NAME = 63
"""Characters of a job's name."""

KEPT_GONE_DAYS = 30
"""For how long what is not offered any more is still known, so that people are told so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A job as its platform told it. `since` is when it was first seen there.

    `gone_at` is when it was found to be offered no more; None while it is.
    """

    platform: str
    job: Job
    since: datetime
    gone_at: datetime | None = None

    @property
    def remote(self) -> str:
        """What its platform calls it."""
        return self.job.remote or self.job.name

    @property
    def slug(self) -> str:
        """What it would be called if nothing else were called that."""
        return slug_of(self.job.name) or _by_number(self.platform, self.remote)


@dataclass(frozen=True, kw_only=True, slots=True)
class Offering:
    """How far we know what a platform offers.

    `version` is a digest of all it offers, empty while it never answered; `failures` counts what
    went wrong since it last answered, `error` is its last word.
    """

    platform: str
    version: str = ""
    due_at: datetime
    answered_at: datetime | None = None
    failures: int = 0
    error: str = ""


def left_behind(
    ours: Collection[str], offering: Iterable[Offering], busy: Collection[str]
) -> Sequence[str]:
    """Platforms that a file does not name and of which something is there: offers, or runs."""
    known = {each.platform for each in offering if each.answered_at is not None}
    return sorted({*known, *busy} - set(ours))


def slug_of(words: str) -> str:
    """`ETL Flow/nightly_run` as `etl-flow-nightly_run`; empty when nothing of it is Latin."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")[:LONGEST_NAME].rstrip("-_")


def names_for(offer: Offer, *, is_elsewhere: bool = False) -> Iterator[str]:
    """What it may be called, the best first; the last one is surely nobody else's.

    `is_elsewhere`: another platform has one of this name, so which platform tells them apart.
    """
    yield offer.slug
    if is_elsewhere:
        yield slug_of(f"{offer.platform}-{offer.slug}")
    whole = slug_of(offer.remote)
    if whole:
        yield whole
        yield slug_of(f"{offer.platform}-{whole}")
    yield _by_number(offer.platform, offer.remote)


class Names:
    """What is called how so far; names go to those first who are named first.

    `taken` are nobody's to have, `whose` says of which platform those are that run elsewhere.
    """

    def __init__(self, taken: Iterable[str], whose: Mapping[str, str]) -> None:
        self._taken = set(taken)
        self._whose = dict(whose)

    def name(self, offer: Offer) -> str:
        """Take the best name that is free.

        What is gone leaves its own to others of its platform alone: else whoever asks for it, and a
        schedule of it, would get what another platform has of that name.
        """
        found = ""
        for found in names_for(offer, is_elsewhere=self._is_elsewhere(offer.slug, offer)):
            if self.take(found, offer):
                break
        return found

    def take(self, name: str, offer: Offer) -> bool:
        """Whether the name, folded, was free; it is the offer's then."""
        if name in self._taken or self._is_elsewhere(name, offer):
            return False
        self._whose[name] = offer.platform
        if offer.gone_at is None:
            self._taken.add(name)
        return True

    def _is_elsewhere(self, name: str, offer: Offer) -> bool:
        return self._whose.get(name, offer.platform) != offer.platform


def is_called(offer: Offer, name: str) -> bool:
    """True when a file that says only `name` may mean it."""
    last = slug_of(offer.remote.rpartition("/")[2])
    return name in {offer.remote, offer.slug, slug_of(offer.remote), last}


def _by_number(platform: str, remote: str) -> str:
    return f"{platform}-{digest_of(remote)[:8]}"
