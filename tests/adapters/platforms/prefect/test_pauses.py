"""Runs that wait for a person: what they ask, and one answer that is taken once."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.platforms.prefect.pauses import MOST_AT_ONCE
from bot.domain.errors import Ambiguous, Permanent, Temporary
from bot.domain.parameters import Kind
from bot.domain.pauses import Answer, Pause
from bot.ports import RunState
from tests.adapters.platforms.prefect.benches import Bench, now, opened
from tests.fakes.clocks import FakeClock
from tests.fakes.prefect import Fault
from tests.fakes.prefect_world import written

FORM: dict[str, Any] = {
    "additionalProperties": False,
    "properties": {
        "strategy": {"$ref": "#/definitions/Strategy", "default": "rolling"},
        "percent": {"default": 25, "title": "Percent", "type": "integer"},
        "reason": {"description": "Why now", "minLength": 3, "title": "Reason", "type": "string"},
    },
    "required": ["reason"],
    "title": "Rollout",
    "type": "object",
    "definitions": {"Strategy": {"enum": ["rolling", "blue-green"], "type": "string"}},
}


async def paused(
    bench: Bench, form: dict[str, Any] | None = None, about: str = ""
) -> tuple[str, Pause]:
    """A run that waits, and what it waits for."""
    key = await bench.begin()
    bench.world.pause(bench.world.id_of(key), form, about)
    seen = await bench.seen(key)
    assert seen.state is RunState.PAUSED
    assert seen.pause is not None
    return key, seen.pause


async def test_a_plain_pause_is_an_approval(bench: Bench) -> None:
    key, pause = await paused(bench)

    assert pause.choices == ("Approve", "Reject")
    assert pause.parameters == ()
    assert pause.until is not None
    assert abs(pause.until - now() - timedelta(minutes=5)) < timedelta(minutes=1)

    await bench.platform.answer(key, Answer(pause=pause.key, chosen=("Approve",), by="Bo"))

    assert (await bench.seen(key)).state is RunState.RUNNING


async def test_a_no_stops_the_run_and_says_whose_it_was(bench: Bench) -> None:
    key, pause = await paused(bench)
    bench.world.obeys_cancel = False

    await bench.platform.answer(key, Answer(pause=pause.key, chosen=("Reject",), by="Bo"))
    await bench.platform.answer(key, Answer(pause=pause.key, chosen=("Reject",), by="Bo"))

    state = bench.world.run(key)["state"]
    assert (state["type"], state["message"]) == ("CANCELLING", "Rejected by Bo")
    with pytest.raises(Permanent, match="pause is over"):
        await bench.platform.answer(key, Answer(pause=pause.key, chosen=("Approve",)))


async def test_a_form_asks_what_its_schema_asks(bench: Bench) -> None:
    _, pause = await paused(bench, FORM, "How shall **4.2** be rolled out?")

    assert (pause.title, pause.text) == ("Rollout", "How shall **4.2** be rolled out?")
    kinds = [(each.name, each.kind, each.required) for each in pause.parameters]
    assert kinds == [
        ("strategy", Kind.ENUM, False),
        ("percent", Kind.INTEGER, False),
        ("reason", Kind.STRING, True),
    ]
    assert pause.choices == ()


async def test_an_answer_lets_the_run_go_on_with_it(bench: Bench) -> None:
    key, pause = await paused(bench, FORM)
    answer = Answer(pause=pause.key, arguments={"reason": "because", "percent": 50})

    await bench.platform.answer(key, answer)

    held = bench.world.inputs[bench.world.id_of(key)]
    assert held["paused-1-response"] == '{"reason": "because", "percent": 50}'
    assert (await bench.seen(key)).state is RunState.RUNNING


async def test_the_same_answer_once_more_is_no_error_and_another_one_is(bench: Bench) -> None:
    key, pause = await paused(bench, FORM)
    answer = Answer(pause=pause.key, arguments={"reason": "because"})
    await bench.platform.answer(key, answer)

    await bench.platform.answer(key, answer)
    with pytest.raises(Permanent, match="pause is over"):
        await bench.platform.answer(key, Answer(pause=pause.key, arguments={"reason": "other"}))


async def test_an_answer_whose_answer_was_lost_may_be_given_once_more(bench: Bench) -> None:
    key, pause = await paused(bench, FORM)
    answer = Answer(pause=pause.key, arguments={"reason": "because"})
    bench.fake.faults.append(Fault(path="/resume", drops=True, is_done=True))

    with pytest.raises(Ambiguous):
        await bench.platform.answer(key, answer)
    await bench.platform.answer(key, answer)

    assert bench.world.run(key)["state_type"] == "RUNNING"
    assert len(bench.fake.paths("/resume")) == 1


async def test_an_answer_to_a_busy_server_is_given_until_it_is_heard(bench: Bench) -> None:
    key, pause = await paused(bench, FORM)
    answer = Answer(pause=pause.key, arguments={"reason": "because"})
    bench.fake.faults.append(Fault(path="/resume", status=503))
    bench.fake.faults.append(Fault(path="/resume", status=503, waits=0.01))

    await bench.platform.answer(key, answer)

    assert bench.world.run(key)["state_type"] == "RUNNING"
    assert len(bench.fake.paths("/resume")) == 3


async def test_an_answer_that_the_form_does_not_take_is_refused_in_prefects_words(
    bench: Bench,
) -> None:
    key, pause = await paused(bench, FORM)

    with pytest.raises(
        Permanent, match=r"prefect did not take the answer: .*'reason' is a required"
    ):
        await bench.platform.answer(key, Answer(pause=pause.key, arguments={"percent": 1}))

    assert (await bench.seen(key)).state is RunState.PAUSED


async def test_a_refusal_of_an_answer_does_not_repeat_what_nobody_is_to_see(bench: Bench) -> None:
    token = {"type": "string", "format": "password"}
    form = {"type": "object", "properties": {"token": token}, "not": {"required": ["token"]}}
    key, pause = await paused(bench, form)
    answer = Answer(pause=pause.key, arguments={"token": "hunter2-of-ours"})

    with pytest.raises(Permanent) as raised:
        await bench.platform.answer(key, answer)

    assert pause.parameters[0].is_masked
    assert "hunter2" not in str(raised.value)


async def test_a_no_that_prefect_cannot_take_now_is_said_once_more_later(bench: Bench) -> None:
    key, pause = await paused(bench)
    wait = b'{"state": null, "status": "WAIT", "details": {"reason": "busy", "delay_seconds": 3}}'
    bench.fake.faults.append(Fault(path="/set_state", says=wait))

    with pytest.raises(Temporary) as raised:
        await bench.platform.answer(key, Answer(pause=pause.key, chosen=("Reject",)))

    assert raised.value.retry_after == 3
    assert (await bench.seen(key)).state is RunState.PAUSED


async def test_a_form_of_which_nothing_was_changed_is_sent_with_its_defaults(bench: Bench) -> None:
    form = {"type": "object", "properties": {"percent": {"type": "integer", "default": 25}}}
    key, pause = await paused(bench, form)

    await bench.platform.answer(key, Answer(pause=pause.key))
    await bench.platform.answer(key, Answer(pause=pause.key))

    held = bench.world.inputs[bench.world.id_of(key)]
    assert held["paused-1-response"] == '{"percent": 25}'


async def test_a_form_whose_defaults_only_the_flow_knows_is_not_answered_with_their_masks(
    bench: Bench,
) -> None:
    secret = {"type": "string", "writeOnly": True, "default": "*" * 10}
    key, pause = await paused(bench, {"type": "object", "properties": {"token": secret}})

    with pytest.raises(Permanent, match="fill in one value"):
        await bench.platform.answer(key, Answer(pause=pause.key))

    assert (await bench.seen(key)).state is RunState.PAUSED


async def test_an_answer_to_an_earlier_pause_is_not_taken_for_the_next(bench: Bench) -> None:
    key, first = await paused(bench)
    await bench.platform.answer(key, Answer(pause=first.key, chosen=("Approve",)))
    bench.world.pause(bench.world.id_of(key))
    second = (await bench.seen(key)).pause

    await bench.platform.answer(key, Answer(pause=first.key, chosen=("Approve",)))

    assert second is not None
    assert second.key != first.key
    assert (await bench.seen(key)).state is RunState.PAUSED


@pytest.mark.parametrize("key", ["", "nope"])
async def test_an_answer_to_no_pause_is_refused(bench: Bench, key: str) -> None:
    run = await bench.begin()

    with pytest.raises(Permanent):
        await bench.platform.answer(run, Answer(pause=key))
    with pytest.raises(Permanent, match="knows no such run"):
        await bench.platform.answer("never-started", Answer(pause=key))


async def test_a_pause_that_nobody_answered_is_over(bench: Bench) -> None:
    key, pause = await paused(bench)
    message = "The flow was paused and never resumed."
    bench.world.move(bench.world.id_of(key), "FAILED", message=message)

    with pytest.raises(Permanent, match="pause is over"):
        await bench.platform.answer(key, Answer(pause=pause.key, chosen=("Approve",)))
    assert (await bench.seen(key)).state is RunState.FAILED


async def test_nothing_is_answered_that_the_server_would_evaluate(bench: Bench) -> None:
    key, pause = await paused(bench, FORM)
    template = {"reason": {"__prefect_kind": "jinja", "template": "{{ 1 }}"}}

    with pytest.raises(Permanent, match="Prefect would evaluate"):
        await bench.platform.answer(key, Answer(pause=pause.key, arguments=template))

    assert bench.world.evaluated == []


async def test_a_pause_is_told_when_its_form_is_there(bench: Bench) -> None:
    key = await bench.begin()
    identity = bench.world.id_of(key)
    bench.world.pause(identity, FORM)
    form = bench.world.inputs.pop(identity)
    early = await bench.seen(key)
    bench.world.inputs[identity] = form

    assert (early.state, early.pause) == (RunState.PAUSED, None)
    assert (await bench.seen(key)).pause is not None


async def test_a_form_is_read_once(bench: Bench) -> None:
    key, pause = await paused(bench, FORM)
    bench.fake.asked.clear()

    assert (await bench.seen(key)).pause == pause
    assert bench.fake.paths("/input/filter") == []


async def test_a_form_that_cannot_be_shown_is_to_be_answered_elsewhere(bench: Bench) -> None:
    loop: dict[str, Any] = {"type": "object", "$ref": "#/definitions/A"}
    loop["definitions"] = {"A": {"$ref": "#/definitions/A"}}
    _, pause = await paused(bench, loop)

    assert pause.elsewhere
    assert pause.parameters == ()


async def _with_unreadable_form(bench: Bench, ago: timedelta = timedelta()) -> str:
    """A run that has waited for so long, with a form that nobody can read."""
    key = await bench.begin()
    identity = bench.world.id_of(key)
    bench.world.pause(identity, FORM)
    bench.world.inputs[identity] = {"paused-1-schema": "{"}
    bench.world.run(key)["state"]["timestamp"] = written(now() - ago)
    return key


async def test_forms_that_cannot_be_read_keep_no_other_from_being_asked(bench: Bench) -> None:
    broken = [await _with_unreadable_form(bench) for _ in range(MOST_AT_ONCE)]
    readable = [await bench.begin() for _ in range(MOST_AT_ONCE)]
    for key in readable:
        bench.world.pause(bench.world.id_of(key), FORM)

    await bench.platform.observe([*broken, *readable])
    seen = await bench.platform.observe([*broken, *readable])

    assert [seen[key].pause is not None for key in readable] == [True] * MOST_AT_ONCE


async def test_a_form_that_stays_unreadable_is_to_be_answered_elsewhere(bench: Bench) -> None:
    soon = await _with_unreadable_form(bench)
    late = await _with_unreadable_form(bench, ago=timedelta(minutes=2))

    assert (await bench.seen(soon)).pause is None
    pause = (await bench.seen(late)).pause
    assert pause is not None
    assert pause.elsewhere


async def test_a_form_whose_server_fails_each_time_is_to_be_answered_elsewhere(
    bench: Bench,
) -> None:
    key = await _with_unreadable_form(bench, ago=timedelta(minutes=2))

    async with bench.fake.during(Fault(path="/input/filter", status=500)):
        seen = await bench.seen(key)

    assert seen.state is RunState.PAUSED
    assert seen.pause is not None
    assert seen.pause.elsewhere


async def test_a_form_that_nobody_could_read_is_looked_for_again_after_a_while(
    bench: Bench,
) -> None:
    key = await _with_unreadable_form(bench, ago=timedelta(minutes=2))
    clock = FakeClock(now())
    later = opened(bench.fake.url, clock=clock.now)
    try:
        early = await later.observe([key])
        bench.world.inputs[bench.world.id_of(key)] = {"paused-1-schema": json.dumps(FORM)}
        still = await later.observe([key])
        clock.advance(61)
        seen = await later.observe([key])
    finally:
        await later.close()

    assert early[key].pause == still[key].pause
    pause = seen[key].pause
    assert pause is not None
    assert [each.name for each in pause.parameters] == ["strategy", "percent", "reason"]
