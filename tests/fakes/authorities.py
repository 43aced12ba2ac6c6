"""Authorities of certificates that only tests know, and servers for which they vouch."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, kw_only=True, slots=True)
class Authority:
    """`ca` is the file that a client is given, `shown` what a server on this machine shows."""

    ca: Path
    shown: ssl.SSLContext


def authority(folder: Path, name: str = "engine.test") -> Authority:
    """One that vouches for 127.0.0.1 and for nobody else."""
    folder.mkdir(parents=True, exist_ok=True)
    ca, keys = folder / "ca.pem", folder / "server.pem"
    own, server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    itself = _named(name)
    root = _begun(itself, itself, own.public_key()).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    leaf = _begun(_named(f"server of {name}"), itself, server.public_key()).add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
    )
    ca.write_bytes(root.sign(own, SHA256()).public_bytes(Encoding.PEM))
    keys.write_bytes(
        leaf.sign(own, SHA256()).public_bytes(Encoding.PEM)
        + server.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(keys)
    return Authority(ca=ca, shown=shown)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    today = datetime.now(UTC)  # noqa: TID251  certificates are held against the machine's clock
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
    )
