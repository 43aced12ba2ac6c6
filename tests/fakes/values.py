"""People, jobs and executions that tests begin with; every builder takes overrides."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.actors import Actor, PersonId, Place
from bot.domain.executions import Execution, Status
from bot.domain.jobs import Command, Job
from bot.domain.parameters import Choice, Kind, Parameter
from bot.ports import StartOrder

NOW = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)
TEAM = "T0LOCAL"
OPS = Place(team=TEAM, channel="COPS")


def person(user: str) -> PersonId:
    return PersonId(team=TEAM, user=user)


def actor(user: str, **changes: Any) -> Actor:
    """`UANA` is called Ana."""
    given: dict[str, Any] = {"id": person(user), "name": user[1:].title(), **changes}
    return Actor(**given)


def enum(name: str, *values: str, **changes: Any) -> Parameter:
    return Parameter(
        name=name, kind=Kind.ENUM, choices=tuple(Choice(value=v) for v in values), **changes
    )


def job(name: str = "deploy", **changes: Any) -> Job:
    """A job that takes an app and an environment."""
    given: dict[str, Any] = {
        "name": name,
        "title": name,
        "platform": "fake",
        "command": Command(groups=(("run-it", "{app}"), ("--env", "{env}"))),
        "parameters": (
            enum("app", "api", "web", required=True),
            enum("env", "dev", "prod", required=True),
        ),
        "environment_parameter": "env",
        "version": "v1",
        **changes,
    }
    return Job(**given)


def execution(number: int = 1, **changes: Any) -> Execution:
    """A queued execution of `deploy api → prod` by Ana; `number` makes its keys unique."""
    given: dict[str, Any] = {
        "id": number,
        "request_id": f"request-{number}",
        "request_key": f"key-{number}",
        "job": "deploy",
        "job_title": "deploy",
        "job_version": "v1",
        "platform": "fake",
        "environment": "prod",
        "values": {"app": "api", "env": "prod"},
        "requester": person("UANA"),
        "requester_name": "Ana",
        "place": OPS,
        "status": Status.READY,
        "created_at": NOW,
        "changed_at": NOW,
        "due_at": NOW,
        "timeout": timedelta(minutes=10),
        **changes,
    }
    return Execution(**given)


def order(key: str, **changes: Any) -> StartOrder:
    """What a platform is asked to begin for a run of `deploy`."""
    given: dict[str, Any] = {
        "request_key": key,
        "execution": 1,
        "job": "deploy",
        "title": "deploy",
        "argv": ("true",),
        "timeout": timedelta(hours=1),
        **changes,
    }
    return StartOrder(**given)
