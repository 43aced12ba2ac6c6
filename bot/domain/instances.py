"""Instances of platforms: which there are, who may use them, and what holds for jobs there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.jobs import ApprovalRule, Risk

LOCAL = "local"
"""The embedded platform; it is always there."""

LONGEST_ELSEWHERE = timedelta(hours=24)
"""When a run of another platform is stopped where neither its job nor its instance says."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What holds for jobs of an instance that say nothing of it themselves; None: nothing said.

    `tags` and `notify` are those of every job there, beside its own.
    """

    risk: Risk | None = None
    timeout: timedelta | None = None
    approval: ApprovalRule | None = None
    tags: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Instance:
    """One configured platform.

    `concurrency` is how many of its executions may be live at a time, of all processes together
    (None: any number). `who` are the roles of which one must be held to run anything there; none:
    everybody. `offers`: it tells its own jobs, so that a file need not say how they run.
    `trouble` is a sentence why it cannot be used, or empty.
    """

    name: str
    kind: str = LOCAL
    concurrency: int | None = None
    who: tuple[str, ...] = ()
    is_default: bool = False
    terms: Terms = Terms()
    offers: bool = False
    trouble: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Instances:
    """All of them by name, `local` among them."""

    named: Mapping[str, Instance]

    @property
    def default(self) -> str:
        """Where jobs run that name no platform."""
        return next((each.name for each in self.named.values() if each.is_default), LOCAL)

    @property
    def offering(self) -> frozenset[str]:
        """Those that tell their own jobs."""
        return frozenset(name for name, each in self.named.items() if each.offers)

    @property
    def limits(self) -> Mapping[str, int]:
        """How many executions may be live at a time, of those that say so."""
        return {
            name: each.concurrency
            for name, each in self.named.items()
            if each.concurrency is not None
        }


LOCAL_ALONE = Instances(named={LOCAL: Instance(name=LOCAL)})
"""What there is where nothing was configured."""
