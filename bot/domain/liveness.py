"""Whether the bot hears what happens in Slack, judged by what it caused there itself."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

PATIENCE = timedelta(seconds=10)
"""An event that is later than this is worth a word; Slack promises no time."""

PROBES = 2
"""Unanswered probes before anything is believed: one may be lost, and a clock may jump."""

A_MOMENT = timedelta(seconds=1)
"""Of a thousand envelopes a second not each one is news."""


class Hearing(StrEnum):
    """HEARING and QUIET need nothing, DEAF rebuilding, HOPELESS another process."""

    HEARING = "hearing"
    QUIET = "quiet"
    DEAF = "deaf"
    HEALED = "healed"
    HOPELESS = "hopeless"


@dataclass(frozen=True, kw_only=True, slots=True)
class Liveness:
    """What is known of our ears; moved on by `asked`, `heard` and `judged`.

    `heard_at` is when anything came over a socket, `proven_at` when a probe last did. `asked_at`
    and `unanswered` are the oldest probe that nothing followed and how many there are. `deaf_since`
    is when something was last heard before a deafness, `was_deaf` how long one that healed took.
    `obstacle` is why the last probe could not be sent. A probe that never once came back proves
    nothing: the app may not subscribe to its event, see `is_unproven`.
    """

    deaf_after: timedelta
    state: Hearing = Hearing.QUIET
    heard_at: datetime | None = None
    proven_at: datetime | None = None
    asked_at: datetime | None = None
    last_asked_at: datetime | None = None
    unanswered: int = 0
    deaf_since: datetime | None = None
    was_deaf: timedelta = timedelta()
    obstacle: str = ""

    def is_due(self, now: datetime, every: timedelta) -> bool:
        """Whether a probe should be sent; more often while one is unanswered."""
        if self.unanswered or self.state is Hearing.DEAF:
            every = min(every, self.deaf_after / (PROBES + 2))
        latest = max((at for at in (self.proven_at, self.last_asked_at) if at), default=None)
        return latest is None or not latest <= now < latest + every

    def is_fresh(self, now: datetime) -> bool:
        """Whether all that could be heard now was heard a moment ago, and nothing is waited for."""
        return (
            self.state is Hearing.HEARING
            and not self.unanswered
            and self.heard_at is not None
            and timedelta() <= now - self.heard_at < A_MOMENT
        )

    def is_unproven(self) -> bool:
        """Probes were sent for longer than it takes to be deaf, and none has ever come back."""
        return self.proven_at is None and self._in_vain(self.last_asked_at)

    def asked(self, now: datetime) -> "Liveness":
        """A probe was sent; it may have come back before that was known."""
        if self.heard_at is not None and self.heard_at >= now:
            return replace(self, last_asked_at=now, obstacle="")
        return replace(
            self,
            asked_at=self.asked_at or now,
            last_asked_at=now,
            unanswered=self.unanswered + 1,
            obstacle="",
        )

    def not_asked(self, now: datetime, why: str) -> "Liveness":
        """A probe could not be sent: that says nothing about hearing."""
        return replace(self, last_asked_at=now, obstacle=why)

    def heard(self, at: datetime, *, probe: bool) -> "Liveness":
        """Something came over a socket of this process, or a `probe` over that of another."""
        if self.heard_at is not None and at <= self.heard_at:
            return self if not probe else replace(self, proven_at=_later(self.proven_at, at))
        known = replace(
            self, heard_at=at, proven_at=_later(self.proven_at, at) if probe else self.proven_at
        )
        if known.asked_at is not None and at < known.asked_at:
            return known
        known = replace(known, asked_at=None, unanswered=0)
        if known.state not in {Hearing.DEAF, Hearing.HOPELESS}:
            return replace(known, state=Hearing.HEARING)
        since = known.deaf_since or at
        return replace(
            known, state=Hearing.HEALED, was_deaf=max(at - since, timedelta()), deaf_since=since
        )

    def judged(self, now: datetime) -> "Liveness":
        """What this moment makes of it."""
        if self.asked_at is not None and now < self.asked_at:
            # The clock was put back: begin to wait from here.
            return replace(self, asked_at=now)
        waited = now - self.asked_at if self.asked_at is not None else timedelta()
        match self.state:
            case Hearing.HEARING | Hearing.QUIET | Hearing.HEALED:
                if self.proven_at is not None and self._in_vain(now):
                    return self._deaf()
                quiet = waited > PATIENCE or self.heard_at is None
                return replace(self, state=Hearing.QUIET if quiet else Hearing.HEARING)
            case Hearing.DEAF if self._in_vain(now):
                return replace(self, state=Hearing.HOPELESS)
            case Hearing.DEAF | Hearing.HOPELESS:
                return self

    def _in_vain(self, now: datetime | None) -> bool:
        if now is None or self.asked_at is None or self.unanswered < PROBES:
            return False
        return now - self.asked_at >= self.deaf_after

    def _deaf(self) -> "Liveness":
        """From here on only what is asked of the rebuilt connections counts."""
        return replace(
            self,
            state=Hearing.DEAF,
            deaf_since=self.heard_at or self.asked_at,
            asked_at=None,
            unanswered=0,
        )


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
