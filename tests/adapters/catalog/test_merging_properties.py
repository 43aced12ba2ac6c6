"""Whatever platforms offer: every job is there once, under one name, and always the same one."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.catalog import Merged
from bot.domain.offers import Offer
from tests.adapters.catalog.offered import LATER, offer, whole
from tests.fakes.values import NOW

_FILES = """
jobs:
  - {name: deploy, platform: etl, aliases: [ship]}
  - {name: sync, run: ['true']}
shortcuts: [{name: night, job: sync}]
"""

_PART = st.sampled_from(
    ["deploy", "Deploy", "sync", "night", "run", "ship", "夜间", "a b", "x", "-"]
)


def _offer(flow: str, name: str, platform: str, late: bool) -> Offer:
    return offer(f"{flow}/{name}", platform=platform, since=LATER if late else NOW)


_OFFERS = st.lists(
    st.builds(
        _offer,
        _PART,
        _PART,
        st.sampled_from(["etl", "other"]),
        st.booleans(),
    ),
    max_size=12,
    unique_by=lambda each: (each.platform, each.remote),
)


def _merged(offers: list[Offer]) -> Merged:
    with TemporaryDirectory() as folder:
        return whole(Path(folder) / "c", _FILES, *offers)


@given(offers=_OFFERS)
def test_no_two_jobs_are_called_alike(offers: list[Offer]) -> None:
    found = _merged(offers)
    names = [name.casefold() for job in found.jobs for name in (job.name, *job.aliases)]

    assert len(names) == len(set(names))


@given(offers=_OFFERS)
def test_every_offer_is_one_job_and_every_file_keeps_its_own(offers: list[Offer]) -> None:
    found = _merged(offers)
    remotes = [(job.platform, job.remote) for job in found.jobs if job.remote]

    assert sorted(remotes) == sorted((each.platform, each.remote) for each in offers)
    assert {"deploy", "sync"} <= {job.name for job in found.jobs}


@given(offers=_OFFERS)
def test_the_order_of_answers_decides_nothing(offers: list[Offer]) -> None:
    shuffled = offers[::-1]

    assert _merged(shuffled) == _merged(offers)
