"""Values that are taken back in the same breath, and what only looks like it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.intents import RunJob
from bot.language import understand
from bot.language.retracting import retracted
from bot.language.sentences import sentence_of
from tests.language.kitchens import AROUND, JOBS
from tests.language.test_passives import BROOMS, REBOOT

EVERY = (*JOBS, BROOMS, REBOOT)
SORRY = ["no", "no wait", "sorry", "actually", "i mean", "make it", "oops", "nope, i meant"]


def meant(text: str) -> Any:
    return understand(text, EVERY, AROUND).intent


@given(st.sampled_from(SORRY), st.integers(0, 24), st.integers(25, 50), st.sampled_from([",", ""]))
def test_the_later_number_counts_when_the_former_is_taken_back(
    sorry: str, former: int, later: int, mark: str
) -> None:
    run = meant(f"scale the shop to {former}{mark} {sorry}{mark} {later} brooms")

    assert isinstance(run, RunJob)
    assert run.given == {"site": "shop", "brooms": str(later)}


@given(
    st.sampled_from(["not", "instead of", "rather than", "and not"]),
    st.integers(0, 24),
    st.integers(25, 50),
)
def test_a_number_that_is_ruled_out_is_not_meant(without: str, former: int, later: int) -> None:
    run = meant(f"scale the shop to {later} brooms {without} {former}")

    assert isinstance(run, RunJob)
    assert run.given == {"site": "shop", "brooms": str(later)}


OTHERS = {
    "publish rye-bread 1.4.0, no, 1.4.1 to the shop": ("version", "1.4.1"),
    "publish rye-bread 1.4.1 not 1.4.0 to the shop": ("version", "1.4.1"),
    "reboot mixer-3, sorry, mixer-4": ("mixer", "mixer-4"),
    "reboot mixer-4 instead of mixer-3": ("mixer", "mixer-4"),
    "reboot not mixer-3 but mixer-4": ("mixer", "mixer-4"),
    "sales since 2026-05-01, no, 2026-05-02": ("since", "2026-05-02"),
}


@pytest.mark.parametrize("text", OTHERS)
def test_versions_machines_and_days_are_taken_back_as_well(text: str) -> None:
    name, value = OTHERS[text]

    run = meant(text)

    assert isinstance(run, RunJob)
    assert run.given[name] == value


@pytest.mark.parametrize(
    "text", ["reboot mixer-3 at 5pm, no, 6pm", "reboot mixer-3 at 5pm, make it 6pm"]
)
def test_a_clock_that_is_taken_back_is_not_when_it_starts(text: str) -> None:
    run = meant(text)

    assert isinstance(run, RunJob)
    assert run.at == AROUND.now.replace(hour=18, minute=0)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "scale the shop to 5 or 6 brooms",
            "scale the shop to 5, maybe 6",
            "scale the shop, not 6",
        ),
        *("reboot mixer-3 and mixer-4", "reboot mixer-3, mixer-4", "scale the shop to 5, no"),
        "reboot mixer-3, then not mixer-4",
    ],
)
def test_two_values_without_a_word_that_takes_one_back_start_nothing(text: str) -> None:
    assert not isinstance(meant(text), RunJob)


@given(
    st.text(max_size=120)
    | st.lists(st.sampled_from([*SORRY, "5", "6pm", "not", "x-1", ","])).map(" ".join)
)
def test_what_is_left_keeps_its_place(text: str) -> None:
    before = sentence_of(text)

    after = retracted(before)

    assert len(after.folded) == len(before.folded)
    assert all(
        before.shown[atom.at : atom.end] == after.shown[atom.at : atom.end] for atom in after.atoms
    )


@pytest.mark.parametrize(
    "text",
    [
        *(
            "publish rye-bread 1.4.0 to the shop instead of trial",
            "publish rye-bread 1.4.0 to the shop rather than to trial",
        ),
        "publish rye-bread 1.4.0 in place of 1.3.9 to the shop",
    ],
)
def test_what_something_is_done_instead_of_is_not_meant(text: str) -> None:
    run = meant(text)

    assert isinstance(run, RunJob)
    assert run.given == {"recipe": "rye-bread", "version": "1.4.0", "site": "shop"}


def test_how_many_there_were_is_not_how_many_there_shall_be() -> None:
    run = meant("scale the shop from 5")

    assert not isinstance(run, RunJob)
