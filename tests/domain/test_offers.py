"""What offers are called here: words that can be typed, and never the same for two."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.jobs import Job
from bot.domain.offers import LONGEST_NAME, Names, Offer, names_for, slug_of
from tests.fakes.values import NOW


def _offer(remote: str, name: str = "") -> Offer:
    job = Job(name=name or remote, remote=remote, platform="etl")
    return Offer(platform="etl", job=job, since=NOW)


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("ETL Flow/nightly_run", "etl-flow-nightly_run"),
        ("Déploiement", "deploiement"),
        ("数据", ""),
        ("--x--", "x"),
        ("a" * 80, "a" * LONGEST_NAME),
    ],
)
def test_a_slug_is_what_can_be_typed(words: str, slug: str) -> None:
    assert slug_of(words) == slug


def test_a_name_that_is_taken_gets_longer() -> None:
    offer = _offer("live/deploy", "deploy")

    assert [
        Names(taken, {}).name(offer) for taken in ((), {"deploy"}, {"deploy", "live-deploy"})
    ] == [
        "deploy",
        "live-deploy",
        "etl-live-deploy",
    ]


def test_what_two_platforms_call_the_same_is_told_apart_by_the_platform() -> None:
    names = Names((), {})
    west = replace(_offer("live/deploy", "deploy"), platform="west")

    assert [names.name(_offer("live/deploy", "deploy")), names.name(west)] == [
        "deploy",
        "west-deploy",
    ]


def test_the_name_of_what_is_gone_goes_to_its_own_platform_alone() -> None:
    names = Names((), {})
    gone = replace(_offer("live/deploy", "deploy"), gone_at=NOW)
    west = replace(_offer("live/deploy", "deploy"), platform="west")
    again = _offer("other/deploy", "deploy")

    assert [names.name(each) for each in (gone, west, again)] == [
        "deploy",
        "west-deploy",
        "deploy",
    ]


@given(remote=st.text(min_size=1, max_size=120))
def test_whatever_it_is_called_there_has_a_name_here(remote: str) -> None:
    for name in names_for(_offer(remote), is_elsewhere=True):
        assert 0 < len(name) <= LONGEST_NAME
        assert name == slug_of(name)
