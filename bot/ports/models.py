"""A language model as the services see it: one question, answered by filling in one tool."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """How a question to a model ended; all but `answered` come without an answer."""

    ANSWERED = "answered"
    REFUSED = "refused"
    CUT = "cut"
    TALKED = "talked"
    MALFORMED = "malformed"
    OVERSIZED = "oversized"
    SLOW = "slow"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    DENIED = "denied"

    @property
    def is_trouble(self) -> bool:
        """Whether it is the endpoint that is unwell, rather than the answer that is of no use."""
        return self in _TROUBLES


_TROUBLES = frozenset(
    {
        Outcome.MALFORMED,
        Outcome.OVERSIZED,
        Outcome.SLOW,
        Outcome.BUSY,
        Outcome.UNREACHABLE,
        Outcome.DENIED,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Tokens, as the endpoint counted them: read, written into its cache, read from it, said."""

    fresh: int = 0
    written: int = 0
    cached: int = 0
    said: int = 0

    @property
    def total(self) -> int:
        return self.fresh + self.written + self.cached + self.said


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """`system` and the tool's `schema` (JSON Schema) stay the same for a while; `said` is new.

    `most_said` bounds the answer in tokens.
    """

    system: str
    tool: str
    about: str
    schema: Mapping[str, object]
    said: str
    most_said: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What came of a question; `filled` is the tool's input as the model wrote it, unchecked.

    `usage` is None when nobody said what it cost; it cost nothing unless `may_have_cost`.
    `request_id` is the endpoint's own.
    """

    outcome: Outcome
    filled: Mapping[str, object] | None = None
    usage: Usage | None = None
    may_have_cost: bool = False
    request_id: str = ""


class LanguageModel(Protocol):
    @property
    def name(self) -> str:
        """The model's name at its endpoint."""
        ...

    async def ask(self, question: Question) -> Reply:
        """Within a bounded time, tried at most twice. Never raises."""
        ...


class Spendings(Protocol):
    """Tokens that each workspace spent in each month, as `2026-11`; counted before they are."""

    async def reserve(self, workspace: str, month: str, tokens: int, most: int) -> bool:
        """Count so many as spent, unless that is more than `most` with what was spent before."""
        ...

    async def settle(self, workspace: str, month: str, difference: int) -> None:
        """What was reserved turned out to be this many more, or less."""
        ...

    async def spent(self, workspace: str, month: str) -> int: ...
