"""Trouble on demand: what goes wrong with which call or envelope, how often, in which order."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """The kinds of fault, of Web API calls, of envelopes, and of connections being opened."""

    RATELIMIT = "ratelimit"
    SERVER_ERROR = "server_error"
    DELAY = "delay"
    LOST_ANSWER = "lost_answer"
    REFUSAL = "refusal"
    DROP_SOCKET = "drop_socket"
    DUPLICATE_ENVELOPE = "duplicate_envelope"
    DELAY_ENVELOPE = "delay_envelope"
    REFUSE_SOCKET = "refuse_socket"


_OF_ENVELOPES = frozenset({Trouble.DROP_SOCKET, Trouble.DUPLICATE_ENVELOPE, Trouble.DELAY_ENVELOPE})
_OF_CALLS = frozenset(Trouble) - _OF_ENVELOPES - {Trouble.REFUSE_SOCKET}


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One rule; `times` None means always, `method` "*" any method, `types` None any envelope."""

    trouble: Trouble
    method: str = "*"
    channel: str | None = None
    types: frozenset[str] | None = None
    seconds: float = 0.0
    status: int = 200
    error: str = ""
    times: int | None = 1
    probability: float = 1.0
    delivered: bool = True

    @staticmethod
    def ratelimit(
        method: str = "*",
        channel: str | None = None,
        retry_after: int = 1,
        times: int | None = 1,
        probability: float = 1.0,
    ) -> "Fault":
        """Answer 429 with Retry-After `retry_after` seconds; `channel` is an id."""
        return Fault(
            trouble=Trouble.RATELIMIT,
            method=method,
            channel=channel,
            seconds=retry_after,
            status=429,
            times=times,
            probability=probability,
        )

    @staticmethod
    def server_error(
        method: str = "*", status: int = 500, times: int | None = 1, probability: float = 1.0
    ) -> "Fault":
        """Answer with an HTTP error, nothing done."""
        return Fault(
            trouble=Trouble.SERVER_ERROR,
            method=method,
            status=status,
            times=times,
            probability=probability,
        )

    @staticmethod
    def delay(
        method: str = "*", seconds: float = 1.0, times: int | None = 1, probability: float = 1.0
    ) -> "Fault":
        """Do it, `seconds` of real time late."""
        return Fault(
            trouble=Trouble.DELAY,
            method=method,
            seconds=seconds,
            times=times,
            probability=probability,
        )

    @staticmethod
    def lost_answer(method: str = "*", times: int | None = 1, probability: float = 1.0) -> "Fault":
        """Do and store it, then cut the connection instead of answering."""
        return Fault(
            trouble=Trouble.LOST_ANSWER, method=method, times=times, probability=probability
        )

    @staticmethod
    def refusal(
        method: str, error: str, times: int | None = 1, probability: float = 1.0
    ) -> "Fault":
        """Answer `ok: false` with this error, nothing done; no violation of the app's."""
        return Fault(
            trouble=Trouble.REFUSAL,
            method=method,
            error=error,
            times=times,
            probability=probability,
        )

    @staticmethod
    def refuse_socket(
        reason: str = "", status: int = 503, times: int | None = 1, probability: float = 1.0
    ) -> "Fault":
        """Turn a WebSocket away: with an HTTP error, or a disconnect frame of this reason.

        Its ticket is not used up by an HTTP error, so that an app that tries it again is seen.
        """
        return Fault(
            trouble=Trouble.REFUSE_SOCKET,
            status=status,
            error=reason,
            times=times,
            probability=probability,
        )

    @staticmethod
    def drop_socket(
        times: int | None = 1,
        types: frozenset[str] | set[str] | None = None,
        delivered: bool = True,
        probability: float = 1.0,
    ) -> "Fault":
        """Cut the connection an envelope goes to, after writing it or (not `delivered`) before."""
        return Fault(
            trouble=Trouble.DROP_SOCKET,
            types=frozenset(types) if types else None,
            times=times,
            delivered=delivered,
            probability=probability,
        )

    @staticmethod
    def duplicate_envelope(
        times: int | None = 1,
        types: frozenset[str] | set[str] | None = None,
        probability: float = 1.0,
    ) -> "Fault":
        """Deliver the same payload once more, in an envelope of its own."""
        return Fault(
            trouble=Trouble.DUPLICATE_ENVELOPE,
            types=frozenset(types) if types else None,
            times=times,
            probability=probability,
        )

    @staticmethod
    def delay_envelope(
        seconds: float = 1.0,
        times: int | None = 1,
        types: frozenset[str] | set[str] | None = None,
        probability: float = 1.0,
    ) -> "Fault":
        """Hold an envelope back for `seconds` of real time."""
        return Fault(
            trouble=Trouble.DELAY_ENVELOPE,
            types=frozenset(types) if types else None,
            seconds=seconds,
            times=times,
            probability=probability,
        )


@dataclass(slots=True)
class _Rule:
    fault: Fault
    left: int | None


class Faults:
    """The rules in force; each call or envelope uses at most one rule of a kind."""

    def __init__(self, seed: int = 0) -> None:
        self._rules: list[_Rule] = []
        self._random = random.Random(seed)  # noqa: S311 - reproducible, not secret

    def add(self, *faults: Fault) -> None:
        self._rules.extend(_Rule(fault, fault.times) for fault in faults)

    def clear(self) -> None:
        self._rules.clear()

    def seed(self, seed: int) -> None:
        """Start the sequence of chances again."""
        self._random.seed(seed)

    def for_call(self, method: str, channel: str | None) -> dict[Trouble, Fault]:
        if not self._rules:
            return {}
        return self._take(
            lambda fault: (
                fault.trouble in _OF_CALLS
                and fault.method in {"*", method}
                and fault.channel in {None, channel}
            )
        )

    def for_envelope(self, type_: str) -> dict[Trouble, Fault]:
        if not self._rules:
            return {}
        return self._take(
            lambda fault: (
                fault.trouble in _OF_ENVELOPES and (fault.types is None or type_ in fault.types)
            )
        )

    def for_socket(self) -> Fault | None:
        """What happens to a connection that is being opened."""
        taken = self._take(lambda fault: fault.trouble is Trouble.REFUSE_SOCKET)
        return taken.get(Trouble.REFUSE_SOCKET)

    def _take(self, fits: Callable[[Fault], bool]) -> dict[Trouble, Fault]:
        taken: dict[Trouble, Fault] = {}
        for rule in self._rules:
            fault = rule.fault
            if fault.trouble in taken or not fits(fault):
                continue
            if fault.probability < 1 and self._random.random() >= fault.probability:
                continue
            taken[fault.trouble] = fault
            rule.left = None if rule.left is None else rule.left - 1
        if taken:
            self._rules = [rule for rule in self._rules if rule.left != 0]
        return taken
