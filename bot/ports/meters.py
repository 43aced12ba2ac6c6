"""Meters: what adapters and edges count and time while they work."""

from typing import Protocol


class Meters(Protocol):
    """Never raises, never waits. Seconds are of a monotonic clock.

    Names are words of this program or of Slack's reference. An implementation bounds how many of
    them it keeps apart, so that a caller may hand on whatever it was answered.
    """

    def slack_called(self, method: str, outcome: str, seconds: float) -> None:
        """One request to Slack: `ok`, `ratelimited`, `no_answer`, or Slack's own error."""
        ...

    def platform_called(self, platform: str, call: str, outcome: str, seconds: float) -> None:
        """One request to a platform: `ok`, `temporary`, `ambiguous` or `permanent`."""
        ...

    def acked(self, kind: str, seconds: float) -> None:
        """An envelope was acked so long after it arrived."""
        ...

    def delivered(self, lane: str, seconds: float) -> None:
        """A notice was sent so long after it was written."""
        ...

    def ticked(self, name: str, seconds: float, failed: bool) -> None:
        """One round of a tick or loop."""
        ...

    def socket_event(self, reason: str) -> None:
        """What happened to a socket, in Slack's words or ours: `hello`, `warning`, `rebuilt`."""
        ...

    def ended(self, state: str) -> None:
        """An execution came to this end, and the database has it."""
        ...

    def model_called(self, outcome: str, seconds: float, tokens: int) -> None:
        """One question to a language model, with what it cost as far as that is known."""
        ...

    def model_skipped(self, why: str) -> None:
        """A question that was not asked: `budget`, `breaker` or `person`."""
        ...

    def model_breaker(self, *, is_open: bool) -> None:
        """Whether the endpoint is left alone from now on."""
        ...


class Unmeasured:
    """Meters that nobody reads: what pieces have when they are built alone."""

    def slack_called(self, method: str, outcome: str, seconds: float) -> None:
        return None

    def platform_called(self, platform: str, call: str, outcome: str, seconds: float) -> None:
        return None

    def acked(self, kind: str, seconds: float) -> None:
        return None

    def delivered(self, lane: str, seconds: float) -> None:
        return None

    def ticked(self, name: str, seconds: float, failed: bool) -> None:
        return None

    def socket_event(self, reason: str) -> None:
        return None

    def ended(self, state: str) -> None:
        return None

    def model_called(self, outcome: str, seconds: float, tokens: int) -> None:
        return None

    def model_skipped(self, why: str) -> None:
        return None

    def model_breaker(self, *, is_open: bool) -> None:
        return None


UNMEASURED = Unmeasured()
