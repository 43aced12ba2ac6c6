"""Gauges: an overview and a process's vital signs in Prometheus's text format."""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from bot.domain.executions import LIVE
from bot.domain.overviews import UNFINISHED, Overview
from bot.domain.processes import Process, Role
from bot.domain.vitals import Vitals


def exposition(vitals: Vitals, overview: Overview | None, *, tasks: int = 0) -> bytes:
    """How things stand at this moment, as text; without an overview only the process's own.

    `tasks` is how many the event loop holds.
    """
    registry = CollectorRegistry(auto_describe=False)
    held = _one("jobthread_tasks", "Asyncio tasks of this process.", tasks)
    registry.register(_Families([held, *_own(vitals), *(_all(overview) if overview else ())]))
    return generate_latest(registry)


class _Families(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _own(vitals: Vitals) -> Iterable[Metric]:
    ears, process = vitals.ears, vitals.process
    yield _by("jobthread_build_info", "The release that runs.", "version", {process.version: 1})
    yield _one(
        "jobthread_start_time_seconds",
        "When it began, in Unix time.",
        process.started_at.timestamp(),
    )
    yield _one("jobthread_database_up", "Whether the database answers.", not vitals.database)
    yield _one("jobthread_faulty", "Whether a restart would mend it.", bool(vitals.faults))
    yield _one("jobthread_deaf", "Whether nothing is heard from Slack.", ears.is_deaf)
    yield _one("jobthread_shut_out", "Whether Slack takes nothing from it.", bool(ears.refused))
    yield _one("jobthread_sockets_wanted", "Connections to Slack it is to hold.", ears.wanted)
    yield _one("jobthread_sockets_connected", "Connections Slack greeted.", ears.connected)
    if vitals.heard_age is not None:
        yield _one(
            "jobthread_heard_age_seconds",
            "Since a probe last came back through Slack.",
            vitals.heard_age,
        )
    yield _by(
        "jobthread_tick_age_seconds",
        "Since a tick or loop last began or ended a round.",
        "tick",
        {each.name: each.age for each in vitals.rounds},
    )


def _all(overview: Overview) -> Iterable[Metric]:
    yield from _backlogs(overview)
    yield from _executions(overview)
    yield _by(
        "jobthread_platform_up",
        "Whether a platform says that it is well.",
        "platform",
        {each.name: not each.unwell for each in overview.platforms},
    )
    yield _by(
        "jobthread_processes",
        "Living processes by role.",
        "role",
        {role: sum(role in each.roles for each in overview.processes) for role in Role},
    )
    by_name = {_name(each): each for each in overview.processes}
    yield _by(
        "jobthread_process_sockets",
        "Connections to Slack that each living process holds.",
        "process",
        {name: each.sockets for name, each in by_name.items()},
    )
    yield _by(
        "jobthread_process_seen_age_seconds",
        "Since each living process last wrote down that it lives.",
        "process",
        {
            name: max((overview.now - each.seen_at).total_seconds(), 0.0)
            for name, each in by_name.items()
        },
    )


def _backlogs(overview: Overview) -> Iterable[Metric]:
    now = overview.now
    yield _one("jobthread_inbox_depth", "Envelopes not handled yet.", overview.inbox.depth)
    yield _one(
        "jobthread_inbox_oldest_age_seconds",
        "How long the oldest of them waits.",
        overview.inbox.age(now),
    )
    yield _by(
        "jobthread_outbox_depth",
        "Notices that are due and not sent.",
        "lane",
        {lane.name.lower(): backlog.depth for lane, backlog in overview.outbox.items()},
    )
    yield _by(
        "jobthread_outbox_oldest_age_seconds",
        "How long the oldest of them waits.",
        "lane",
        {lane.name.lower(): backlog.age(now) for lane, backlog in overview.outbox.items()},
    )
    yield _one(
        "jobthread_outbox_undeliverable", "Notices that were given up.", overview.undeliverable
    )
    yield _one(
        "jobthread_approvals_waiting",
        "Executions that wait for a decision.",
        overview.approvals.depth,
    )
    yield _one(
        "jobthread_approvals_oldest_age_seconds",
        "How long the oldest of them waits.",
        overview.approvals.age(now),
    )


def _executions(overview: Overview) -> Iterable[Metric]:
    yield _by(
        "jobthread_executions",
        "Executions that are not over.",
        "state",
        {status: overview.count(status) for status in UNFINISHED},
    )
    yield _one(
        "jobthread_poll_lag_seconds",
        "By how much the most overdue look at a running execution is late.",
        overview.overdue(*LIVE),
    )
    yield _by(
        "jobthread_executions_overdue_seconds",
        "By how much the most overdue execution of a state is late.",
        "state",
        {status: overview.overdue(status) for status in UNFINISHED},
    )


def _name(process: Process) -> str:
    return f"{process.name}:{process.id[:8]}"


def _one(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(name, said, value=float(value))


def _by(name: str, said: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, said, labels=[label])
    for each, value in values.items():
        family.add_metric([str(each)], float(value))
    return family
