"""How things stand, as Prometheus reads it."""

from dataclasses import replace
from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from bot.adapters.gauges import exposition
from bot.domain.executions import Status
from bot.domain.notices import Lane
from bot.domain.overviews import Backlog, Overview, Standing
from bot.domain.platforms import PlatformStanding
from bot.domain.processes import Process, Role
from bot.domain.vitals import Ears, Vitals
from tests.fakes.values import NOW

PROCESS = Process(
    id="p" * 32,
    host="h",
    name='odd "name"\n',
    roles=frozenset({Role.CHAT}),
    version="0.1.0",
    started_at=NOW,
    seen_at=NOW - timedelta(seconds=4),
    sockets=2,
)
VITALS = Vitals(now=NOW, process=PROCESS, ears=Ears(wanted=2, connected=1, is_deaf=True))
OVERVIEW = Overview(
    now=NOW,
    inbox=Backlog(depth=3, oldest=NOW - timedelta(seconds=7)),
    outbox={Lane.APPROVAL: Backlog(depth=1, oldest=NOW - timedelta(seconds=9))},
    undeliverable=4,
    standings={Status.RUNNING: Standing(count=5, next_due=NOW - timedelta(seconds=11))},
    approvals=Backlog(),
    processes=(PROCESS,),
    platforms=(
        PlatformStanding(name="local"),
        PlatformStanding(name="far", unwell="It is away."),
    ),
)


def _shown(vitals: Vitals, overview: Overview | None) -> dict[tuple[str, ...], float]:
    return {
        (each.name, *each.labels.values()): each.value
        for family in text_string_to_metric_families(exposition(vitals, overview).decode())
        for each in family.samples
    }


def test_depths_ages_and_states_are_those_of_the_overview() -> None:
    found = _shown(VITALS, OVERVIEW)

    assert found["jobthread_inbox_depth",] == 3
    assert found["jobthread_outbox_oldest_age_seconds", "approval"] == 9
    assert found["jobthread_outbox_undeliverable",] == 4
    assert found["jobthread_executions", "running"] == 5
    assert found["jobthread_executions", "ready"] == 0
    assert found["jobthread_poll_lag_seconds",] == 11
    assert found["jobthread_platform_up", "far"] == 0
    assert found["jobthread_process_seen_age_seconds", 'odd "name"\n:pppppppp'] == 4


def test_a_slack_that_takes_nothing_from_us_shows() -> None:
    refused = replace(VITALS, ears=Ears(refused="Slack does not let us in: token_revoked"))

    assert _shown(VITALS, None)["jobthread_shut_out",] == 0
    assert _shown(refused, None)["jobthread_shut_out",] == 1


def test_the_signs_of_the_process_are_its_own() -> None:
    found = _shown(VITALS, OVERVIEW)

    assert found["jobthread_sockets_connected",] == 1
    assert found["jobthread_deaf",] == 1
    assert found["jobthread_database_up",] == 1
    assert ("jobthread_heard_age_seconds",) not in found


def test_without_a_database_the_process_still_shows_its_own() -> None:
    found = _shown(replace(VITALS, database="The database does not answer."), None)

    assert found["jobthread_database_up",] == 0
    assert found["jobthread_build_info", "0.1.0"] == 1
    assert ("jobthread_inbox_depth",) not in found


def test_states_that_are_over_are_not_shown() -> None:
    assert ("jobthread_executions", "succeeded") not in _shown(VITALS, OVERVIEW)
