"""Turns of phrase that mean a verb of the catalogue, and where they mean nothing of the kind."""

from typing import Any

import pytest

from bot.domain.intents import Clarify, RunJob, Unknown
from bot.domain.jobs import Command, Job
from bot.domain.parameters import Kind, Parameter
from bot.language import understand
from tests.language.kitchens import AROUND, OVEN, SITE

_COMMAND = Command(groups=(("true",),))
_VERSION = Parameter(name="version", required=True, pattern=r"v?\d+\.\d+\.\d+")
RELEASE = Job(
    name="release-menu",
    description="Release a version of the menu to a site",
    aliases=("deploy", "roll out"),
    command=_COMMAND,
    parameters=(_VERSION, SITE),
)
REVERT = Job(
    name="revert-menu",
    description="Bring an earlier menu back to a site",
    aliases=("rollback", "roll back", "undo deploy"),
    command=_COMMAND,
    parameters=(Parameter(name="to_version", pattern=r"\d+\.\d+\.\d+|previous"), SITE),
)
RESTART = Job(name="restart-oven", aliases=("restart",), command=_COMMAND, parameters=(OVEN,))
SCRIPT = Job(
    name="run-recipe",
    aliases=("execute recipe",),
    command=_COMMAND,
    parameters=(
        Parameter(name="recipe", kind=Kind.STRING, required=True, pattern=r"[\w/-]+\.(?:rcp|bake)"),
        SITE,
    ),
)
DRILL = Job(
    name="fire-drill",
    description="Switch a site over to its other exit",
    aliases=("drill", "switch over"),
    command=_COMMAND,
    parameters=(SITE,),
)
COUNT = Job(name="count-stock", aliases=("stocktaking",), command=_COMMAND, parameters=(SITE,))
EVERY = (RELEASE, REVERT, RESTART, SCRIPT, DRILL, COUNT)


def meant(text: str) -> Any:
    return understand(text, EVERY, AROUND).intent


SHOP = {"site": "shop"}
RUNS: dict[str, tuple[str, dict[str, str]]] = {
    "turn north off and on again": ("restart-oven", {"oven": "north"}),
    "can you switch the north oven off and back on": ("restart-oven", {"oven": "north"}),
    "north is stuck, turn it off and on again": ("restart-oven", {"oven": "north"}),
    "can we get 2.1.0 out to the shop": ("release-menu", {"version": "2.1.0", **SHOP}),
    "let's get 2.1.0 onto the shop": ("release-menu", {"version": "2.1.0", **SHOP}),
    "put 2.1.0 on the shop please": ("release-menu", {"version": "2.1.0", **SHOP}),
    "update the shop to 2.1.0": ("release-menu", {"version": "2.1.0", **SHOP}),
    "get the shop back to 2.0.9": ("revert-menu", {"to_version": "2.0.9", **SHOP}),
    "please bring shop back to 2.0.9": ("revert-menu", {"to_version": "2.0.9", **SHOP}),
    "go back to 2.0.9 in the shop": ("revert-menu", {"to_version": "2.0.9", **SHOP}),
    "downgrade the shop to 2.0.9": ("revert-menu", {"to_version": "2.0.9", **SHOP}),
    "undo the last deploy in the shop": ("revert-menu", SHOP),
    "kick off rye/dark.bake in the shop": ("run-recipe", {"recipe": "rye/dark.bake", **SHOP}),
    "launch plain.rcp at the shop": ("run-recipe", {"recipe": "plain.rcp", **SHOP}),
    "initiate a stocktaking of the shop": ("count-stock", SHOP),
    "roll back the shop w/ 2.0.9": ("revert-menu", {"to_version": "2.0.9", **SHOP}),
}


@pytest.mark.parametrize("text", RUNS)
def test_a_turn_of_phrase_means_the_catalogues_verb(text: str) -> None:
    run = meant(text)

    assert isinstance(run, RunJob)
    assert (run.job, run.given, run.exact) == (*RUNS[text], False)


@pytest.mark.parametrize(
    "text",
    [
        *("they turned north off and on again", "turn north off", "turn north off and leave"),
        *("we got 2.1.0 out to the shop", "did 2.1.0 get out to the shop?", "2.1.0 is on the shop"),
        *("don't get 2.1.0 onto the shop", "get the shop back", "get back to me about 2.0.9"),
        *("the shop went back to 2.0.9", "initiate a meeting in the shop", "launch the shop"),
        *("send 5% to 2.1.0 in the shop", "kick off the party in the shop", "undo the shop"),
    ],
)
def test_what_only_sounds_like_it_starts_nothing(text: str) -> None:
    assert isinstance(meant(text), Clarify | Unknown)


@pytest.mark.parametrize("text", ["switch over the shop back", "switch the shop back over"])
def test_the_way_back_is_not_the_way_there(text: str) -> None:
    assert not isinstance(meant(text), RunJob)


def test_a_thing_that_comes_back_up_is_the_same_deed() -> None:
    assert isinstance(meant("restart north back up"), RunJob)


@pytest.mark.parametrize("piece", ["restart north ", "north it ", "roll back shop 2.0.9 "])
def test_the_same_words_over_and_over_ask_for_nothing(piece: str) -> None:
    assert isinstance(meant((piece * 400)[:990]), Unknown)
