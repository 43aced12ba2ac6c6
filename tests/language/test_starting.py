"""`start=` and `until=` beside the values of a run, in both languages."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.intents import Clarify, Intent, RunJob
from bot.domain.jobs import Job
from bot.domain.parameters import Kind, Parameter
from bot.domain.surroundings import Surroundings
from bot.domain.windows import window_of
from bot.language import Rung, understand
from tests.fakes.values import enum, job

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 21, 14, 2, tzinfo=BERLIN)
DEPLOY = job(aliases=("部署",))
RUN = "run deploy app=api env=prod"


def read(text: str, *jobs: Job, now: datetime = NOW) -> Intent:
    return understand(text, jobs or (DEPLOY,), Surroundings(now=now)).intent


@pytest.mark.parametrize(
    ("said", "at", "until"),
    [
        ('start="tonight 02:00" until=04:00', "2026-11-22 02:00", "2026-11-22 04:00"),
        ("start=02:00", "2026-11-22 02:00", ""),
        ("start=23:30 until=00:30", "2026-11-21 23:30", "2026-11-22 00:30"),
        ('--start="2026-11-30 06:15" --until=90m', "2026-11-30 06:15", "2026-11-30 07:45"),
        ("start=2026-11-22T02:00+01:00", "2026-11-22 02:00", ""),
        ('start="tomorrow 2am"', "2026-11-22 02:00", ""),
        ("开始=今晚两点 截止=四点", "2026-11-22 02:00", "2026-11-22 04:00"),
        ("开始=明天早上七点", "2026-11-22 07:00", ""),
    ],
)
def test_a_start_is_read_in_the_zone_of_who_says_it(said: str, at: str, until: str) -> None:
    found = read(f"{RUN} {said}")

    assert isinstance(found, RunJob)
    assert found.given == {"app": "api", "env": "prod"}
    assert f"{found.at:%Y-%m-%d %H:%M}" == at
    assert (f"{found.until:%Y-%m-%d %H:%M}" if found.until else "") == until


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("deploy api to prod tomorrow 2am", "2026-11-22 02:00"),
        ("今晚两点部署 api 到 prod", "2026-11-22 02:00"),
        ("deploy api to prod tonight at 2", "2026-11-22 02:00"),
        ("deploy api to prod tonight at 11", "2026-11-21 23:00"),
        ("今晚八点部署 api 到 prod", "2026-11-21 20:00"),
    ],
)
def test_a_night_goes_on_after_midnight(text: str, at: str) -> None:
    found = read(text)

    assert isinstance(found, RunJob)
    assert (f"{found.at:%Y-%m-%d %H:%M}", found.exact) == (at, False)


def test_said_after_midnight_tonight_is_the_same_night() -> None:
    found = read(f'{RUN} start="tonight 02:00"', now=NOW.replace(hour=0))

    assert isinstance(found, RunJob)
    assert found.at == NOW.replace(hour=2, minute=0)


@pytest.mark.parametrize(
    ("said", "exact"),
    [
        ("start=02:00", True),
        ('start="2026-11-22 02:00" until=04:00', True),
        ("start=02:00 until=2h", True),
        ('start="tonight 02:00"', False),
        ('start=02:00 until="four in the morning"', False),
        ("开始=今晚两点", False),
    ],
)
def test_only_a_time_with_one_reading_is_said_exactly(said: str, exact: bool) -> None:
    found = read(f"{RUN} {said}")

    assert not isinstance(found, RunJob) or found.exact is exact
    assert isinstance(found, RunJob) or not exact


@pytest.mark.parametrize(
    "said",
    [
        "start=whenever",
        'start=""',
        "start=2",
        "start=25:00",
        'start="2026-02-30 10:00"',
        'start="10:00 or 11:00"',
        "start=02:00 until=soon",
        "until=04:00",
        'start="every day at 7"',
        "start=yesterday",
        "tomorrow 2am start=03:00",
    ],
)
def test_a_time_that_is_not_sure_is_asked_about_and_never_left_out(said: str) -> None:
    found = understand(f"{RUN} {said}", (DEPLOY,), Surroundings(now=NOW))

    assert found.rung is Rung.CLARIFY
    assert isinstance(found.intent, Clarify)
    assert not any(each.at is None for each in found.intent.candidates)


def test_a_job_with_such_a_parameter_keeps_its_own_words() -> None:
    own = job(
        parameters=(
            enum("app", "api", required=True),
            Parameter(name="start", kind=Kind.STRING),
        )
    )

    found = read("run deploy app=api start=02:00", own)

    assert isinstance(found, RunJob)
    assert (found.given, found.at) == ({"app": "api", "start": "02:00"}, None)


def test_a_start_said_with_something_else_is_nothing_that_runs() -> None:
    assert not isinstance(read("cancel #4 start=02:00"), RunJob)


def test_two_starts_are_not_one() -> None:
    assert not isinstance(read(f"{RUN} start=02:00 start=03:00"), RunJob)


@pytest.mark.parametrize(
    ("said", "now", "lasts"),
    [
        ('start="in 90 minutes" until=2h', "2026-10-25T01:45", 2),
        ('start="in 30 minutes" until=2h', "2026-10-25T01:45", 2),
        ('start="in 15 minutes" until=2h', "2027-03-28T01:40", 2),
        ("start=01:50 until=2h", "2027-03-28T01:40", 2),
    ],
)
def test_a_window_around_a_change_of_clocks_is_no_doubt(said: str, now: str, lasts: int) -> None:
    begin = datetime.fromisoformat(now).replace(tzinfo=BERLIN)
    found = read(f"{RUN} {said}", now=begin)

    assert isinstance(found, RunJob)
    assert found.at is not None
    window = window_of(found.at, found.until, within=timedelta(hours=1), now=begin)
    assert window.until - window.start_at == timedelta(hours=lasts)
