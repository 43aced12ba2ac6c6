"""Home, menu and help: what somebody can do now."""

from datetime import timedelta

import pytest

from blocks import ids
from blocks.help import help_answer, job_help
from blocks.home import home_view
from blocks.menus import menu
from bot.domain.executions import Status
from bot.domain.jobs import Risk
from bot.domain.notices import HomeView
from bot.domain.parameters import Choice, Kind, Parameter
from bot.domain.reviews import Review
from tests.blocks.samples import (
    ANA,
    ENVIRONMENT,
    HOSTILE,
    NOW,
    card,
    check_message,
    check_modal,
    elements,
    execution,
    hostile_card,
    job,
    labels,
    words,
)

FULL = HomeView(
    person=ANA,
    waiting=(card(Status.AWAITING_APPROVAL, reason="Fixes it", id=7),) * 8,
    running=(card(usual=timedelta(minutes=3)),) * 8,
    recent=(execution(Status.SUCCEEDED),) * 8,
    favourites=(("deploy", "Deploy api"), ("backup", "Back up")),
    now=NOW,
)


def test_home_shows_what_waits_and_lets_it_be_decided_there() -> None:
    view = home_view(FULL)

    check_modal(view)
    approve = [e for e in elements(view["blocks"]) if e["action_id"] == ids.APPROVE]
    assert len(approve) == 8
    assert ids.read_button(approve[0]["value"]) is not None
    assert "Why: Fixes it" in words(view["blocks"])


def test_home_runs_favourites_and_reruns_recent_ones() -> None:
    seen = labels(home_view(FULL)["blocks"])

    assert seen[0] == "Run a job"
    assert seen[-2:] == ["Deploy api", "Back up"]
    assert seen.count("Rerun") == 8
    assert seen.count("Logs") == 8


def test_an_empty_home_teaches_one_thing_a_part() -> None:
    view = home_view(HomeView(person=ANA, now=NOW))

    check_modal(view)
    seen = words(view["blocks"])
    assert "Nothing waits for you." in seen
    assert "Nothing is running." in seen
    assert "You have not run anything yet." in seen
    assert "All platforms answer." in seen


def test_home_admits_what_is_unwell() -> None:
    view = home_view(HomeView(person=ANA, now=NOW, health="local: the disk is full"))

    assert "local: the disk is full" in words(view["blocks"])


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_gets_into_home(text: str) -> None:
    check_modal(
        home_view(
            HomeView(
                person=ANA,
                waiting=(hostile_card(Status.AWAITING_APPROVAL, text),) * 9,
                running=(hostile_card(Status.RUNNING, text),) * 9,
                recent=(hostile_card(Status.FAILED, text).execution,) * 9,
                favourites=((text, text),) * 9,
                health=text,
                now=NOW,
            )
        )
    )


def test_the_menu_begins_with_running_a_job() -> None:
    message = menu([("deploy", "Deploy api")])

    check_message(message)
    first, *rest = elements(message.blocks)
    assert ids.read_run(first["value"]) == ids.RunValue()
    assert [e.get("value") for e in rest[:4]] == ["status", "list", "history", "help"]
    assert ids.read_run(rest[4]["value"]) == ids.RunValue(job="deploy")


def test_help_begins_with_three_things_to_say_now() -> None:
    message = help_answer(["run backup", "status", "logs #1042", "never shown"], ["logs", "run"])

    check_message(message)
    seen = words(message.blocks)
    assert seen.startswith("*Three things you can say now*\n• `run backup`\n• `status`")
    assert "never shown" not in seen
    assert seen.index("`logs [#number]`") < seen.index("`run JOB name=value …`")
    assert labels(message.blocks) == ["status", "logs #1042", "Menu"]


def test_help_without_examples_is_still_help() -> None:
    check_message(help_answer([]))


def test_help_on_a_job_says_what_it_takes() -> None:
    replicas = Parameter(name="replicas", kind=Kind.INTEGER, default=2, description="How many")
    message = job_help(job(ENVIRONMENT, replicas, examples=("deploy environment=prod",)))

    check_message(message)
    seen = words(message.blocks)
    assert "• `environment` (needed) `prod, staging`" in seen
    assert "• `replicas` (integer, optional, else `2`) How many" in seen
    assert "• `deploy environment=prod`" in seen
    assert labels(message.blocks) == ["Run it"]


def test_help_on_a_job_that_never_runs_from_chat_has_no_button() -> None:
    message = job_help(job(risk=Risk.FORBIDDEN))

    check_message(message)
    assert labels(message.blocks) == []
    assert "It never runs from chat." in words(message.blocks)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_gets_into_help_or_menu(text: str) -> None:
    parameter = Parameter(name="p", description=text, default=text, choices=(Choice(value=text),))

    check_message(help_answer([text] * 5, [text, "run"]))
    check_message(menu([(text, text)] * 9))
    check_message(job_help(job(*[parameter] * 40, title=text, description=text, examples=(text,))))


def test_what_ran_without_approval_waits_on_home_with_its_reason() -> None:
    review = Review(
        execution=1042,
        target="deploy api → prod",
        rule="break-glass: on call",
        reason="<!channel> checkout is down",
        roles=("approver",),
        opened_by=ANA,
        opened_name="Ana",
        opened_at=NOW,
    )

    view = home_view(HomeView(person=ANA, reviews=(review,), now=NOW))

    assert "reviewed" in [each.get("action_id") for each in elements(view)]
    assert "checkout is down" in words(view)
    assert "<!channel>" not in words(view)
