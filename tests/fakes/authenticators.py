"""A passkey in software: what a browser and its authenticator would answer, and what not.

WebAuthn Level 2: 5.8.1 (client data), 6.1 (authenticator data), 6.5.4 (attestation).
"""

import hashlib
import json
import struct
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN = "https://jobs.example.com"

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


@dataclass(kw_only=True)
class Authenticator:
    """One passkey. `verifies` is false for a touch without finger or PIN; `steps` is by how much
    it counts each time, 0 where it does not count."""

    origin: str = ORIGIN
    site: str = "jobs.example.com"
    verifies: bool = True
    count: int = 0
    steps: int = 1
    id: bytes = field(default_factory=lambda: uuid4().bytes)
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def name(self) -> str:
        return _text(self.id)

    def make(self, options: Any) -> dict[str, Any]:
        """The answer to `navigator.credentials.create`."""
        attested = b"\0" * 15 + b"\1" + struct.pack(">H", len(self.id)) + self.id + self._cose()
        data = self._data(_ATTESTED, attested)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        response = {"clientDataJSON": _text(client), "attestationObject": _text(attestation)}
        return {"id": self.name, "rawId": self.name, "type": "public-key", "response": response}

    def prove(self, options: Any) -> dict[str, Any]:
        """The answer to `navigator.credentials.get`."""
        self.count += self.steps
        client = self._client("webauthn.get", options["challenge"])
        data = self._data(0, b"")
        signed = data + hashlib.sha256(client).digest()
        response = {
            "clientDataJSON": _text(client),
            "authenticatorData": _text(data),
            "signature": _text(self.key.sign(signed, ec.ECDSA(SHA256()))),
            "userHandle": None,
        }
        return {"id": self.name, "rawId": self.name, "type": "public-key", "response": response}

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, flags: int, rest: bytes) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verifies else 0)
        site = hashlib.sha256(self.site.encode()).digest()
        return site + bytes([flags]) + struct.pack(">I", self.count) + rest

    def _cose(self) -> bytes:
        """ES256 on P-256 (RFC 9053)."""
        public = self.key.public_key().public_numbers()
        x, y = (each.to_bytes(32, "big") for each in (public.x, public.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
