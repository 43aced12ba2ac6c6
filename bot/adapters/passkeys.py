"""Passkeys in browsers: WebAuthn Level 2 by py_webauthn, for one origin."""

import json
import struct
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bot.domain.actors import PersonId
from bot.domain.errors import Permanent
from bot.domain.jobs import digest_of
from bot.domain.passkeys import Made, Passkey

PATIENCE = 120_000
"""Milliseconds that a browser gives somebody to touch their key."""

_UNREADABLE = (
    WebAuthnException,
    UnsupportedAlgorithm,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)
"""What the library and the parsers beneath it raise for answers that somebody made up."""


class WebAuthn:
    """Asks for user verification always: a fingerprint or PIN, not only a touch."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._site = urlsplit(origin).hostname or ""

    def making(
        self, challenge: bytes, person: PersonId, name: str, known: Sequence[Passkey]
    ) -> Mapping[str, Any]:
        options = generate_registration_options(
            rp_id=self._site,
            rp_name="Jobthread",
            user_id=bytes.fromhex(digest_of(person.team, person.user)),
            user_name=name or person.user,
            challenge=challenge,
            timeout=PATIENCE,
            exclude_credentials=_described(known),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
        return _as_json(options_to_json(options))

    def proving(self, challenge: bytes, known: Sequence[Passkey]) -> Mapping[str, Any]:
        options = generate_authentication_options(
            rp_id=self._site,
            challenge=challenge,
            timeout=PATIENCE,
            allow_credentials=_described(known),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return _as_json(options_to_json(options))

    def made(self, answer: Mapping[str, Any], challenge: bytes) -> Made:
        with _judging():
            verified = verify_registration_response(
                credential=dict(answer),
                expected_challenge=challenge,
                expected_rp_id=self._site,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        return Made(
            id=bytes_to_base64url(verified.credential_id),
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
        )

    def proved(self, answer: Mapping[str, Any], challenge: bytes, passkey: Passkey) -> int:
        with _judging():
            verified = verify_authentication_response(
                credential=dict(answer),
                expected_challenge=challenge,
                expected_rp_id=self._site,
                expected_origin=self.origin,
                credential_public_key=passkey.public_key,
                # How it counts is judged by who asks, who tells that from a bad signature.
                credential_current_sign_count=-1,
                require_user_verification=True,
            )
            if bytes_to_base64url(verified.credential_id) != passkey.id:
                raise ValueError("another passkey answered")
        return verified.new_sign_count


@contextmanager
def _judging() -> Generator[None]:
    """Raises Permanent for whatever does not hold; its code is `origin` for another page's."""
    try:
        yield
    except _UNREADABLE as error:
        reason = str(error)[:200] or type(error).__name__
        code = "origin" if "data origin" in reason else "invalid"
        raise Permanent(reason, code=code) from error


def _described(known: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.id)) for each in known]


def _as_json(text: str) -> Mapping[str, Any]:
    return cast("dict[str, Any]", json.loads(text))
