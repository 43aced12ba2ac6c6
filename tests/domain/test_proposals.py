"""What a model may be told, and what its answer is worth: at most something to look at."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.intents import (
    ListJobs,
    RunJob,
    ScheduleJob,
    ShowHelp,
    ShowHistory,
    ShowLogs,
    ShowStatus,
)
from bot.domain.jobs import Risk
from bot.domain.parameters import Choice, Kind, Parameter, When
from bot.domain.prompts import INTENTS, LARGEST_SCHEMA, MOST_JOBS, hidden, offered, schema_of
from bot.domain.proposals import Proposal, proposal_of
from bot.domain.readings import read_all
from tests.fakes.values import enum, job

NOW = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)
SECRET = Parameter(name="token", kind=Kind.SECRET, choices=(Choice(value="env:TOKEN"),))
JOBS = (
    job(),
    job(
        "scale",
        parameters=(
            Parameter(name="count", kind=Kind.INTEGER, minimum=1, maximum=9, required=True),
            Parameter(name="force", kind=Kind.BOOLEAN),
            Parameter(name="tags", kind=Kind.MULTI_ENUM, choices=(Choice(value="a"),)),
            Parameter(name="hosts", kind=Kind.LIST),
            Parameter(name="ports", kind=Kind.LIST, items=Kind.INTEGER),
            Parameter(name="settings", kind=Kind.JSON),
            Parameter(name="who", kind=Kind.USER),
            Parameter(name="mail", kind=Kind.EMAIL),
            enum("why", "load", when=When(parameter="force", values=("true",))),
            SECRET,
        ),
    ),
)


def read(filled: Any, text: str = "put the api live in prod, run 7") -> Proposal | None:
    return proposal_of(filled, offered(JOBS, text), hidden(text), NOW)


def run(job: str = "deploy", words: Any = (), **values: Any) -> dict[str, Any]:
    return {"intent": "run", "run": {"job": job, "values": values}, "words": list(words)}


def test_a_run_is_never_exact_and_says_from_which_words_it_was_read() -> None:
    said = [{"slot": "env", "words": "in PROD"}, {"slot": "app", "words": "the moon"}]

    found = read(run(app="api", env="prod", words=said))

    assert found == RunJob(
        job="deploy",
        given={"app": "api", "env": "prod"},
        exact=False,
        inferred={"app": "", "env": "in PROD"},
        reader="Claude",
    )


def test_what_was_not_said_is_left_for_the_form() -> None:
    found = read(run(app="api", env=None))

    assert isinstance(found, RunJob)
    assert found.given == {"app": "api"}


@pytest.mark.parametrize(
    "filled",
    [
        {},
        {"intent": "approve"},
        {"intent": "cancel", "execution": 7},
        {"intent": "unclear"},
        {"intent": ["run"]},
        run("format-disk"),
        run(env="staging"),
        run(color="red"),
        run(app=["api"]),
        run(app={"value": "api"}),
        run("scale", count=10),
        run("scale", count="seven"),
        run("scale", count=10**30),
        run("scale", count=float("nan")),
        run("scale", count=True),
        run("scale", token="env:TOKEN"),
        run("scale", why="load"),
        run("scale", tags=["a,b"]),
        run("scale", tags=[1]),
        run("scale", hosts="a, b"),
        run("scale", hosts=[]),
        run("scale", hosts=["a", ["b"]]),
        run("scale", hosts=["a", None]),
        run("scale", ports=["x"]),
        run("scale", settings="{"),
        run("scale", who="ana"),
        {**run(app="api"), "at": "2026-11-21T13:00"},
        {**run(app="api"), "at": "2036-01-01T00:00"},
        {**run(app="api"), "at": "tomorrow"},
        {**run(app="api"), "at": "2026-02-31T00:00"},
        {**run(app="api"), "cron": "0 7 * * *"},
        {"intent": "run", "run": "deploy"},
        {"intent": "run", "run": {"job": "deploy"}},
        {"intent": "run", "run": {"job": "deploy", "values": {}, "as": "root"}},
        {"intent": "schedule", "run": run(app="api")["run"]},
        {**run(app="api"), "intent": "schedule", "cron": "always; rm"},
        {"intent": "status", "execution": 8},
        {"intent": "status", "execution": True},
        {"intent": "logs", "execution": "7"},
        {"intent": "history", "about": "format-disk"},
        {"intent": "help", "about": 7},
    ],
)
def test_what_does_not_hold_as_a_whole_is_worth_nothing(filled: Any) -> None:
    assert read(filled) is None


def test_a_list_and_json_are_given_as_a_person_would_have_typed_them() -> None:
    found = read(run("scale", count=3, hosts=["a", "b c"], ports=[80, 443], settings='{"a": 1}'))

    assert isinstance(found, RunJob)
    assert found.given["hosts"] == "a\nb c"
    assert found.given["ports"] == "80\n443"
    assert found.given["settings"] == '{"a": 1}'


def test_questions_about_runs_are_answered() -> None:
    assert read({"intent": "status", "execution": 7}) == ShowStatus(execution=7)
    assert read({"intent": "status", "execution": None}) == ShowStatus()
    assert read({"intent": "logs", "execution": 7}) == ShowLogs(execution=7)
    assert read({"intent": "history", "about": "deploy"}) == ShowHistory(job="deploy")
    assert read({"intent": "help"}) == ShowHelp()
    assert read({"intent": "list"}) == ListJobs()


def test_a_start_is_in_the_zone_of_who_wrote() -> None:
    found = read({**run(app="api"), "at": "2026-11-22T02:00"})

    assert isinstance(found, RunJob)
    assert found.at == datetime(2026, 11, 22, 2, tzinfo=UTC)


def test_a_schedule_is_to_be_looked_at_too() -> None:
    found = read({**run(app="api"), "intent": "schedule", "cron": "0  7 * * 1-5"})

    assert isinstance(found, ScheduleJob)
    assert (found.cron, found.run.exact) == ("0 7 * * 1-5", False)


def test_people_have_no_names_in_what_is_sent_and_have_them_back_afterwards() -> None:
    text = "scale 3 for <@UANA|ana> and <mailto:bo@acme.test|bo@acme.test>, not chen@acme.test"
    said = hidden(text)

    found = read(run("scale", count=3, who="<@U1>", mail="person-3@hidden.invalid"), text)

    assert not [name for name in ("ana", "bo@", "chen", "acme", "UANA") if name in said.text]
    assert isinstance(found, RunJob)
    assert found.given["who"] == "<@UANA|ana>"
    assert found.given["mail"] == "chen@acme.test"


def test_the_tool_holds_what_is_on_offer_and_nothing_that_is_masked() -> None:
    shown = json.dumps(schema_of(offered(JOBS, "")))

    assert '"deploy"' in shown
    assert '"prod"' in shown
    assert "TOKEN" not in shown
    assert "token" not in shown
    assert not {"approve", "cancel", "rerun"} & set(INTENTS)


def test_forbidden_jobs_are_not_on_offer() -> None:
    assert offered([job(risk=Risk.FORBIDDEN)], "deploy").jobs == ()


def test_of_many_jobs_those_are_told_that_the_text_is_about() -> None:
    many = [job(f"job-{number}", description="x " * 2_000) for number in range(300)]

    offer = offered([*many, job("restart-cache")], "the cache must be restarted: restart it")

    assert offer.jobs[0].name == "restart-cache"
    assert len(offer.jobs) + offer.left_out == 301
    assert len(offer.jobs) <= MOST_JOBS
    assert len(json.dumps(schema_of(offer))) < LARGEST_SCHEMA * 1.2


def test_huge_choices_are_cut() -> None:
    wide = job(parameters=(enum("app", *(f"app-{n}" for n in range(50_000))),))

    assert len(json.dumps(schema_of(offered([wide], "")))) < 10_000


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["deploy", "scale", "api", "prod", "<@U1>", "0 7 * * *", "2026-11-22T02:00"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["app", "env", "count", "who", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)
FILLED = st.fixed_dictionaries(
    {"intent": st.sampled_from([*INTENTS, "approve"]) | ANYTHING},
    optional={
        "run": ANYTHING
        | st.fixed_dictionaries(
            {"job": st.sampled_from(["deploy", "scale", "x"]) | ANYTHING, "values": ANYTHING}
        ),
        "at": ANYTHING,
        "cron": ANYTHING,
        "execution": ANYTHING,
        "about": ANYTHING,
        "words": ANYTHING
        | st.lists(st.fixed_dictionaries({"slot": ANYTHING, "words": ANYTHING}), max_size=3),
    },
)


@given(filled=FILLED, text=st.text(max_size=60))
def test_whatever_is_answered_a_run_is_of_the_offer_valid_and_not_exact(
    filled: Any, text: str
) -> None:
    found = read(filled, text)

    wanted = found.run if isinstance(found, ScheduleJob) else found
    if isinstance(wanted, RunJob):
        of = next(each for each in JOBS if each.name == wanted.job)
        assert not wanted.exact
        assert wanted.reader
        assert not read_all(of.parameters, wanted.given).problems
        assert wanted.inferred.keys() == wanted.given.keys()


@given(
    text=st.text(max_size=80)
    | st.lists(
        st.sampled_from(["<@UANA|x>", "<@U1>", "a@b.cc", "person-2@hidden.invalid", "<@U2> ", " "])
    ).map(" ".join)
)
def test_hiding_people_can_be_undone(text: str) -> None:
    said = hidden(text)

    assert said.unhidden(said.text) == text
    assert "UANA" not in said.text
