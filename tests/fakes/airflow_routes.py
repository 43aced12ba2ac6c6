"""Which answer an Airflow gives to which request of its API v2."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote

from aiohttp import web
from pydantic import BaseModel

from tests.fakes.airflow_answers import Answers, Declined
from tests.fakes.airflow_requests import (
    ChangedRun,
    ChangedTask,
    NewRun,
    Response,
    RunsAsked,
)

VERSION = "3.3.2"
NOWHERE = {"error": "API route not found"}

Asked = TypeVar("Asked", bound=BaseModel)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """Records that are sent one a line."""

    records: Any


def routed(answers: Answers, request: web.Request, body: bytes) -> Any:
    """What is said as JSON, or a `Stream`. Raises `Declined`."""
    path = request.raw_path.partition("?")[0].removeprefix("/api/v2/")
    match [unquote(each) for each in path.split("/")]:
        case ["monitor", "health"]:
            return answers.health()
        case ["version"]:
            return {"version": VERSION, "git_version": None}
        case ["dags"]:
            return answers.dags(dict(request.query), request.query.getall("tags", []))
        case ["dags", dag, "dagRuns", *rest]:
            return _of_runs(answers, dag, rest, request, body)
        case ["dags", dag, *rest]:
            return _of_dag(answers, dag, rest)
        case _:
            raise Declined(404, NOWHERE)


def _of_dag(answers: Answers, dag: str, rest: Sequence[str]) -> Any:
    match rest:
        case []:
            return answers.dag(dag)
        case ["details"]:
            return answers.details(dag)
        case ["tasks"]:
            return answers.tasks(dag)
        case _:
            raise Declined(404, NOWHERE)


def _of_runs(
    answers: Answers, dag: str, rest: Sequence[str], request: web.Request, body: bytes
) -> Any:
    match [request.method, *rest]:
        case ["GET"]:
            return answers.runs(dict(request.query))
        case ["POST", "list"]:
            return answers.runs_listed(read(RunsAsked, body))
        case ["POST"]:
            return answers.triggered(dag, read(NewRun, body))
        case ["GET", run]:
            return answers.run(dag, run)
        case ["PATCH", run]:
            return answers.changed(dag, run, read(ChangedRun, body))
        case ["GET", run, "hitlDetails"]:
            return answers.questions(dag, run, dict(request.query))
        case ["GET", "~", "taskInstances"]:
            states = request.query.getall("state", [])
            return answers.tasks_of_runs(dict(request.query), states)
        case [_, run, "taskInstances", task, *more]:
            return _of_task(answers, (dag, run, task), more, request, body)
        case _:
            raise Declined(404, NOWHERE)


def _of_task(
    answers: Answers,
    place: tuple[str, str, str],
    rest: Sequence[str],
    request: web.Request,
    body: bytes,
) -> Any:
    query: Any = dict(request.query)
    index = query.get("map_index", "-1")
    match [request.method, *rest]:
        case ["GET", index, "tries"]:
            return answers.tries(*place, index)
        case ["GET", "logs", number]:
            if request.headers.get("Accept") == "application/x-ndjson":
                return Stream(records=answers.stream((*place, number), query))
            return answers.log((*place, number), query)
        case ["GET", "links"]:
            return answers.links(*place, index)
        case ["GET", "xcomEntries"]:
            return answers.entries(place[0], place[1], query)
        case ["GET", "xcomEntries", "return_value"]:
            return answers.entry(*place, index)
        case ["PATCH", index, "hitlDetails"]:
            return answers.answered((*place, index), read(Response, body))
        case ["PATCH", index]:
            return answers.annotated((*place, index), read(ChangedTask, body))
        case _:
            raise Declined(404, NOWHERE)


def read(shape: type[Asked], body: bytes) -> Asked:
    return shape.model_validate_json(body or b"{}")
