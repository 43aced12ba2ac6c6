"""A catalogue over what platforms offer, for tests."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.adapters.catalog import Merged, merged, read_catalog
from bot.domain.instances import LOCAL, Instance, Instances
from bot.domain.jobs import Job
from bot.domain.offers import Offer, slug_of
from bot.domain.parameters import Kind, Parameter
from tests.adapters.catalog.written import write
from tests.fakes.values import NOW, enum

SCHEMA = '{"type":"object","properties":{}}'


def instances(**changes: Any) -> Instances:
    given: dict[str, Any] = {"name": "etl", "kind": "toy", "offers": True, **changes}
    etl = Instance(**given)
    other = Instance(name="other", kind="toy", offers=True)
    return Instances(named={LOCAL: Instance(name=LOCAL), "etl": etl, "other": other})


def offer(remote: str = "flow/deploy", *parameters: Parameter, **changes: Any) -> Offer:
    """Of `etl`, with an app and an environment unless others are given."""
    platform = changes.pop("platform", "etl")
    since, gone_at = changes.pop("since", NOW), changes.pop("gone_at", None)
    asked = parameters or (
        enum("app", "api", "web", required=True),
        enum("env", "dev", "prod", required=True),
        Parameter(name="count", kind=Kind.INTEGER, default=1),
    )
    name = slug_of(remote.rpartition("/")[2])
    given: dict[str, Any] = {
        "remote": remote,
        "platform": platform,
        "schema": SCHEMA,
        "parameters": asked,
        "version": "1",
        **changes,
    }
    return Offer(platform=platform, job=Job(name=name, **given), since=since, gone_at=gone_at)


def whole(folder: Path, text: str, *offers: Offer, **changes: Any) -> Merged:
    """The files laid over the offers; both platforms told what they offer."""
    there = instances(**changes)
    write(folder, text or "x-none: 1\njobs: []\n")
    reading = read_catalog(folder, state=folder.parent / "state", instances=there)
    assert not reading.mistakes, "\n".join(map(str, reading.mistakes))
    return merged(reading, offers, there, frozenset({"etl", "other"}))


def only(found: Merged) -> Job:
    assert len(found.jobs) == 1, [each.name for each in found.jobs]
    return found.jobs[0]


LATER = NOW + timedelta(hours=1)
