"""How people ask, tell and take back: what is around a request, and what only looks like one."""

import pytest

from bot.domain.intents import (
    ApproveRun,
    CancelRun,
    Clarify,
    Intent,
    ListApprovals,
    ListRunning,
    RunJob,
    ScheduleJob,
    ShowStatus,
    Unknown,
)
from bot.domain.jobs import Command, Job
from bot.domain.parameters import Choice, Kind, Parameter
from bot.language import understand
from tests.language.kitchens import AROUND, JOBS

LAMPS = Job(
    name="dim-lamps",
    description="Set how bright the lamps of a room are",
    aliases=("dim", "tone down", "调光"),
    command=Command(groups=(("true",),)),
    parameters=(
        Parameter(
            name="room",
            kind=Kind.ENUM,
            required=True,
            choices=(
                Choice(value="hall", aliases=("大厅",)),
                Choice(value="cellar", aliases=("地窖",)),
            ),
        ),
        Parameter(
            name="percent",
            kind=Kind.NUMBER,
            required=True,
            minimum=0,
            maximum=100,
            aliases=("%",),
        ),
        Parameter(name="blink", kind=Kind.BOOLEAN, default=False, aliases=("闪烁",)),
    ),
)


def meant(text: str) -> Intent:
    return understand(text, (*JOBS, LAMPS), AROUND).intent


SOUTH = {"oven": "south"}
HALL = {"room": "hall", "percent": "20"}
ASKED: dict[str, tuple[str, dict[str, str]]] = {
    "would you mind cleaning south?": ("clean-oven", SOUTH),
    "could somebody please scrub south, thanks a lot": ("clean-oven", SOUTH),
    "@bakerybot clean south": ("clean-oven", SOUTH),
    "we're all set, clean south": ("clean-oven", SOUTH),
    "clean south if you can, no rush": ("clean-oven", SOUTH),
    "clean south when you get a minute": ("clean-oven", SOUTH),
    'clean "south"': ("clean-oven", SOUTH),
    "*clean* _south_ please": ("clean-oven", SOUTH),
    "i need you to clean south": ("clean-oven", SOUTH),
    "can we clean south": ("clean-oven", SOUTH),
    "能不能清洁一下南炉？": ("clean-oven", SOUTH),
    "可以帮我清洁一下南炉吗": ("clean-oven", SOUTH),
    "有空的话帮我清洁一下南炉，不急": ("clean-oven", SOUTH),
    "把南炉清洁了": ("clean-oven", SOUTH),
    "tone the hall down to 20": ("dim-lamps", HALL),
    "dim hall to 20 without blinking": ("dim-lamps", {**HALL, "blink": "false"}),
    "大厅调光到百分之二十": ("dim-lamps", HALL),
    "clean south, soak for an hour": ("clean-oven", {**SOUTH, "soak_min": "60"}),
}


@pytest.mark.parametrize("text", ASKED)
def test_manners_around_a_request_change_nothing(text: str) -> None:
    run = meant(text)

    assert isinstance(run, RunJob), run
    assert (run.job, run.given, run.at) == (*ASKED[text], None)


TOLD = [
    *("I'll clean south", "I can clean south", "they clean south every day at 5pm"),
    *("do we need to clean south", "would it help to clean south", "clean south is running"),
    *("> clean south", "the command is clean south", "you could try cleaning south"),
    *("我来清洁南炉", "南炉在清洁", "南炉清洁中", "清洁了南炉", "能不能不清洁南炉"),
    *("可不要清洁南炉", "要不要清洁南炉", "南炉清洁是什么意思"),
    *("clean one host of south", "dim one lamp of the hall to 20", "clean south every 2 days"),
    *("每两天清洁南炉", "dim hall and cellar to 20", "dim the hall to 20 in plant-a and plant-b"),
    *("publish rye-bread 1.2.3 and 1.2.4 to the shop", "dim hall to 20, maybe 30"),
    *("clean south from 5pm every 10 minutes", "clean south twice a day"),
]


@pytest.mark.parametrize("text", TOLD)
def test_tales_plans_states_and_two_values_start_nothing(text: str) -> None:
    assert isinstance(meant(text), Clarify | Unknown)


@pytest.mark.parametrize(
    "text",
    [
        *("dim the prospects of the opposition", "scrub your hands", "clean up my room"),
        *("the publish party is on friday", "新品清洁剂上市了", "I published a novel"),
    ],
)
def test_a_verb_alone_makes_no_request_of_a_strangers_sentence(text: str) -> None:
    assert isinstance(meant(text), Unknown)


def test_a_service_nobody_listed_is_asked_about() -> None:
    assert isinstance(meant("clean the west server"), Clarify)


def test_a_character_that_sounds_alike_is_asked_about() -> None:
    near = meant("发部配方 rye-bread 1.2.3 门店")

    assert isinstance(near, Clarify)
    assert near.candidates[0].job == "publish-recipe"


def test_a_version_by_the_calendar_is_no_day() -> None:
    run = meant("publish rye-bread 2026.5.1 to the shop")

    assert isinstance(run, RunJob)
    assert (run.given["version"], run.at) == ("2026.5.1", None)


def test_a_day_of_a_month_in_words_recurs() -> None:
    found = meant("clean south on the first of every month at 1am")

    assert isinstance(found, ScheduleJob)
    assert found.cron == "0 1 1 * *"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("what's happening with run 1042", ShowStatus(execution=1042)),
        ("我上一个任务怎么样了", ShowStatus()),
        ("现在有哪些任务在跑", ListRunning()),
        ("有什么在等我审批", ListApprovals()),
        ("stop my last run", CancelRun()),
        ("I approve #1042", ApproveRun(execution=1042)),
    ],
)
def test_further_words_for_what_runs(text: str, intent: Intent) -> None:
    assert meant(text) == intent


@pytest.mark.parametrize("text", ["don't stop run 1042", "stop, don't cancel 1042"])
def test_a_denied_stop_stops_nothing(text: str) -> None:
    assert isinstance(meant(text), Unknown)


@pytest.mark.parametrize(
    "said",
    [
        *("and 1043", "#1043", "or 1043", "and clean the grill", "then rerun it", "but wait"),
        *("tomorrow", "at 5pm", "in ten minutes", "tonight", "on monday"),
    ],
)
def test_a_stop_that_says_more_than_why_stops_nothing(said: str) -> None:
    found = meant(f"cancel #1042 {said}")

    assert isinstance(found, Unknown)
    assert set(found.near) <= {"cancel #1042", "status"}


@pytest.mark.parametrize(
    "said", ["wrong version", ", it hangs", "because it hangs since noon and 1043 waits", "please"]
)
def test_a_stop_may_say_why(said: str) -> None:
    assert meant(f"cancel #1042 {said}") == CancelRun(execution=1042)


@pytest.mark.parametrize(
    "text", ["cancel the last run and rerun it", "stop everything", "取消全部"]
)
def test_no_button_stops_a_run_that_nobody_named(text: str) -> None:
    found = meant(text)

    assert isinstance(found, Unknown)
    assert "cancel" not in found.near
