"""Passkeys, and errands: what somebody is to do once, on a page, with a passkey."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.actors import PersonId
from bot.domain.jobs import digest_of

GOOD_FOR = timedelta(minutes=10)
"""How long a link may be used, once."""

MOST_EACH = 10
"""Passkeys of one person that count at the same time."""

LONGEST_NAME = 60


class Purpose(StrEnum):
    """What a link is for."""

    REGISTER = "register"
    APPROVE = "approve"


class Step(StrEnum):
    """What a passkey does on the page; a second passkey takes both steps."""

    PROVE = "prove"
    MAKE = "make"


@dataclass(frozen=True, kw_only=True, slots=True)
class Passkey:
    """One passkey of one person. `id` is the credential's, in Base64url; `public_key` is COSE.

    `sign_count` is the highest one seen; many passkeys never count and stay at 0.
    """

    id: str
    person: PersonId
    name: str
    public_key: bytes
    sign_count: int = 0
    created_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def counts(self) -> bool:
        return self.revoked_at is None

    def went_back(self, sign_count: int) -> bool:
        """True when it counted less than before: there may be a copy of it (WebAuthn 7.2, 22)."""
        return (sign_count > 0 or self.sign_count > 0) and sign_count <= self.sign_count


@dataclass(frozen=True, kw_only=True, slots=True)
class Errand:
    """What a one-time link lets one person do; `token` is the hash of what the link holds.

    With the purpose APPROVE `execution` and `digest` say to what the yes is said.
    """

    token: str
    purpose: Purpose
    person: PersonId
    execution: int = 0
    digest: str = ""
    comment: str = ""
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    def challenge(self, step: Step) -> bytes:
        """What the passkey signs: 32 bytes that stand for all of this, and for nothing else."""
        of = (self.purpose, self.person.user, self.execution, self.digest, self.comment)
        return bytes.fromhex(digest_of("passkey", step, self.token, *of))


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A passkey that a browser made just now."""

    id: str
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StepUpLink:
    """A one-time link, for the eyes of one person; `target` is what is approved with it."""

    url: str
    purpose: Purpose
    execution: int = 0
    target: str = ""


def hash_of(token: str) -> str:
    """Under which name a link's token is kept: who reads the database cannot use the link."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_due(passkey: Passkey, asked_at: datetime) -> bool:
    """True when it was there before something was asked for, so that it may say yes to it."""
    return passkey.created_at <= asked_at
