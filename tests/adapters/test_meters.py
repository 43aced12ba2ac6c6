"""What Prometheus reads of a process, and that nothing from outside makes it grow."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.adapters.meters import PrometheusMeters
from bot.ports import Meters, Unmeasured
from tests.fakes.meters import FakeMeters


@pytest.fixture
def meters() -> PrometheusMeters:
    return PrometheusMeters()


def samples(meters: PrometheusMeters) -> dict[tuple[str, str], float]:
    """The value of each sample, by its name and its labels in alphabetical order."""
    return {
        (each.name, ",".join(each.labels[name] for name in sorted(each.labels))): each.value
        for family in text_string_to_metric_families(meters.exposition().decode())
        for each in family.samples
    }


def test_calls_to_slack_are_counted_by_method_and_outcome(meters: PrometheusMeters) -> None:
    meters.slack_called("chat.postMessage", "ok", 0.2)
    meters.slack_called("chat.postMessage", "ratelimited", 0.1)

    found = samples(meters)
    assert found["jobthread_slack_calls_total", "chat.postMessage,ok"] == 1
    assert found["jobthread_slack_calls_total", "chat.postMessage,ratelimited"] == 1
    assert found["jobthread_slack_call_seconds_sum", "chat.postMessage"] == pytest.approx(0.3)


def test_errors_that_nobody_knows_are_one_series(meters: PrometheusMeters) -> None:
    for number in range(500):
        meters.slack_called("chat.update", f"made_up_{number}", 0.1)

    assert samples(meters)["jobthread_slack_calls_total", "chat.update,other"] == 500


def test_names_from_outside_are_bounded(meters: PrometheusMeters) -> None:
    before = len(samples(meters))
    for number in range(2_000):
        meters.socket_event(f"reason_{number}")
        meters.socket_event(f'a"b\n{number}')

    assert len(samples(meters)) - before <= 2 * 41


def test_an_end_that_never_happened_is_a_series_of_zero(meters: PrometheusMeters) -> None:
    assert samples(meters)["jobthread_executions_ended_total", "lost"] == 0


def test_a_failed_tick_is_counted_as_a_tick_and_as_a_failure(meters: PrometheusMeters) -> None:
    meters.ticked("poll", 0.5, failed=False)
    meters.ticked("poll", 0.5, failed=True)

    found = samples(meters)
    assert found["jobthread_tick_seconds_count", "poll"] == 2
    assert found["jobthread_tick_failures_total", "poll"] == 1


@pytest.mark.parametrize("kind", [PrometheusMeters, Unmeasured, FakeMeters])
def test_every_kind_of_meters_takes_everything(kind: type[Meters]) -> None:
    meters = kind()

    meters.slack_called("auth.test", "ok", 0.1)
    meters.platform_called("local", "start", "temporary", 0.1)
    meters.acked("command", 0.01)
    meters.delivered("approval", -1.0)
    meters.ticked("poll", 0.1, failed=True)
    meters.socket_event("hello")
    meters.ended("lost")
    meters.model_called("answered", 0.1, 900)
    meters.model_skipped("budget")
    meters.model_breaker(is_open=True)
