"""Meters over prometheus_client: counters and histograms in a registry of their own."""

import re

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import generate_latest

from bot.adapters.slack_errors import PASSING, UNSURE
from bot.ports import Outcome

OTHER = "other"
"""The label of whatever there is no room for: no answer from outside makes a series of its own."""

MOST_NAMES = 40

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,47}")

SLACK_OUTCOMES = (
    PASSING
    | UNSURE
    | {
        "ok",
        "ratelimited",
        "no_answer",
        "500",
        "502",
        "503",
        "504",
        "cant_update_message",
        "channel_not_found",
        "edit_window_closed",
        "expired_trigger_id",
        "hash_conflict",
        "invalid_blocks",
        "is_archived",
        "is_inactive",
        "message_not_found",
        "missing_scope",
        "msg_too_long",
        "not_found",
        "not_in_channel",
        "restricted_action",
        "too_many_websockets",
        "user_not_found",
    }
)
"""The answers of Slack that are told apart."""

MODEL_OUTCOMES = frozenset(Outcome)
MODEL_SKIPS = frozenset({"budget", "breaker", "person"})

PLATFORM_OUTCOMES = frozenset({"ok", "temporary", "ambiguous", "permanent"})

_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_CALLS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
_LAGS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0)
"""Upper bounds in seconds: of work of our own, of calls to others, and of notices."""

FINAL_STATES = ("succeeded", "failed", "timed_out", "cancelled", "rejected", "expired", "lost")
LANES = ("approval", "result", "progress")


class PrometheusMeters:
    """What this process counted since it began. `registry` takes further collectors."""

    def __init__(self) -> None:
        # Twice as many series, for a moment that nobody asks about.
        disable_created_metrics()
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._make_calls()
        self._make_work()
        self._make_models()
        # A series that begins with its first event hides that event from `increase()`.
        for state in FINAL_STATES:
            self._ended.labels(state)
        for lane in LANES:
            self._delivered.labels(lane)
        self._methods, self._platforms = _Names(MOST_NAMES), _Names(MOST_NAMES)
        self._calls, self._kinds = _Names(MOST_NAMES), _Names(MOST_NAMES)
        self._ticks, self._reasons = _Names(MOST_NAMES), _Names(MOST_NAMES)

    def slack_called(self, method: str, outcome: str, seconds: float) -> None:
        method = self._methods.kept(method)
        self._slack_calls.labels(method, _one_of(SLACK_OUTCOMES, outcome)).inc()
        self._slack_seconds.labels(method).observe(seconds)

    def platform_called(self, platform: str, call: str, outcome: str, seconds: float) -> None:
        names = self._platforms.kept(platform), self._calls.kept(call)
        self._platform_calls.labels(*names, _one_of(PLATFORM_OUTCOMES, outcome)).inc()
        self._platform_seconds.labels(*names).observe(seconds)

    def acked(self, kind: str, seconds: float) -> None:
        self._acked.labels(self._kinds.kept(kind)).observe(seconds)

    def delivered(self, lane: str, seconds: float) -> None:
        self._delivered.labels(lane if lane in LANES else OTHER).observe(max(seconds, 0.0))

    def ticked(self, name: str, seconds: float, failed: bool) -> None:
        name = self._ticks.kept(name)
        self._tick_seconds.labels(name).observe(seconds)
        self._tick_failures.labels(name).inc(1 if failed else 0)

    def socket_event(self, reason: str) -> None:
        self._socket_events.labels(self._reasons.kept(reason)).inc()

    def ended(self, state: str) -> None:
        self._ended.labels(state if state in FINAL_STATES else OTHER).inc()

    def model_called(self, outcome: str, seconds: float, tokens: int) -> None:
        self._model_calls.labels(_one_of(MODEL_OUTCOMES, outcome)).inc()
        self._model_seconds.observe(seconds)
        self._model_tokens.inc(tokens)

    def model_skipped(self, why: str) -> None:
        self._model_skips.labels(_one_of(MODEL_SKIPS, why)).inc()

    def model_breaker(self, *, is_open: bool) -> None:
        self._model_breaker.set(1 if is_open else 0)

    def exposition(self) -> bytes:
        """Everything in the text format 0.0.4 that Prometheus reads."""
        return generate_latest(self.registry)

    def _make_calls(self) -> None:
        registry = self.registry
        self._slack_calls = Counter(
            "jobthread_slack_calls",
            "Requests to Slack's Web API.",
            ("method", "outcome"),
            registry=registry,
        )
        self._slack_seconds = Histogram(
            "jobthread_slack_call_seconds",
            "How long requests to Slack's Web API took.",
            ("method",),
            buckets=_CALLS,
            registry=registry,
        )
        self._platform_calls = Counter(
            "jobthread_platform_calls",
            "Requests to platforms that run jobs.",
            ("platform", "call", "outcome"),
            registry=registry,
        )
        self._platform_seconds = Histogram(
            "jobthread_platform_call_seconds",
            "How long requests to platforms took.",
            ("platform", "call"),
            buckets=_CALLS,
            registry=registry,
        )
        self._socket_events = Counter(
            "jobthread_socket_events",
            "What happened to sockets.",
            ("reason",),
            registry=registry,
        )

    def _make_work(self) -> None:
        registry = self.registry
        self._acked = Histogram(
            "jobthread_ack_seconds",
            "From an envelope's arrival to its ack.",
            ("kind",),
            buckets=_QUICK,
            registry=registry,
        )
        self._delivered = Histogram(
            "jobthread_delivery_seconds",
            "From a notice's writing to its sending.",
            ("lane",),
            buckets=_LAGS,
            registry=registry,
        )
        self._tick_seconds = Histogram(
            "jobthread_tick_seconds",
            "How long one round of a tick or loop took.",
            ("tick",),
            buckets=_CALLS,
            registry=registry,
        )
        self._tick_failures = Counter(
            "jobthread_tick_failures",
            "Rounds of a tick or loop that ended with an error.",
            ("tick",),
            registry=registry,
        )
        self._ended = Counter(
            "jobthread_executions_ended",
            "Executions that this process brought to an end.",
            ("state",),
            registry=registry,
        )

    def _make_models(self) -> None:
        registry = self.registry
        self._model_calls = Counter(
            "jobthread_model_calls",
            "Questions to the language model.",
            ("outcome",),
            registry=registry,
        )
        self._model_skips = Counter(
            "jobthread_model_skips",
            "Questions to the language model that were not asked.",
            ("why",),
            registry=registry,
        )
        self._model_seconds = Histogram(
            "jobthread_model_call_seconds",
            "How long questions to the language model took, with a second try.",
            buckets=_CALLS,
            registry=registry,
        )
        self._model_tokens = Counter(
            "jobthread_model_tokens",
            "Tokens that the language model's endpoint counted.",
            registry=registry,
        )
        self._model_breaker = Gauge(
            "jobthread_model_breaker_open",
            "1 while the language model's endpoint is left alone.",
            registry=registry,
        )


class _Names:
    """The first names that came, as many as there is room for."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: set[str] = set()

    def kept(self, name: str) -> str:
        if name in self._known:
            return name
        if len(self._known) >= self._most or not _NAME.fullmatch(name):
            return OTHER
        self._known.add(name)
        return name


def _one_of(known: frozenset[str], word: str) -> str:
    return word if word in known else OTHER
