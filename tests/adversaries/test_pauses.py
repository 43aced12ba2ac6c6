"""Answers that nobody was asked for, forged, edited or of the wrong person, let no run go on."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from blocks import ids
from bot.adapters.database import SqlStore
from bot.adapters.slack_checks import SCOPES
from simulator import Message, Workspace
from tests.adversaries.grounds import Ground
from tests.fakes.prefect import FakePrefect, prefect
from tests.journeys.flows import deploy, flow_house, run
from tests.journeys.houses import people


@pytest.fixture
async def engine() -> AsyncGenerator[FakePrefect]:
    async with prefect() as fake:
        deploy(fake)
        yield fake


@pytest.fixture
async def ground(engine: FakePrefect, tmp_path: Path) -> AsyncGenerator[Ground]:
    workspace = Workspace(bot_name="jobs", scopes=SCOPES)
    people(workspace)
    async with workspace.serving() as slack, flow_house(slack, engine, tmp_path) as house:
        store = SqlStore(house.settings.jobthread_database_url.get_secret_value())
        yield Ground(house=house, record=tmp_path / "none", store=store)
        await store.close()


def _went_on(engine: FakePrefect) -> Sequence[str]:
    """What was sent that lets a run go on, or stops it."""
    return [*engine.paths("/resume"), *engine.paths("/set_state")]


def _values(true: ids.AnswerValue) -> list[str]:
    """Edited button values; the true one is not among them."""
    number, mark = true.execution, true.mark
    edited: list[object] = [
        {"e": number, "m": ""},
        {"e": number, "m": "0" * 64},
        {"e": number, "m": mark[:-1]},
        {"e": number, "m": mark.upper()},
        {"e": number, "m": mark, "n": -1},
        {"e": number, "m": mark, "n": 7},
        {"e": number, "m": mark, "n": True},
        {"e": number, "m": mark, "n": "0"},
        {"e": number + 1, "m": mark, "n": 0},
        {"e": True, "m": mark, "n": 0},
        {"e": str(number), "m": mark, "n": 0},
        [number, mark],
        None,
    ]
    return [*map(json.dumps, edited), "", "{", "<!channel>", "[" * 1_900]


async def _asked(ground: Ground, words: str) -> Message:
    card = await run(ground.house, words)
    return await ground.house.line(card, "It waits until")


async def test_edited_buttons_answer_nothing_whoever_presses_them(
    ground: Ground, engine: FakePrefect
) -> None:
    asked = await _asked(ground, "rollout env=prod")
    click = await ground.slack.click("dana", asked, "answer:0")
    await ground.house.whisper("dana", "may not decide")
    true = ids.read_answer(click.payload["actions"][0]["value"])
    assert true is not None
    bo = {"id": "UBO", "name": "bo", "team_id": "T0LOCAL"}

    for value in _values(true):
        for action in ("answer", "answer:0", "answer_form"):
            payload = ground.forged(click.payload, action_id=action, value=value)
            payload |= {"user": bo, "response_url": ""}
            told = await ground.answered(
                "bo", lambda p=payload: ground.slack.send("interactive", p)
            )
            assert told

    assert not _went_on(engine)


async def test_the_requester_answers_no_question_of_theirs_by_whatever_way(
    ground: Ground, engine: FakePrefect
) -> None:
    asked = await _asked(ground, "rollout env=prod")
    click = await ground.slack.click("ana", asked, "answer:1")
    await ground.house.whisper("ana", "You asked for #1001 yourself")
    submission = _submission(click.payload, _chosen("0"))

    await ground.slack.send("interactive", submission)

    await ground.house.dm("ana", "You asked for #1001 yourself")
    assert not _went_on(engine)


async def test_an_answer_that_is_sent_again_is_one_answer(
    ground: Ground, engine: FakePrefect
) -> None:
    asked = await _asked(ground, "rollout env=dev")
    click = await ground.slack.click("ana", asked, "answer:0")
    for _ in range(3):
        payload = ground.forged(click.payload)
        await ground.answered("ana", lambda p=payload: ground.slack.send("interactive", p))
    await ground.house.message("#ops", "rollout", "Done", timeout=40)

    assert len(_went_on(engine)) == 1


async def test_values_that_no_form_asked_for_reach_nobody(
    ground: Ground, engine: FakePrefect
) -> None:
    asked = await _asked(ground, "fill env=dev")
    click = await ground.slack.click("ana", asked, "answer_form")
    await ground.house.modal("ana", "answer_view")
    percent = {"value": {"type": "number_input", "value": "5"}}
    evil = {"value": {"type": "plain_text_input", "value": "{{ secrets }}"}}
    too_much = {"value": {"type": "number_input", "value": "101"}}

    for values in ({"percent": percent, "evil": evil}, {"percent": too_much}, {}):
        forged = await ground.slack.send("interactive", _submission(click.payload, values))
        assert "errors" in str(forged.ack) or await ground.house.dm("ana", "is needed")

    assert not _went_on(engine)


def _submission(click: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A form that nobody opened, with the value of the button that was pressed."""
    view = {
        "type": "modal",
        "id": "V0FORGED",
        "callback_id": ids.ANSWER_VIEW,
        "hash": f"1.{len(values)}{'evil' in values}",
        "private_metadata": click["actions"][0]["value"],
        "state": {"values": dict(values)},
    }
    return {
        "type": "view_submission",
        "team": click["team"],
        "user": click["user"],
        "trigger_id": f"1.2.forged{len(str(values))}",
        "view": view,
    }


def _chosen(value: str) -> dict[str, Any]:
    option = {"type": "radio_buttons", "selected_option": {"value": value}}
    return {ids.PICK_BLOCK_OF_PAUSE: {"value": option}}
