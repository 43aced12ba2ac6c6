"""What settings of platforms are made of: addresses, and references of secrets, never secrets."""

from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator

from bot.domain.parameters import is_reference


def _reference(text: str) -> str:
    if text and not is_reference(text):
        # It may be a secret that was written down by mistake, and is not repeated.
        raise ValueError("name a secret (env:NAME, file:/PATH or store:NAME) and do not write it")
    return text


def _web(text: str) -> str:
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("an address begins with https:// or http:// and names a host")
    return text


def _bare(text: str) -> str:
    parts = urlsplit(text)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("an address holds no password, no ? and no #")
    return text.rstrip("/")


Reference: TypeAlias = Annotated[str, AfterValidator(_reference)]
"""Where a secret is; empty for none."""

Address: TypeAlias = Annotated[str, AfterValidator(_web), AfterValidator(_bare)]
"""An address without a slash at its end; empty for none."""
