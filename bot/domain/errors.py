"""Everything that can go wrong, by what the caller should do about it.

BotError               a sentence that may be shown to the person who asked
├── Mistake            what was asked cannot be understood or is not valid
│   ├── UnknownName    no such job, execution, platform; carries near matches
│   └── InvalidValues  parameters that did not pass, by name
├── Refused            policy says no; carries the rule and who can
└── Stale              somebody or something was faster; carries what is true now
PortError              an adapter's word on an outside system
├── Temporary          surely nothing happened; try again after a while
│   └── Unauthorized   we ourselves are not let in, until a person mends that
├── Ambiguous          it may have happened; look before trying again
└── Permanent          it will not work however often it is tried
"""

from collections.abc import Mapping, Sequence
from datetime import datetime


class BotError(Exception):
    """`str(error)` is one sentence, safe to show, that says what to do next."""


class Mistake(BotError):
    """What was asked is not understood or not valid."""


class UnknownName(Mistake):
    """There is nothing of that name; `near` holds the closest names, best first."""

    def __init__(self, sentence: str, *, near: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.near = tuple(near)


class InvalidValues(Mistake):
    """Some parameters did not pass; `problems` maps the parameter's name to a sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


class Refused(BotError):
    """Policy says no. `rule` names the rule that decided, `who_can` the roles that may.

    `opens_at` is when it will be possible, where time is what stands against it.
    """

    def __init__(
        self,
        sentence: str,
        *,
        rule: str,
        who_can: Sequence[str] = (),
        opens_at: datetime | None = None,
    ) -> None:
        super().__init__(sentence)
        self.rule = rule
        self.who_can = tuple(who_can)
        self.opens_at = opens_at


class Stale(BotError):
    """The thing acted on has moved on; the sentence says to what."""


class PortError(Exception):
    """An outside system did not do what was asked; `code` is its own word for it."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code or message


class Temporary(PortError):
    """Surely nothing happened; `retry_after` is in seconds, None when unknown."""

    def __init__(self, message: str, *, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class Unauthorized(Temporary):
    """Our own token is not taken any more: nothing works, whatever is asked."""


class Ambiguous(PortError):
    """It may have happened: the request went out and no answer came back."""


class Permanent(PortError):
    """It will not work however often it is tried."""
