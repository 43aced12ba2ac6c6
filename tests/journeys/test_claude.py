"""Claude in the workspace: on, slow, down; and what is said to it."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from pydantic import SecretStr

from simulator import Message, Workspace
from tests.fakes.messages import KEY, Answer, Messages, fills, messages, runs, trouble
from tests.journeys.houses import (
    POLICY,
    House,
    bot_on,
    migrated,
    settings_for,
    write_files,
)


@pytest.fixture
async def endpoint() -> AsyncGenerator[Messages]:
    async with messages() as made:
        yield made


@pytest.fixture
async def claude_house(
    workspace: Workspace, tmp_path: Path, endpoint: Messages
) -> AsyncGenerator[House]:
    """A house whose bot has a key."""
    write_files(tmp_path)
    may_schedule = POLICY.replace("[use, run,", "[use, run, schedule,")
    (tmp_path / "policy.yaml").write_text(may_schedule)
    settings = settings_for(workspace, tmp_path).model_copy(
        update={
            "jobthread_claude_key": SecretStr(KEY),
            "jobthread_claude_url": endpoint.url,
            "jobthread_claude_seconds": 3.0,
        }
    )
    await migrated(settings)
    async with bot_on(workspace, settings) as services:
        yield House(workspace=workspace, settings=settings, services=services)


def button_of(message: Message, label: str) -> str:
    return next(name for name, text, *_ in message.buttons if label in text)


UNCLEAR = "make the api thing happen somewhere nice"
"""Words of which the ladder alone makes a question or nothing."""


async def test_what_claude_understood_is_reviewed_before_it_runs(
    claude_house: House, endpoint: Messages
) -> None:
    endpoint.answers = [runs("deploy", {"app": "the api"}, app="api", env="dev")]
    await claude_house.workspace.slash("ana", "/job", UNCLEAR, channel="#ops")

    review = await claude_house.modal("ana", "form_review")
    assert "Understood by Claude; check it." in review.seen
    assert "read from “the api”" in review.seen
    assert "not in your words" in review.seen
    assert claude_house.workspace.messages("#ops") == []
    await claude_house.workspace.submit("ana", review)
    await claude_house.message("#ops", "deploy api → dev", "Done")


async def test_a_mention_is_answered_with_a_button_to_look_at_it(
    claude_house: House, endpoint: Messages
) -> None:
    endpoint.answers = [runs("deploy", {"app": "the api"}, app="api", env="dev")]
    await claude_house.workspace.mention("ana", UNCLEAR, channel="#ops")

    offer = await claude_house.shown(
        lambda: next(
            (
                line
                for asked in claude_house.workspace.messages("#ops")
                for line in claude_house.workspace.thread(asked.channel, asked.ts)
                if "Understood by Claude" in line.seen
            ),
            None,
        ),
        why="an offer in the thread",
    )
    await claude_house.workspace.click("ana", offer, button_of(offer, "Review"))
    review = await claude_house.modal("ana", "form_review")
    assert "Understood by Claude" in review.seen


async def test_a_schedule_that_claude_understood_is_reviewed_with_its_times(
    claude_house: House, endpoint: Messages
) -> None:
    run = {"job": "deploy", "values": {"app": "api", "env": "dev"}}
    endpoint.always = fills({"intent": "schedule", "run": run, "cron": "0 7 * * 1-5", "words": []})
    await claude_house.workspace.slash("ana", "/job", UNCLEAR, channel="#ops")

    review = await claude_house.modal("ana", "schedule_view")
    assert "Understood by Claude" in review.seen
    assert "0 7 * * 1-5" in review.seen


async def test_what_the_ladder_understands_is_never_asked_about(
    claude_house: House, endpoint: Messages
) -> None:
    await claude_house.workspace.slash("ana", "/job", "deploy app=api env=dev", channel="#ops")
    await claude_house.message("#ops", "deploy api → dev", "Done")
    await claude_house.workspace.slash("ana", "/job", "statsu", channel="#ops")
    await claude_house.workspace.slash("ana", "/job", "why", channel="#ops")
    await claude_house.workspace.slash("ana", "/job", "别部署 api 到开发", channel="#ops")
    await claude_house.whisper("ana", "别部署")

    assert endpoint.bodies == []


async def test_when_claude_is_slow_the_ladders_answer_comes_all_the_same(
    claude_house: House, endpoint: Messages
) -> None:
    endpoint.always = Answer(waits=60)
    await claude_house.workspace.slash("ana", "/job", "frobnicate the flux", channel="#ops")

    await claude_house.whisper("ana", "One moment")
    await claude_house.whisper("ana", "frobnicate")
    assert claude_house.workspace.modal("ana") is None


async def test_when_claude_is_down_nobody_notices(claude_house: House, endpoint: Messages) -> None:
    endpoint.always = trouble(529, "overloaded_error", retry_after="0")
    await claude_house.workspace.dm("ana", "frobnicate the flux")

    answer = await claude_house.dm("ana", "frobnicate")
    assert "Claude" not in answer.seen


async def test_a_proposal_that_the_policy_refuses_is_refused(
    claude_house: House, endpoint: Messages
) -> None:
    endpoint.always = runs("deploy", app="api", env="dev")
    await claude_house.workspace.slash("dana", "/job", UNCLEAR, channel="#ops")

    await claude_house.whisper("dana", "somewhere nice")
    assert endpoint.bodies == []
