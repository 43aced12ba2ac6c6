"""Tasks that wait for a person: what they ask, and answers that fit, once."""

from datetime import timedelta

import pytest

from bot.adapters.platforms.airflow.api import PAGE
from bot.domain.errors import Permanent
from bot.domain.parameters import Kind
from bot.domain.pauses import Answer, Pause
from bot.ports import RunState
from tests.adapters.platforms.airflow.benches import Bench, now, opened
from tests.fakes.airflow import Fault
from tests.fakes.clocks import FakeClock


async def paused(bench: Bench, key: str) -> Pause:
    pause = (await bench.seen(key)).pause
    assert pause is not None
    return pause


async def asked_to_choose(bench: Bench, **more: object) -> str:
    """A run whose only task asks for one of two."""
    key = await bench.begin("endless")
    bench.world.ask(bench.task(key), "May I?", ["Approve", "Reject"], **more)
    return key


async def test_a_form_has_its_words_and_what_it_begins_with(bench: Bench) -> None:
    pause = await paused(bench, await bench.begin("pausing"))

    assert (pause.title, pause.text) == ("How far?", "The **first** step.")
    assert [(each.name, each.kind, each.default) for each in pause.parameters] == [
        ("percent", Kind.INTEGER, 10),
        ("reason", Kind.STRING, None),
    ]
    assert pause.choices == ()


async def test_a_choice_has_its_options_in_their_order(bench: Bench) -> None:
    pause = await paused(bench, await asked_to_choose(bench, multiple=True))

    assert (pause.choices, pause.several) == (("Approve", "Reject"), True)


async def test_a_choice_reaches_the_task(bench: Bench) -> None:
    key = await asked_to_choose(bench)
    pause = await paused(bench, key)

    await bench.platform.answer(key, Answer(pause=pause.key, chosen=("Reject",), by="Bob"))

    question = bench.task(key).question
    assert question is not None
    assert question["chosen_options"] == ["Reject"]
    assert bench.task(key).note == "Answered in Slack by Bob"


async def test_what_was_not_filled_in_is_as_the_form_began(bench: Bench) -> None:
    key = await bench.begin("pausing")
    pause = await paused(bench, key)

    await bench.platform.answer(key, Answer(pause=pause.key, arguments={"percent": 50}))

    question = bench.task(key, "ask").question
    assert question is not None
    assert question["params_input"] == {"percent": 50, "reason": ""}


async def test_values_are_checked_as_airflow_itself_does_not(bench: Bench) -> None:
    key = await bench.begin("pausing")
    pause = await paused(bench, key)

    with pytest.raises(Permanent, match="percent"):
        await bench.platform.answer(key, Answer(pause=pause.key, arguments={"percent": 500}))
    with pytest.raises(Permanent, match="pct"):
        await bench.platform.answer(key, Answer(pause=pause.key, arguments={"pct": 5}))


async def test_only_what_is_offered_can_be_chosen(bench: Bench) -> None:
    key = await asked_to_choose(bench)
    pause = await paused(bench, key)

    for chosen in (("Perhaps",), ("Approve", "Reject")):
        with pytest.raises(Permanent):
            await bench.platform.answer(key, Answer(pause=pause.key, chosen=chosen))


async def test_an_answer_that_was_given_in_airflow_is_not_overwritten(bench: Bench) -> None:
    key = await asked_to_choose(bench)
    pause = await paused(bench, key)
    other = opened(bench.fake.url)
    await other.answer(key, Answer(pause=pause.key, chosen=("Reject",)))
    await other.close()

    with pytest.raises(Permanent, match="bot answered it already: Reject"):
        await bench.platform.answer(key, Answer(pause=pause.key, chosen=("Approve",)))


async def test_an_answer_that_came_second_by_a_hair_is_told_so(bench: Bench) -> None:
    key = await asked_to_choose(bench)
    pause = await paused(bench, key)
    bench.fake.faults.append(Fault(method="PATCH", path="hitlDetails", status=409, is_done=True))
    answer = Answer(pause=pause.key, chosen=("Approve",))

    await bench.platform.answer(key, answer)

    question = bench.task(key).question
    assert question is not None
    assert question["chosen_options"] == ["Approve"]


async def test_questions_of_one_run_are_asked_one_after_the_other(bench: Bench) -> None:
    bench.world.add("two", "first", "second")
    key = await bench.begin("two")
    for name in ("first", "second"):
        bench.world.ask(bench.world.begin(bench.run(key), name), name, ["Yes", "No"])
    pauses = set[str]()

    for _ in range(2):
        pause = await paused(bench, key)
        pauses.add(pause.title)
        await bench.platform.answer(key, Answer(pause=pause.key, chosen=("Yes",)))

    assert pauses == {"first", "second"}


async def test_before_3_3_a_task_that_asks_was_a_deferred_one(bench: Bench) -> None:
    key = await asked_to_choose(bench)
    task = bench.task(key)
    task.state = "deferred"
    task.trigger = "airflow.providers.standard.triggers.hitl.HITLTrigger"

    pause = await paused(bench, key)
    await bench.platform.answer(key, Answer(pause=pause.key, chosen=("Approve",)))

    assert task.state == "success"


async def test_a_deferred_task_that_asks_nobody_goes_on_by_itself(bench: Bench) -> None:
    key = await bench.begin("endless")
    bench.task(key).state = "deferred"
    bench.task(key).trigger = "airflow.triggers.temporal.DateTimeTrigger"

    seen = await bench.seen(key)

    assert (seen.state, seen.pause) == (RunState.RUNNING, None)


async def test_a_question_is_asked_for_once_however_often_the_run_is_seen(bench: Bench) -> None:
    key = await asked_to_choose(bench)

    for _ in range(3):
        await bench.seen(key)

    assert len(bench.fake.paths("GET", "hitlDetails")) == 1


async def test_what_was_answered_and_waits_for_its_triggerer_asks_nobody(bench: Bench) -> None:
    key = await asked_to_choose(bench)
    pause = await paused(bench, key)
    other = opened(bench.fake.url)
    await other.answer(key, Answer(pause=pause.key, chosen=("Reject",)))
    bench.task(key).state = "awaiting_input"
    clock = FakeClock(now())
    third = opened(bench.fake.url, clock=clock.now)

    seen = [(await each.observe([key]))[key] for each in (other, third)]
    known = await bench.seen(key)
    with pytest.raises(Permanent, match="answered it already"):
        await bench.platform.answer(key, Answer(pause=pause.key, chosen=("Approve",)))

    assert [(each.state, each.pause) for each in seen] == [(RunState.RUNNING, None)] * 2
    assert known.pause == pause
    assert (await bench.seen(key)).state is RunState.RUNNING
    await other.close()
    await third.close()


async def test_a_question_is_read_again_after_a_while(bench: Bench) -> None:
    key = await asked_to_choose(bench)
    clock = FakeClock(now())
    platform = opened(bench.fake.url, clock=clock.now)
    before = (await platform.observe([key]))[key]
    question = bench.task(key).question
    assert question is not None
    question["response_received"] = True

    clock.advance(61)
    after = (await platform.observe([key]))[key]

    await platform.close()
    assert before.pause is not None
    assert (after.state, after.pause) == (RunState.RUNNING, None)


async def test_an_answer_stands_though_nobody_could_note_who_gave_it(bench: Bench) -> None:
    key = await asked_to_choose(bench)
    pause = await paused(bench, key)
    bench.fake.faults.append(
        Fault(method="PATCH", path="taskInstances/work/-1", status=500, times=9)
    )
    bench.fake.faults.insert(0, Fault(method="PATCH", path="hitlDetails"))

    await bench.platform.answer(key, Answer(pause=pause.key, chosen=("Approve",), by="Bob"))

    assert bench.task(key).state == "success"


async def test_a_form_that_cannot_be_shown_says_where_to_answer_and_hides_no_other(
    bench: Bench,
) -> None:
    bench.world.add("two", "first", "second")
    key = await bench.begin("two")
    first, second = (bench.world.begin(bench.run(key), name) for name in ("first", "second"))
    outside = {"it": {"value": 1, "schema": {"$ref": "https://example.com/it.json"}}}
    bench.world.ask(first, "Odd", ["OK"], params=outside)
    bench.world.ask(second, "Even", ["Yes", "No"])

    asked = await paused(bench, key)
    bench.world.finish(first if asked.title == "Odd" else second, "success")
    other = await paused(bench, key)

    told = {each.title: each for each in (asked, other)}
    assert set(told) == {"Odd", "Even"}
    assert told["Odd"].elsewhere
    assert told["Odd"].parameters == ()
    assert not told["Even"].elsewhere


async def test_a_question_that_cannot_be_read_is_to_be_answered_elsewhere_after_a_while(
    bench: Bench,
) -> None:
    key = await asked_to_choose(bench)

    fault = Fault(method="GET", path="hitlDetails", status=500, times=9)
    bench.fake.faults.append(fault)
    early = await bench.seen(key)
    bench.task(key).tries[-1].start = now() - timedelta(minutes=2)
    late = await bench.seen(key)
    bench.fake.faults.remove(fault)
    read = await paused(bench, key)

    assert (early.state, early.pause) == (RunState.PAUSED, None)
    assert late.pause is not None
    assert late.pause.elsewhere
    assert not read.elsewhere


async def test_a_question_is_found_after_more_answered_ones_than_a_page_holds(
    bench: Bench,
) -> None:
    names = [f"ask{number}" for number in range(PAGE + 5)]
    bench.world.add("many", *names)
    key = await bench.begin("many")
    for name in names:
        task = bench.world.begin(bench.run(key), name)
        bench.world.ask(task, name, ["Yes", "No"])
        if name != names[-1]:
            assert task.question is not None
            task.question["response_received"] = True
            bench.world.finish(task, "success")

    assert (await paused(bench, key)).title == names[-1]
