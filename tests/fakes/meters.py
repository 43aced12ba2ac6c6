"""Meters that remember what they were told."""

from collections import Counter


class FakeMeters:
    """`told` counts by what was measured and its names; `seconds` keeps the figures."""

    def __init__(self) -> None:
        self.told: Counter[tuple[str, ...]] = Counter()
        self.seconds: dict[tuple[str, ...], list[float]] = {}

    def slack_called(self, method: str, outcome: str, seconds: float) -> None:
        self._measured(("slack", method, outcome), seconds)

    def platform_called(self, platform: str, call: str, outcome: str, seconds: float) -> None:
        self._measured(("platform", platform, call, outcome), seconds)

    def acked(self, kind: str, seconds: float) -> None:
        self._measured(("ack", kind), seconds)

    def delivered(self, lane: str, seconds: float) -> None:
        self._measured(("delivery", lane), seconds)

    def ticked(self, name: str, seconds: float, failed: bool) -> None:
        self._measured(("tick", name, "failed" if failed else "ok"), seconds)

    def socket_event(self, reason: str) -> None:
        self.told["socket", reason] += 1

    def ended(self, state: str) -> None:
        self.told["ended", state] += 1

    def model_called(self, outcome: str, seconds: float, tokens: int) -> None:
        self._measured(("model", outcome), seconds)
        self.told["model tokens",] += tokens

    def model_skipped(self, why: str) -> None:
        self.told["model skipped", why] += 1

    def model_breaker(self, *, is_open: bool) -> None:
        self.told["model breaker", "open" if is_open else "closed"] += 1

    def _measured(self, what: tuple[str, ...], seconds: float) -> None:
        self.told[what] += 1
        self.seconds.setdefault(what, []).append(seconds)
