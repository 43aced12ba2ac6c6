"""Plain sentences in both languages: what they ask for, and what nobody may make of them."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.intents import Clarify, Intent, RunJob, ScheduleJob, Unknown, UseShortcut
from bot.domain.jobs import Job
from bot.domain.parameters import Choice, Kind, Parameter
from bot.domain.surroundings import Thread
from bot.language import Rung, Understanding, understand
from tests.language.kitchens import AROUND, JOBS


def said(text: str) -> Understanding:
    return understand(text, JOBS, AROUND)


def run_of(intent: Intent) -> RunJob:
    assert isinstance(intent, RunJob), intent
    return intent


HEATED = {"oven": "north", "site": "shop", "degrees": "220"}
RUNS: dict[str, tuple[str, dict[str, str]]] = {
    "heat north in the shop to 220": ("heat-oven", HEATED),
    "could you please warm up the n-oven at the store to 220 degrees?": ("heat-oven", HEATED),
    "把店里的北炉加热到二百二十度": ("heat-oven", HEATED),
    "预热北边，门店，220度": ("heat-oven", HEATED),
    "heat north to 220 in trial, no wait, shop": ("heat-oven", HEATED),
    "heat north shop 220 without fan": ("heat-oven", {**HEATED, "fan": "false"}),
    "北炉 门店 加热到 220，不用风扇": ("heat-oven", {**HEATED, "fan": "false"}),
    "hey bot, scrub the stone oven thx": ("clean-oven", {"oven": "stone"}),
    "clean south and soak it for half an hour": (
        "clean-oven",
        {"oven": "south", "soak_min": "30"},
    ),
    "清洗一下南边的烤炉": ("clean-oven", {"oven": "south"}),
    "publish rye-bread@1.4.0 to the shop": (
        "publish-recipe",
        {"recipe": "rye-bread", "version": "1.4.0", "site": "shop"},
    ),
    "sales from last monday until yesterday": (
        "sales-report",
        {"since": "2026-05-11", "to": "2026-05-12"},
    ),
    "销售报告 从 5月1日 到 5月7日": (
        "sales-report",
        {"since": "2026-05-01", "to": "2026-05-07"},
    ),
    "how much bread did we sell since 2026-05-01": ("sales-report", {"since": "2026-05-01"}),
    "unlock Marta Ruiz because she lost it": (
        "unlock-badge",
        {"person": "U0MARTA01", "reason": "she lost it"},
    ),
    "解锁陈伟": ("unlock-badge", {"person": "U0CHEN002"}),
    "unlock <@U0OTHER99>": ("unlock-badge", {"person": "U0OTHER99"}),
}


@pytest.mark.parametrize("text", RUNS)
def test_a_sentence_asks_for_one_job_with_its_values(text: str) -> None:
    job, given = RUNS[text]

    run = run_of(said(text).intent)

    assert (run.job, run.given, run.exact) == (job, given, False)


NEVER = [
    *("don't heat north in the shop to 220", "heat north in the shop to 220 if it is cold"),
    *("marta said to clean south", "we cleaned south yesterday", "should I clean south?"),
    *("clean south and unlock marta", "clean south when marta is back", "I just cleaned south"),
    *("the cleaning of south failed", "clean south needs doing", "tell marta to clean south"),
    *("can I clean south?", "clean south or north", "clean everything", "clean south by 2"),
    *(
        "别清洗南边的烤炉",
        "如果冷就预热北边，门店，220度",
        "陈伟说要清洗南边的烤炉",
        "南炉清洗好了吗",
    ),
    *(
        "清洗南炉或者北炉",
        "昨天清洗了南炉",
        "先不清洗南炉",
        "提醒我清洗南炉",
        "run rm -rf / on south",
    ),
    *("heat north", "heat north in the shop to 900", "publish rye-bread 1.4 to the shop"),
    *("clean south tomorrow", "clean south at 7", "schedule clean south", "clean sputh"),
]


def _certain(intent: Intent) -> bool:
    """Whether a form could be opened that needs nothing but a yes."""
    if not isinstance(intent, RunJob) or intent.at is not None:
        return False
    job = next(job for job in JOBS if job.name == intent.job)
    wanted = {p.name for p in job.parameters if p.required}
    return wanted <= intent.given.keys() and intent.given.get("degrees") != "900"


@pytest.mark.parametrize("text", NEVER)
def test_what_is_no_plain_request_is_asked_about_or_left(text: str) -> None:
    intent = said(text).intent

    invalid = isinstance(intent, RunJob) and intent.given.get("version") == "1.4"
    assert invalid or not _certain(intent)
    assert not isinstance(intent, ScheduleJob)


@pytest.mark.parametrize(
    "text",
    [
        *("what's for lunch?", "book me a table for friday at 8pm", "remind me to call my sister"),
        *(
            "my printer is on fire",
            "good night everybody",
            "今天吃什么",
            "帮我叫个车去机场",
            "生日快乐",
        ),
    ],
)
def test_small_talk_is_unknown(text: str) -> None:
    assert isinstance(said(text).intent, Unknown)


LATER: dict[str, tuple[str, str]] = {
    "clean south tomorrow at 3am": ("2026-05-14T03:00:00+02:00", ""),
    "两小时后清洗南炉": ("2026-05-13T17:30:00+02:00", ""),
    "clean south on friday at 22:15": ("2026-05-15T22:15:00+02:00", ""),
    "clean south every weekday at 7": ("", "0 7 * * 1-5"),
    "每周日凌晨四点清洗南炉": ("", "0 4 * * 0"),
}


@pytest.mark.parametrize("text", LATER)
def test_a_time_in_the_sentence_is_when_it_shall_run(text: str) -> None:
    at, cron = LATER[text]

    intent = said(text).intent

    if isinstance(intent, ScheduleJob):
        assert (intent.cron, intent.run.job) == (cron, "clean-oven")
    else:
        found = run_of(intent).at
        assert (found and found.isoformat(), "") == (at, cron)


def test_every_value_tells_from_which_words_it_was_read() -> None:
    text = "please 预热  n-oven，店里 220度"

    found = said(text)

    words = {slot: text[span.start : span.end] for slot, span in found.spans.items()}
    assert words["oven"] == "n-oven"
    assert words["site"] == "店里"
    assert run_of(found.intent).inferred["degrees"] == "220度"


def test_a_question_names_what_is_missing_and_what_is_wrong() -> None:
    missing = run_of(said("heat north to 220").intent)
    left = said("heat north in the shop to 220 on mars").intent

    assert "site" not in missing.given
    assert isinstance(left, Clarify)
    assert "mars" in left.question


@pytest.mark.parametrize(
    ("text", "ovens"),
    [
        ("clean north or south", ["north", "south"]),
        ("run clean-oven oven=north oven=south", ["north", "south"]),
        ("清洁北边和南边", ["north", "south"]),
    ],
)
def test_each_of_several_values_for_one_is_offered(text: str, ovens: list[str]) -> None:
    found = said(text).intent

    assert isinstance(found, Clarify)
    assert [each.given["oven"] for each in found.candidates] == ovens


def test_with_two_parameters_in_doubt_no_pairs_are_made_up() -> None:
    found = said("heat north to 200 in the shop and south to 180 in trial").intent

    assert isinstance(found, Clarify)
    assert len({each.given.get("oven") for each in found.candidates}) == 1


def test_a_misspelt_choice_is_offered_and_not_taken() -> None:
    found = said("clean sputh").intent

    assert isinstance(found, Clarify)
    assert found.candidates[0].given == {"oven": "south"}


def test_a_place_is_where_it_shall_run() -> None:
    assert run_of(said("clean south on the a-line").intent).target == "plant-a"


def test_a_shortcut_is_read_with_its_arguments() -> None:
    assert said("/racks shop 20").intent == UseShortcut(
        name="racks", given={"site": "shop", "lines": "20"}
    )
    assert not isinstance(said("/racks --all").intent, UseShortcut)


@pytest.mark.parametrize(
    "text", ["please racks shop 20", "racks shop 20 please", "please show me the racks in shop 20"]
)
def test_a_shortcut_may_be_asked_for_kindly(text: str) -> None:
    assert said(text).intent == UseShortcut(name="racks", given={"site": "shop", "lines": "20"})


@pytest.mark.parametrize(
    "text", ["don't racks shop 20", "should I racks shop 20", "racks shop 20 20"]
)
def test_a_shortcut_within_any_other_sentence_is_none(text: str) -> None:
    assert not isinstance(said(text).intent, UseShortcut)


THREAD = Thread(job="heat-oven", given={"oven": "north", "site": "trial", "degrees": "90"})
FOLLOWED: dict[str, dict[str, Any]] = {
    "same for the shop": {"site": "shop"},
    "换成南边": {"oven": "south"},
    "now to 180 degrees": {"degrees": "180"},
}


@pytest.mark.parametrize("text", FOLLOWED)
def test_in_a_thread_the_rest_is_as_it_was(text: str) -> None:
    around = replace(AROUND, thread=replace(THREAD, execution=1042), in_thread=True)

    run = run_of(understand(text, JOBS, around).intent)

    assert run.given == {**THREAD.given, **FOLLOWED[text]}
    assert not run.exact


def test_a_short_answer_fills_the_open_question() -> None:
    asked = replace(THREAD, given={"oven": "north", "degrees": "90"}, open=True)

    found = understand("shop", JOBS, replace(AROUND, thread=asked, in_thread=True))

    assert run_of(found.intent).given == {"oven": "north", "degrees": "90", "site": "shop"}


CORRECTED: dict[str, dict[str, Any]] = {
    "no, the shop": {"site": "shop"},
    "sorry, south": {"oven": "south"},
    "no, make it 180 degrees": {"degrees": "180"},
    "不对，南边": {"oven": "south"},
    "不，改成店里": {"site": "shop"},
}


@pytest.mark.parametrize("text", CORRECTED)
def test_an_answer_may_correct_what_was_said_before(text: str) -> None:
    around = replace(AROUND, thread=replace(THREAD, open=True), in_thread=True)

    run = run_of(understand(text, JOBS, around).intent)

    assert run.given == {**THREAD.given, **CORRECTED[text]}
    assert not run.exact


@pytest.mark.parametrize("text", ["no", "no, don't", "no, not the shop", "不，不要店里", "no shop"])
def test_an_answer_that_only_denies_fills_nothing(text: str) -> None:
    around = replace(AROUND, thread=replace(THREAD, open=True), in_thread=True)

    assert isinstance(understand(text, JOBS, around).intent, Clarify | Unknown)


def test_naming_a_job_in_a_thread_begins_anew() -> None:
    around = replace(AROUND, thread=replace(THREAD, execution=1042), in_thread=True)

    assert run_of(understand("now clean south", JOBS, around).intent).given == {"oven": "south"}


def test_only_an_exact_command_may_start_at_once() -> None:
    exact = understand("run clean-oven oven=south", JOBS, AROUND)
    plain = understand("clean south", JOBS, AROUND)

    assert (exact.rung, run_of(exact.intent).exact) == (Rung.EXACT, True)
    assert not run_of(plain.intent).exact or plain.rung is Rung.EXACT


@pytest.mark.parametrize("text", ["roll out search 4.2 to production", "灰度 搜索 4.2 到 生产"])
def test_an_example_said_as_it_was_written_has_its_values(text: str) -> None:
    service = Parameter(
        name="service",
        kind=Kind.ENUM,
        choices=(Choice(value="search", aliases=("搜索",)), Choice(value="checkout")),
    )
    where = Parameter(
        name="env",
        kind=Kind.ENUM,
        choices=(Choice(value="production", aliases=("生产",)), Choice(value="staging")),
    )
    job = Job(
        name="roll-out",
        aliases=("灰度",),
        examples=("roll out search 4.2 to production", "灰度 搜索 4.2 到 生产"),
        parameters=(Parameter(name="version", required=True), service, where),
    )

    found = understand(text, (job,), AROUND).intent

    assert isinstance(found, RunJob)
    assert found.given == {"version": "4.2", "service": "search", "env": "production"}
