"""One verb for services and for machines: the number in the name tells which is meant."""

import pytest

from bot.domain.intents import Clarify, RunJob, Unknown
from bot.domain.jobs import Command, Job
from bot.domain.parameters import Choice, Kind, Parameter
from bot.language import understand
from tests.language.kitchens import AROUND

_COMMAND = Command(groups=(("true",),))
STALL = Job(
    name="open-stall",
    aliases=("unlock", "开门"),
    command=_COMMAND,
    parameters=(
        Parameter(
            name="stall",
            kind=Kind.ENUM,
            required=True,
            choices=(Choice(value="east", aliases=("door",)), Choice(value="west")),
        ),
    ),
)
DOOR = Job(
    name="open-host",
    aliases=("unlock host", "开门主机"),
    command=_COMMAND,
    parameters=(Parameter(name="host", required=True, pattern=r"[a-z][a-z0-9-]*"),),
)
JOBS = (STALL, DOOR)


@pytest.mark.parametrize(
    "text", ["unlock door-07", "please unlock door-07", "开门 door-07", "把 door-07 开门一下"]
)
def test_a_numbered_machine_is_what_the_verb_is_said_of(text: str) -> None:
    intent = understand(text, JOBS, AROUND).intent

    assert isinstance(intent, RunJob)
    assert (intent.job, dict(intent.given)) == ("open-host", {"host": "door-07"})


@pytest.mark.parametrize(
    "text",
    [
        "unlock east-2",
        "开门 east-2",
        "unlock cellar",
        "unlock door-07 and door-08",
        "unlock door-07 at the cellar",
        "开门 door-07 和 door-08",
        "unlock east and door-07",
        "door-07 开门了",
    ],
)
def test_what_may_be_something_else_starts_nothing(text: str) -> None:
    assert isinstance(understand(text, JOBS, AROUND).intent, Clarify | Unknown)


@pytest.mark.parametrize("text", ["don't unlock door-07", "别开门 door-07", "不用开门 door-07 了"])
def test_a_machine_that_must_be_left_alone_is_left_alone(text: str) -> None:
    assert isinstance(understand(text, JOBS, AROUND).intent, Unknown)
