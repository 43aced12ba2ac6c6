"""`Help me …` before a deed asks for the deed; before a name it asks how."""

import pytest

from bot.domain.intents import CancelRun, Intent, RunJob, ShowHelp, ShowLogs
from bot.domain.surroundings import Surroundings
from bot.language import understand
from tests.language.catalogues import JOBS


def meant(text: str) -> Intent:
    return understand(text, JOBS, Surroundings()).intent


@pytest.mark.parametrize(
    "text",
    [
        "help me deploy api to dev",
        "please help me to deploy api to dev",
        "can you help us deploy api to dev?",
        "help me out, and deploy api to dev",
        "i need help to deploy api to dev",
    ],
)
def test_help_with_a_deed_is_a_request_for_it(text: str) -> None:
    found = meant(text)

    assert isinstance(found, RunJob)
    assert (found.job, found.given, found.exact) == ("deploy", {"app": "api", "env": "dev"}, False)


def test_help_with_a_control_is_that_control() -> None:
    assert meant("help me stop 1001") == CancelRun(execution=1001)
    assert meant("help me see the logs of 1001") == ShowLogs(execution=1001)


@pytest.mark.parametrize(
    "text",
    [
        "help deploy",
        "help me with deploy",
        "help me understand deploy",
        "help me to use deploy",
        "帮我看看怎么部署",
        "帮我看看部署怎么用",
    ],
)
def test_help_about_a_job_stays_help(text: str) -> None:
    assert meant(text) == ShowHelp(topic="deploy")


@pytest.mark.parametrize(
    "text", ["help me not deploy api to dev", "don't help me deploy api to dev"]
)
def test_a_denied_deed_is_not_asked_for(text: str) -> None:
    assert not isinstance(meant(text), RunJob)
