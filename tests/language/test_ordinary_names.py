"""A job whose name is a word of any sentence: it is one behind a word that runs something."""

import pytest

from bot.domain.intents import Intent, RunJob, ScheduleJob
from bot.domain.jobs import Command, Job
from bot.domain.parameters import Parameter
from bot.language import understand
from tests.language.kitchens import AROUND, JOBS

HELLO = Job(
    name="hello",
    aliases=("hi",),
    command=Command(groups=(("true",),)),
    parameters=(Parameter(name="name_to_greet", aliases=("to",), required=True),),
)


def meant(text: str) -> Intent:
    return understand(text, (HELLO, *JOBS), AROUND).intent


@pytest.mark.parametrize(
    "text",
    [
        "schedule hello to=Bob every day at 7",
        "run hello to=Bob every day at 7",
        "every day at 7 run hello to=Bob",
        "每天早上七点运行 hello to=Bob",
    ],
)
def test_it_is_scheduled_like_any_other(text: str) -> None:
    found = meant(text)

    assert isinstance(found, ScheduleJob)
    assert (found.run.job, found.cron) == ("hello", "0 7 * * *")
    assert found.run.given == {"name_to_greet": "Bob"}


def test_it_starts_later_like_any_other() -> None:
    found = meant("run hello to=Bob tonight at 23:30")

    assert isinstance(found, RunJob)
    assert (found.job, found.exact) == ("hello", False)
    assert found.at is not None


@pytest.mark.parametrize("text", ["hello, clean south", "clean south please, hello", "hello there"])
def test_a_greeting_stays_a_greeting(text: str) -> None:
    found = meant(text)

    assert not isinstance(found, RunJob) or found.job == "clean-oven"
