"""Dashboard, alert rules and their documentation speak of figures that really are there."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from bot.adapters.gauges import exposition
from bot.adapters.meters import PrometheusMeters
from bot.domain.executions import Status
from bot.domain.notices import Lane
from bot.domain.overviews import Backlog, Overview, Standing
from bot.domain.platforms import PlatformStanding
from bot.domain.processes import Process, Role
from bot.domain.vitals import Ears, Round, Vitals
from tests.fakes.values import NOW

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "prometheus" / "alerts.yaml"
DASHBOARD = ROOT / "deploy" / "grafana" / "jobthread.json"
GUIDE = ROOT / "docs" / "observing.md"

_NAME = re.compile(r"\b(?:jobthread|process)_[a-z_]+\b")
_SELECTED = re.compile(r"\b((?:jobthread|process)_[a-z_]+)\{([^}]*)\}")
_LABEL = re.compile(r"([a-z_]+)\s*(?:=~|!~|!=|=)")
_GROUPED = re.compile(r"\bby \(([^)]*)\)")

GIVEN_BY_PROMETHEUS = {"job", "instance", "le"}

PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="no promtool (Debian: prometheus)")


def _process() -> Process:
    return Process(
        id="p" * 32,
        host="h",
        name="n",
        roles=frozenset(Role),
        version="0",
        started_at=NOW,
        seen_at=NOW,
        heard_at=NOW,
        sockets=2,
    )


def _everything() -> str:
    """What a process shows that has done one of everything."""
    meters = PrometheusMeters()
    meters.slack_called("chat.postMessage", "ok", 0.1)
    meters.platform_called("local", "start", "ok", 0.1)
    meters.acked("slash_commands", 0.01)
    meters.delivered("approval", 1.0)
    meters.ticked("poll", 0.1, failed=True)
    meters.socket_event("hello")
    vitals = Vitals(
        now=NOW,
        process=_process(),
        rounds=(Round(name="poll", age=1, allowed=300),),
        ears=Ears(wanted=2, connected=2),
    )
    overview = Overview(
        now=NOW,
        inbox=Backlog(depth=1, oldest=NOW - timedelta(seconds=5)),
        outbox={lane: Backlog() for lane in Lane},
        undeliverable=0,
        standings={Status.RUNNING: Standing(count=1, next_due=NOW)},
        approvals=Backlog(),
        processes=(_process(),),
        platforms=(PlatformStanding(name="local"),),
    )
    return (meters.exposition() + exposition(vitals, overview)).decode()


def _known() -> dict[str, set[str]]:
    """The labels of every series, by its name."""
    labels: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(_everything()):
        for sample in family.samples:
            labels.setdefault(sample.name, set()).update(sample.labels)
    return labels


def _rules() -> list[dict[str, Any]]:
    held: Any = YAML(typ="safe").load(RULES)
    return [rule for group in held["groups"] for rule in group["rules"]]


def _panels() -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    return held


def _expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in _rules())
    yield from (target["expr"] for panel in _panels() for target in panel.get("targets", ()))


def test_every_figure_of_rules_and_panels_is_one_that_a_process_shows() -> None:
    used = {name for expression in _expressions() for name in _NAME.findall(expression)}

    assert len(used) > 25
    assert used - _known().keys() == set()


def test_every_label_that_is_selected_or_grouped_by_is_one_of_the_figure() -> None:
    known = _known()

    for expression in _expressions():
        for name, selectors in _SELECTED.findall(expression):
            assert set(_LABEL.findall(selectors)) <= known[name] | GIVEN_BY_PROMETHEUS, expression
        there = set[str]().union(*(known[name] for name in _NAME.findall(expression)))
        for grouped in _GROUPED.findall(expression):
            assert {each.strip() for each in grouped.split(",")} <= there | GIVEN_BY_PROMETHEUS


def test_every_alert_says_what_it_is_and_what_to_do() -> None:
    rules = _rules()

    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"].endswith(".")


def test_panels_have_ids_of_their_own_and_do_not_cover_each_other() -> None:
    panels = _panels()

    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {
            (at["x"] + right, at["y"] + down) for right in range(at["w"]) for down in range(at["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
    assert max(x for x, _ in taken) < 24


def test_the_guide_explains_every_figure() -> None:
    said = GUIDE.read_text()
    families = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in text_string_to_metric_families(_everything())
        if family.name.startswith("jobthread_")
    }

    missing = {name for name in families if f"`{name}`" not in said}
    assert missing == set()


@needs_promtool
def test_prometheus_itself_takes_the_rules() -> None:
    done = subprocess.run(
        [str(PROMTOOL), "check", "rules", RULES], capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 0, done.stdout + done.stderr


@needs_promtool
def test_prometheus_itself_understands_what_the_panels_ask(tmp_path: Path) -> None:
    asked = [
        {"record": f"panel:{number}", "expr": expression.replace("$__rate_interval", "5m")}
        for number, expression in enumerate(_expressions())
    ]
    file = tmp_path / "panels.yaml"
    YAML(typ="safe").dump({"groups": [{"name": "panels", "rules": asked}]}, file)

    done = subprocess.run(
        [str(PROMTOOL), "check", "rules", file], capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 0, done.stdout + done.stderr


@needs_promtool
def test_alerts_fire_when_they_should_and_not_before() -> None:
    file = Path(__file__).with_name("alerts_fire.yaml")

    done = subprocess.run(
        [str(PROMTOOL), "test", "rules", file], capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 0, done.stdout + done.stderr
