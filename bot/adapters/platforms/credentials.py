"""How a REST client shows who it is: nobody, a bearer's key, or a name and its password."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.errors import Permanent, Unauthorized
from bot.domain.wording import at_rest

_NO_TEXT = at_rest("The credentials are no text of one line; they have to be mended.")


class Credentials(Protocol):
    """What is sent along to be let in."""

    async def headers(self, *, refused: Mapping[str, str] | None = None) -> Mapping[str, str]:
        """Headers of one request; `refused` are those that were not taken just now.

        The same ones once more: there are no others. Raises `Temporary`, or `Unauthorized` where
        a person has to mend something.
        """
        ...


class Nobody:
    """For servers that ask nobody who they are."""

    async def headers(self, *, refused: Mapping[str, str] | None = None) -> Mapping[str, str]:
        return {}


@dataclass(kw_only=True, slots=True)
class Bearer:
    """A key that is read once more when it is not taken; `read` raises `Permanent` without one."""

    read: Callable[[], str]
    _known: Mapping[str, str] = field(default_factory=dict[str, str])

    async def headers(self, *, refused: Mapping[str, str] | None = None) -> Mapping[str, str]:
        if not self._known or refused == self._known:
            self._known = {"Authorization": f"Bearer {secret_of(self.read)}"}
        return self._known


@dataclass(kw_only=True, slots=True)
class Basic:
    """`name:password`, as RFC 7617 has it."""

    read: Callable[[], str]
    _known: Mapping[str, str] = field(default_factory=dict[str, str])

    async def headers(self, *, refused: Mapping[str, str] | None = None) -> Mapping[str, str]:
        if not self._known or refused == self._known:
            self._known = {"Authorization": basic(secret_of(self.read))}
        return self._known


def basic(secret: str) -> str:
    """`name:password`, as a header has it."""
    return f"Basic {base64.b64encode(secret.encode()).decode()}"


def secret_of(read: Callable[[], str]) -> str:
    """What a reference holds; without it we are not let in until somebody puts it there."""
    try:
        secret = read().strip()
    except Permanent as error:
        raise Unauthorized(str(error), code="no secret") from error
    if not secret.isprintable():
        raise Unauthorized(_NO_TEXT, code="no secret")
    return secret
