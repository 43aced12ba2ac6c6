"""What holds for the whole ladder, whatever is said: it never raises, and says the same again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.intents import (
    ApproveRun,
    Clarify,
    Intent,
    ListApprovals,
    ListJobs,
    ListPlatforms,
    ListRunning,
    ListSchedules,
    QuietAlert,
    RejectRun,
    RunJob,
    ScheduleJob,
    ShowHistory,
    Unknown,
)
from bot.domain.surroundings import Thread
from bot.language import LONGEST, format_intent, record_of, understand
from bot.language.normalising import cleaned
from tests.language.kitchens import AROUND, JOBS, NOW
from tests.language.seeds import printed_by_seed

BY_NAME = {job.name: job for job in JOBS}
PIECES = [
    *("heat ", "clean ", "publish ", "sales ", "unlock ", "run ", "help ", "/racks ", "approve "),
    *("预热", "清洁", "解锁", "销售报告", "帮助", "批准", "不要", "如果", "的", "到", "，"),
    *("north ", "south ", "shop ", "店里", "南炉", "220", "度", "1.4.0 ", "rye-bread@1.4.0 "),
    *("not ", "no, ", "instead ", "by ", "for ", "from ", "because ", "and ", "? ", "same "),
    *("tomorrow ", "at 7 ", "every day ", "in 2h ", "每天", "明天", "三点", "上周一", "half "),
    *("fan=false ", "--fan ", "oven=", '"', "“", "'", "<@U1|x> ", "&lt;", "{since}", "[", "#1042 "),
    *("\u0301", "\u200b", "\u3000", "\x00", "\ud800", "ﷺ", "İ", "ß", "²", "①", "🥖", "\n"),
]
texts = st.text(max_size=80) | st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
threads = st.sampled_from(
    [
        None,
        Thread(job="heat-oven", given={"oven": "north"}, execution=7),
        Thread(job="x", open=True),
    ]
)
words = st.text(max_size=30).map(cleaned)
executions = st.none() | st.integers(1, 999_999)
runs = st.builds(
    RunJob,
    job=st.just("heat-oven"),
    given=st.dictionaries(st.sampled_from(["oven", "site"]), words.filter(bool), max_size=2),
    reason=words,
    target=words,
    at=st.none() | st.integers(1, 10**6).map(lambda m: NOW + timedelta(minutes=m)),
)
later = st.tuples(runs.filter(lambda run: run.at is not None), st.integers(1, 1_440)).map(
    lambda found: replace(found[0], until=NOW + timedelta(days=800, minutes=found[1]))
)
intents: st.SearchStrategy[Intent] = st.one_of(
    runs,
    later,
    st.builds(ScheduleJob, run=runs.map(lambda r: replace(r, at=None, target="")), cron=words),
    st.builds(ApproveRun, execution=executions, reason=words),
    st.builds(RejectRun, execution=executions, reason=words),
    st.builds(QuietAlert, alert=words, mute=st.booleans(), seconds=st.integers(0, 10**8)),
    st.builds(ShowHistory, job=st.sampled_from(sorted(BY_NAME)), limit=st.integers(1, 999)),
    st.builds(ListJobs, search=words),
    st.sampled_from([ListApprovals(), ListPlatforms(), ListRunning(), ListSchedules()]),
)  # fmt: skip


@settings(max_examples=60)
@given(texts, threads)
def test_any_text_is_understood_or_not_but_never_breaks(text: str, thread: Thread | None) -> None:
    around = replace(AROUND, thread=thread, in_thread=thread is not None)

    found = understand(text, JOBS, around)

    assert record_of(found, BY_NAME)["intent"]
    assert 0.0 <= found.confidence <= 1.0
    for span in found.spans.values():
        assert text[span.start : span.end] == span.words


@settings(max_examples=60)
@given(intents)
def test_a_written_intent_is_understood_as_itself(intent: Intent) -> None:
    found = understand(format_intent(intent), JOBS, AROUND).intent

    assert _plain(found) == _plain(intent)


def _plain(intent: Intent) -> Intent:
    """An offset of hours and a zone are the same moment."""
    if not isinstance(intent, RunJob):
        return intent
    at, until = (each and each.astimezone(NOW.tzinfo) for each in (intent.at, intent.until))
    return replace(intent, at=at, until=until)


@settings(max_examples=60)
@given(texts)
def test_what_was_understood_is_written_and_understood_again(text: str) -> None:
    found = understand(text, JOBS, AROUND).intent

    if isinstance(found, RunJob):
        found = replace(found, exact=True, inferred={})
    if isinstance(found, ScheduleJob):
        found = replace(found, run=replace(found.run, exact=True, inferred={}))
    if not isinstance(found, Clarify | Unknown):
        again = understand(format_intent(found), JOBS, AROUND).intent
        assert _plain(again) == _plain(found)


HOSTILE = [
    "a ",
    "不",
    "heat ",
    "1 ",
    "((",
    "in ",
    "每",
    '"',
    "the last ",
    "a.",
    "{",
    "<@",
    "and ",
    "2h",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_longest_hostile_text_is_answered_with_a_bounded_look(piece: str) -> None:
    text = (piece * LONGEST)[:LONGEST]

    assert isinstance(understand(text, JOBS, AROUND).intent, Unknown | Clarify)


def test_the_same_is_understood_whatever_the_hash_seed() -> None:
    program = (
        "from bot.language import record_of, understand\n"
        "from tests.language.kitchens import AROUND, JOBS\n"
        "for text in ('heat north 220', '清洗', 'claen south', 'oven', 'sales since may 1'):\n"
        "    print(record_of(understand(text, JOBS, AROUND), {j.name: j for j in JOBS}))\n"
    )

    assert len(printed_by_seed(program)) == 1


@pytest.mark.parametrize(
    "text",
    [
        'schedule heat-oven oven=north "0 7 * * 1-5"',
        "schedule heat-oven oven=north 0 7 * * 1-5",
        "Schedule heat-oven oven=north cron “0 7 * * 1-5”",
    ],
)
def test_a_cron_line_may_stand_behind_a_job(text: str) -> None:
    found = understand(text, JOBS, AROUND).intent

    assert isinstance(found, ScheduleJob)
    assert (found.run.job, found.run.given) == ("heat-oven", {"oven": "north"})
    assert found.cron == "0 7 * * 1-5"


def test_words_behind_a_job_are_no_cron_line() -> None:
    found = understand("schedule heat-oven 1 2 days in week", JOBS, AROUND).intent

    assert not isinstance(found, ScheduleJob)
