"""Lists and JSON said in chat: by name and sign, and lists also in a sentence."""

import pytest

from bot.domain.intents import Clarify, Intent, RunJob
from bot.domain.jobs import Command, Job
from bot.domain.parameters import Choice, Kind, Parameter
from bot.language import format_intent, parse, understand
from tests.language.kitchens import AROUND

_COMMAND = Command(groups=(("true",),))
PATCH = Job(
    name="patch",
    title="Patch hosts",
    command=_COMMAND,
    parameters=(
        Parameter(name="hosts", kind=Kind.LIST, required=True, aliases=("主机", "machines")),
        Parameter(name="ports", kind=Kind.LIST, items=Kind.INTEGER),
        Parameter(name="settings", kind=Kind.JSON),
        Parameter(name="limits_cpu", kind=Kind.NUMBER, path=("limits", "cpu")),
        Parameter(name="env", kind=Kind.ENUM, choices=(Choice(value="dev"), Choice(value="prod"))),
    ),
)
JOBS = (PATCH, Job(name="restart", command=_COMMAND))

TYPED = {
    "run patch hosts=a,b": {"hosts": "a,b"},
    "run patch hosts=a, b, c env=prod": {"hosts": "a,b,c", "env": "prod"},
    "run patch hosts=a hosts=b": {"hosts": "a,b"},
    'run patch hosts="a, b"': {"hosts": "a, b"},
    'run patch hosts=["a", "b c"] env=dev': {"hosts": '["a", "b c"]', "env": "dev"},
    "run patch hosts=a ports=80，443": {"hosts": "a", "ports": "80,443"},
    "run patch --hosts a,b --ports 1,2": {"hosts": "a,b", "ports": "1,2"},
    'run patch settings={"a": {"b": [1, 2]}} hosts=a': {
        "settings": '{"a": {"b": [1, 2]}}',
        "hosts": "a",
    },
    "/job run patch hosts=web-01,web-02 limits_cpu=0.5": {
        "hosts": "web-01,web-02",
        "limits_cpu": "0.5",
    },
}

SAID = {
    "patch hosts web-01, web-02 and db-1 in prod": {
        "hosts": "web-01, web-02, db-1",
        "env": "prod",
    },
    "please patch the hosts alpha, beta and gamma": {"hosts": "alpha, beta, gamma"},
    "patch machines web-01 and web-02 with ports 80, 443": {
        "hosts": "web-01, web-02",
        "ports": "80, 443",
    },
    "帮我 patch 主机 web-01、web-02 和 db-1": {"hosts": "web-01, web-02, db-1"},
    "patch machines web-01 with settings {“a”: 1}": {"hosts": "web-01", "settings": "{“a”: 1}"},
}


@pytest.mark.parametrize("text", TYPED)
def test_a_list_or_json_that_is_typed_by_name_is_exact(text: str) -> None:
    assert parse(text, JOBS) == RunJob(job="patch", given=TYPED[text])


@pytest.mark.parametrize("text", TYPED)
def test_a_list_or_json_is_written_as_it_would_be_typed(text: str) -> None:
    said = parse(text, JOBS)

    assert parse(format_intent(said), JOBS) == said


@pytest.mark.parametrize("text", SAID)
def test_a_list_in_a_sentence_has_all_its_entries(text: str) -> None:
    found: Intent = understand(text, JOBS, AROUND).intent

    assert isinstance(found, RunJob), found
    assert found.given == SAID[text]


@pytest.mark.parametrize(
    "text", ["patch hosts alpha, beta and restart", "patch hosts a1 and tell them"]
)
def test_what_may_be_another_request_is_no_entry(text: str) -> None:
    assert isinstance(understand(text, JOBS, AROUND).intent, Clarify)


@pytest.mark.parametrize("text", ["run patch settings={broken", "run patch settings=[1, hosts=a"])
def test_what_is_no_json_is_read_to_the_next_blank(text: str) -> None:
    assert parse(text, JOBS) is not None
