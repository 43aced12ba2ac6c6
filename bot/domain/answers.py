"""What policy answers, and what it may look at: yes, yes if others agree, or no; each by a rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from bot.domain.jobs import ApprovalRule


class Occasion(StrEnum):
    """What an approval is asked for: a run, a run's pause that is a question, or its form."""

    RUN = "run"
    PAUSE = "pause"
    FORM = "form"


class Per(StrEnum):
    """What a count is taken of: runs that have this in common with the one asked for."""

    PERSON = "person"
    JOB = "job"
    ENVIRONMENT = "environment"
    CHANNEL = "channel"
    PLATFORM = "platform"


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many runs a rule wants counted, `enough` of them at most; empty fields are any.

    Those asked for `since`, or those not over where it is None; with `ran` only those that were
    started, or are about to be. `besides` is one that is about to start, whose time has come: it is
    not counted, and of what is not over only what was started is.
    """

    user: str = ""
    job: str = ""
    environment: str | None = None
    channel: str = ""
    platform: str = ""
    since: datetime | None = None
    ran: bool = False
    besides: int = 0
    enough: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """What a count came to, and when the first of the newest `enough` of them was asked for."""

    runs: int
    first: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """What is true around a request, as far as it is known.

    What is not known counts against the asker: without `now` a permission bound to hours does not
    hold and a freeze does, without `channel` a permission bound to channels does not. `counts` is
    None when nobody counted: limits are not looked at then, which is for previews only.

    Where a run is to start later, `now` is the moment of its start and `asked` when it is asked
    for. `besides` is the execution that is about to start, where limits are looked at once more.
    """

    now: datetime | None = None
    channel: str = ""
    counts: Mapping[Count, Counted] | None = None
    asked: datetime | None = None
    besides: int = 0

    @property
    def asked_at(self) -> datetime | None:
        """The moment from which runs are counted back."""
        return self.asked or self.now


UNKNOWN = Circumstances()


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """`count` people holding any of `roles` must say yes within `expires`, never the asker.

    `comment`: a yes needs a word as well. `step_up`: a yes counts only with a passkey. `reminder`
    is how long after the question the silent are asked once more; None: never.
    """

    rule: str
    roles: tuple[str, ...]
    count: int = 1
    expires: timedelta = timedelta(hours=1)
    comment: bool = False
    step_up: bool = False
    reminder: timedelta | None = None

    @classmethod
    def of(cls, rule: str, approval: ApprovalRule) -> "Need":
        return cls(rule=rule, roles=approval.by, count=approval.count, expires=approval.expires)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tell:
    """A compliance rule that fired, and the sentence for the security channel."""

    rule: str
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowed:
    """Yes; `rule` is the permission that says so.

    `confirm` is empty, or why the asker must confirm once more; `tells` are the compliance rules
    that fired.
    """

    rule: str
    confirm: str = ""
    tells: tuple[Tell, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NeedsApproval:
    """Yes, once every one of `needs` is met; the strictest is first and gives `rule` its name.

    `break_glass` is empty, or the rule by which this asker may run it without, loudly.
    """

    rule: str
    needs: tuple[Need, ...]
    confirm: str = ""
    tells: tuple[Tell, ...] = ()
    break_glass: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Denied:
    """No. `reason` is a sentence; `who_can` are the roles that may; `opens_at` when it will be
    possible, where time is what stands against it."""

    rule: str
    reason: str
    who_can: tuple[str, ...] = ()
    opens_at: datetime | None = None


Answer: TypeAlias = Allowed | NeedsApproval | Denied
