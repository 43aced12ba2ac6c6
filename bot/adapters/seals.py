"""Ed25519 keys: the bot's own that signs checkpoints, and public ones that prove them."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.domain.chains import Checkpoint, Seal
from bot.domain.errors import Mistake

LARGEST_KEY = 16 * 1024
"""Bytes of a key file; a PEM of an Ed25519 key has about 120."""


class Signer:
    """Signs with one private key; `key` is its id, `public` what others prove it with, as PEM."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.key = key_id(private.public_key())
        self.public = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def signed(self, checkpoint: Checkpoint) -> Checkpoint:
        """The checkpoint with this key's signature."""
        mine = replace(checkpoint, key=self.key)
        return replace(mine, signature=self._private.sign(mine.signed()).hex())

    def judge(self, checkpoint: Checkpoint) -> Seal:
        """Whether this key signed it."""
        return judged({self.key: self._private.public_key()}, checkpoint)


class Keyring:
    """Public keys that are trusted."""

    def __init__(self, keys: Iterable[Ed25519PublicKey]) -> None:
        self._keys = {key_id(key): key for key in keys}

    def judge(self, checkpoint: Checkpoint) -> Seal:
        return judged(self._keys, checkpoint)


def judged(keys: Mapping[str, Ed25519PublicKey], checkpoint: Checkpoint) -> Seal:
    """What a checkpoint's signature is worth to whoever trusts these keys."""
    key = keys.get(checkpoint.key)
    if key is None:
        return Seal.UNKNOWN
    try:
        key.verify(bytes.fromhex(checkpoint.signature), checkpoint.signed())
    except (InvalidSignature, ValueError):
        return Seal.BAD
    return Seal.GOOD


def key_id(key: Ed25519PublicKey) -> str:
    """The first 16 hex digits of the SHA-256 of the raw public key."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def signer_given(said: str, own: Path) -> Signer:
    """By a setting: `file:PATH`, the PEM itself, or nothing: then `own` is made and kept.

    Raises Mistake or OSError.
    """
    if not said:
        return _own_signer(own)
    if said.startswith("file:"):
        return _signer(_content(Path(said.removeprefix("file:"))), said)
    # In a variable of an environment line ends are often written out.
    return _signer(said.replace("\\n", "\n").encode(), "JOBTHREAD_AUDIT_KEY")


def _signer(content: bytes, called: str) -> Signer:
    private = _private(content)
    if private is None:
        raise Mistake(
            f"{called} is no private Ed25519 key in PEM (openssl genpkey -algorithm ed25519)."
        )
    return Signer(private)


def _own_signer(file: Path) -> Signer:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        mine = file.with_name(f"{file.name}.{uuid4().hex}")
        _write(mine, Ed25519PrivateKey.generate())
        try:
            # Two processes that begin together with one folder must agree on its key.
            os.link(mine, file)
        except FileExistsError:
            pass
        finally:
            mine.unlink()
    return _signer(_content(file), str(file))


def public_key_of(file: Path) -> Ed25519PublicKey:
    """A public key, or that of a private one. Raises Mistake."""
    content = _content(file)
    private = _private(content)
    if private is not None:
        return private.public_key()
    try:
        found = serialization.load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        found = None
    if not isinstance(found, Ed25519PublicKey):
        raise Mistake(
            f"{file} holds no Ed25519 key in PEM; `jobthread audit key` prints the public one."
        )
    return found


def _private(content: bytes) -> Ed25519PrivateKey | None:
    try:
        found = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return found if isinstance(found, Ed25519PrivateKey) else None


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_KEY)
    except OSError as error:
        raise Mistake(f"The key {file} cannot be read: {error.strerror}.") from error


def _write(file: Path, key: Ed25519PrivateKey) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, pem)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
