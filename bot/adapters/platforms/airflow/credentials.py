"""A name and its password, turned into the token that Airflow lets in for a while."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping


class SignedIn:
    """Fetches a token when there is none, and anew when it is not taken any more.

    Of many that are refused at once one signs in, and the others use what it got.
    """

    def __init__(self, sign_in: Callable[[], Awaitable[str]]) -> None:
        self._sign_in = sign_in
        self._known: Mapping[str, str] = {}
        self._door = asyncio.Lock()

    async def headers(self, *, refused: Mapping[str, str] | None = None) -> Mapping[str, str]:
        async with self._door:
            if not self._known or refused == self._known:
                self._known = {}
                self._known = {"Authorization": f"Bearer {await self._sign_in()}"}
            return self._known
