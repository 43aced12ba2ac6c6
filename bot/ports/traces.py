"""Traces: what happened to one request, as spans that a tracing backend can draw."""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Traces(Protocol):
    def span(
        self, name: str, *, request_id: str = "", begins: bool = False, **about: str | int
    ) -> AbstractContextManager[None]:
        """A piece of work of the request with this id; without one, of the span around it.

        All spans of one request id are one trace, whichever process makes them, before or after a
        restart. `begins` marks the first one. `about` holds names and numbers, never a parameter's
        value or anybody's words. An error that leaves it is marked by its class alone. Never
        raises, never waits.
        """
        ...


class Untraced:
    """No traces are kept."""

    def span(
        self, name: str, *, request_id: str = "", begins: bool = False, **about: str | int
    ) -> AbstractContextManager[None]:
        return nullcontext()


UNTRACED = Untraced()
