"""An order as Prefect takes it: one run by a key, whose page tells who asked and where."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from bot.adapters.platforms.lines import plain
from bot.adapters.platforms.prefect.masks import SENSITIVE, label_of
from bot.adapters.platforms.veils import forms_of, texts_of
from bot.domain.errors import Permanent
from bot.domain.jobs import Job
from bot.domain.parameters import Kind, Value
from bot.domain.wording import at_rest
from bot.ports import StartOrder

LONGEST_NAME = 100
LONGEST_TAG = 100
LONGEST_LABEL = 500
MOST_APPROVERS = 5
"""What is said of a run on Prefect's own page is for people, and stays short."""

TEMPLATE = "__prefect_kind"
"""A mapping with this key is evaluated by the server, as a template or a variable of its own."""

_NO_REMOTE = at_rest("The job does not say which deployment of {where} it is.")
_NO_FILES = at_rest("Prefect takes no files; give a link to the file instead.")
_NO_SECRETS = at_rest("Prefect shows parameters to whoever sees a run; keep secrets in its blocks.")
_NO_TEMPLATES = at_rest("A value may not hold `{key}`, which Prefect would evaluate.")


def refuse_what_cannot_be(where: str, order: StartOrder) -> None:
    """Raises `Permanent` for orders that Prefect cannot or must not be given."""
    if "/" not in order.remote:
        raise Permanent(_NO_REMOTE.format(where=where))
    if order.files:
        raise Permanent(_NO_FILES)
    if order.secrets:
        raise Permanent(_NO_SECRETS)
    if why := template_in(order.arguments):
        raise Permanent(why)


def template_in(arguments: Mapping[str, Any]) -> str:
    """A sentence when arguments hold what the server would evaluate; else nothing."""
    waiting: list[Any] = [arguments]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            held = cast("Mapping[str, Any]", each)
            if TEMPLATE in held:
                return _NO_TEMPLATES.format(key=TEMPLATE)
            waiting.extend(held.values())
        elif isinstance(each, list):
            waiting.extend(cast("list[Any]", each))
    return ""


def unsayable(job: Job, values: Mapping[str, Value]) -> Mapping[str, str]:
    """Sentences for values that cannot be given to Prefect, by parameter's name."""
    why = {Kind.FILE: _NO_FILES, Kind.SECRET: _NO_SECRETS}
    given = (each for each in job.parameters if each.name in values)
    return {each.name: why[each.kind] for each in given if each.kind in why}


def body_of(order: StartOrder, theirs: Callable[[datetime], datetime]) -> Mapping[str, Any]:
    """The request that creates the run; `theirs` turns a moment of ours into one of Prefect's."""
    state: dict[str, Any] = {"type": "SCHEDULED", "name": "Scheduled", "message": _message(order)}
    if order.not_before is not None:
        state["state_details"] = {"scheduled_time": theirs(order.not_before).isoformat()}
    return {
        "parameters": dict(order.arguments),
        "idempotency_key": order.request_key,
        "name": _line(f"{order.title or order.job} #{order.execution}", LONGEST_NAME),
        "tags": _tags(order),
        "labels": _labels(order),
        "state": state,
    }


def hidden_of(order: StartOrder) -> Sequence[str]:
    """What no refusal may repeat."""
    values = [order.values[name] for name in order.sensitive if name in order.values]
    return forms_of([text for value in values for text in texts_of(value)])


def _message(order: StartOrder) -> str:
    """The first state's, which Prefect's page shows in the history of the run."""
    said = f"Asked for by {order.requester_name or order.requester}"
    if order.approvers:
        said += f", approved by {', '.join(order.approvers[:MOST_APPROVERS])}"
    return _line(f"{said}: {order.thread}" if order.thread else said, LONGEST_LABEL)


def _tags(order: StartOrder) -> list[str]:
    approvers = [f"approver:{each}" for each in order.approvers[:MOST_APPROVERS]]
    who = order.requester_name or order.requester
    requester = [f"requester:{who}"] if who else []
    tags = ["jobthread", f"execution:{order.execution}", *requester, *approvers]
    return [_line(tag, LONGEST_TAG) for tag in tags]


def _labels(order: StartOrder) -> Mapping[str, str | int]:
    labels = {
        "jobthread.job": order.job,
        "jobthread.requester": order.requester,
        "jobthread.requester_name": order.requester_name,
        "jobthread.account": order.account,
        "jobthread.approvers": ", ".join(order.approvers[:MOST_APPROVERS]),
        "jobthread.thread": order.thread,
    }
    short = {name: _line(text, LONGEST_LABEL) for name, text in labels.items() if text}
    if places := label_of(order):
        short[SENSITIVE] = places
    return {"jobthread.execution": order.execution, **short}


def _line(text: str, most: int) -> str:
    """On one line, without what a page could stumble over."""
    line = " ".join(plain(text.replace("\n", " ")).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
