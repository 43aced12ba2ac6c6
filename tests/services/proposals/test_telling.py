"""What a model is told, and what never leaves."""

import json

import pytest

from bot.domain.intents import Clarify, RunJob, Unknown
from bot.domain.parameters import VEIL, Kind, Parameter
from bot.domain.rules import Command, Permission, Role
from tests.fakes.messages import Messages, runs
from tests.fakes.values import job
from tests.services.proposals.words import Make, asked, unclear
from tests.services.staff import ANA, DANA, policy
from tests.services.worlds import World


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "don't deploy the api to prod",
        "please never run deploy again",
        "别部署 api 到生产",
        f"log in with password {VEIL}",
        "my password happens to be hunter2, log me in to the api",
        "用密码 hunter2 登录",
        "x" * 2_000,
    ],
)
async def test_some_texts_never_leave(
    world: World, endpoint: Messages, make: Make, text: str
) -> None:
    await asked(world, make(world), text)

    assert endpoint.bodies == []


async def test_a_mistyped_command_is_not_worth_a_question(
    world: World, endpoint: Messages, make: Make
) -> None:
    words = unclear(world, "statsu", Unknown(text="statsu", near=("status",)))

    assert await make(world).better(ANA, words) is words.intent
    assert endpoint.bodies == []


async def test_a_value_that_nobody_should_read_never_leaves(
    world: World, endpoint: Messages, make: Make
) -> None:
    note = Parameter(name="note", kind=Kind.STRING, sensitive=True)
    world.catalog.put(job(parameters=(note,)))
    candidate = RunJob(job="deploy", given={"note": "quiet"}, exact=False)

    words = unclear(world, "note quiet?", Clarify(question="?", candidates=(candidate,)))
    await make(world).better(ANA, words)

    assert endpoint.bodies == []


async def test_only_what_the_asker_may_run_is_told(
    world: World, endpoint: Messages, make: Make
) -> None:
    dev = Permission(
        name="dev", commands=frozenset({Command.RUN}), values={"env": ("dev",)}, jobs=("deploy",)
    )
    world.catalog.put(job("secret-job"))
    world.policy.policy = policy(roles={"developer": Role(name="developer", permissions=(dev,))})
    endpoint.always = runs("deploy", app="api", env="prod")
    words = unclear(world)

    assert await make(world).better(ANA, words) is words.intent
    [request] = endpoint.requests
    shown = json.dumps(request["tools"])
    assert '"deploy"' in shown
    assert '"dev"' in shown
    assert '"prod"' not in shown
    assert "secret-job" not in shown


async def test_who_may_run_nothing_is_told_nothing(
    world: World, endpoint: Messages, make: Make
) -> None:
    await make(world).better(DANA, unclear(world))

    assert endpoint.bodies == []


async def test_names_of_people_stay_here(world: World, endpoint: Messages, make: Make) -> None:
    await asked(world, make(world), "tell <@UBO|bo> and bo@acme.test that api went to production")

    assert endpoint.bodies
    whole = b"".join(endpoint.bodies)
    assert not [name for name in (b"UBO", b"bo@", b"acme", b"UANA", b"Ana") if name in whole]
