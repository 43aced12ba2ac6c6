"""What offers are called here: words that can be typed, and never the same for two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.jobs import Job
from bot.domain.offers import LONGEST_NAME, Offer, name_for, names_for, slug_of
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

    assert [name_for(offer, taken) for taken in ((), {"deploy"}, {"deploy", "live-deploy"})] == [
        "deploy",
        "live-deploy",
        "etl-live-deploy",
    ]


@given(remote=st.text(min_size=1, max_size=120))
def test_whatever_it_is_called_there_has_a_name_here(remote: str) -> None:
    for name in names_for(_offer(remote)):
        assert 0 < len(name) <= LONGEST_NAME
        assert name == slug_of(name)
