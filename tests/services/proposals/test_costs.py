"""What questions to a model cost, who may spend it, and when none is asked."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.claude import Claude
from bot.domain.intents import RunJob
from bot.ports import Outcome
from bot.services.breakers import RESTS, TROUBLES
from bot.services.proposals import AT_ONCE, OVERHEAD
from tests.fakes.databases import Kind as Database
from tests.fakes.databases import database
from tests.fakes.messages import MODEL, Answer, Messages, runs, trouble
from tests.fakes.meters import FakeMeters
from tests.fakes.values import OPS
from tests.services.proposals.words import BUDGET, MONTH, Make, asked, spent, told, unclear
from tests.services.staff import ANA
from tests.services.wired import Outside
from tests.services.worlds import World, opened


async def test_what_a_question_costs_is_counted_and_audited(
    world: World, endpoint: Messages, make: Make, meters: FakeMeters
) -> None:
    endpoint.answers = [runs("deploy", app="api")]

    await asked(world, make(world))

    assert await spent(world) == 1_000
    before, after = await world.audited("words")
    assert (before.tag, after.tag) == ("job:model:asked", "job:model:answered")
    assert before.detail["model"] == MODEL
    assert after.detail["outcome"] == Outcome.ANSWERED
    assert (after.detail["read"], after.detail["said"], after.detail["answer"]) == (
        900,
        100,
        "req_1",
    )
    assert "api" not in json.dumps([dict(before.detail), dict(after.detail)])
    assert meters.told["model", "answered"] == 1
    assert meters.told["model tokens",] == 1_000


async def test_what_nobody_can_say_the_cost_of_stays_counted_as_reserved(
    world: World, endpoint: Messages, make: Make
) -> None:
    endpoint.always = Answer(raw=b"?")

    await asked(world, make(world))

    [before, after] = await world.audited("words")
    assert await spent(world) == before.detail["reserved"] == after.detail["counted"]
    assert before.detail["reserved"] > OVERHEAD


async def test_what_surely_cost_nothing_is_given_back(
    world: World, endpoint: Messages, make: Make
) -> None:
    endpoint.always = trouble(529, "overloaded_error", retry_after="0")

    await asked(world, make(world))

    assert await spent(world) == 0


async def test_a_kill_between_question_and_answer_loses_no_count(
    world: World, endpoint: Messages, make: Make
) -> None:
    endpoint.always = Answer(waits=60)
    task = asyncio.create_task(asked(world, make(world)))
    async with asyncio.timeout(10):
        await endpoint.asked.wait()

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert await spent(world) > OVERHEAD


async def test_a_spent_budget_is_told_to_the_operators_once_a_month(
    world: World, endpoint: Messages, make: Make, meters: FakeMeters
) -> None:
    proposals = make(world, budget=100)
    words = unclear(world)

    assert await proposals.better(ANA, words) is words.intent
    await proposals.better(ANA, words)

    assert endpoint.bodies == []
    [sentence] = await told(world)
    assert "100 tokens" in sentence
    assert meters.told["model skipped", "budget"] == 2


async def test_a_new_month_begins_with_a_whole_budget(
    world: World, endpoint: Messages, make: Make
) -> None:
    endpoint.always = runs("deploy", app="api")
    async with world.store.transaction() as tx:
        await tx.spendings.reserve(OPS.team, MONTH, BUDGET, BUDGET)
    world.clock.advance(timedelta(days=10).total_seconds())

    assert isinstance(await asked(world, make(world)), RunJob)


async def test_a_key_that_is_refused_is_told_to_the_operators(
    world: World, endpoint: Messages, make: Make
) -> None:
    other = Claude("sk-ant-other", model=MODEL, url=endpoint.url, timeout=5)

    await asked(world, make(world, model=other))
    await other.close()

    [sentence] = await told(world)
    assert "JOBTHREAD_CLAUDE_KEY" in sentence
    assert "sk-ant" not in sentence


async def test_an_endpoint_in_trouble_is_left_alone_and_tried_again(
    world: World, endpoint: Messages, make: Make, meters: FakeMeters
) -> None:
    endpoint.always = trouble(400, "invalid_request_error")
    proposals = make(world)
    for _ in range(TROUBLES + 2):
        await asked(world, proposals)

    assert len(endpoint.bodies) == TROUBLES
    assert meters.told["model skipped", "breaker"] == 2
    endpoint.always = runs("deploy", app="api")
    world.clock.advance(RESTS.total_seconds() + 1)
    assert isinstance(await asked(world, proposals), RunJob)
    assert isinstance(await asked(world, proposals), RunJob)


async def test_one_person_cannot_spend_it_all(
    world: World, endpoint: Messages, make: Make, meters: FakeMeters
) -> None:
    endpoint.always = runs("deploy", app="api")
    proposals = make(world)
    for _ in range(int(AT_ONCE) + 3):
        await asked(world, proposals)

    assert len(endpoint.bodies) == AT_ONCE
    assert meters.told["model skipped", "person"] == 3


@pytest.mark.parametrize("kind", list(Database))
async def test_replicas_never_reserve_more_than_the_budget_together(
    kind: Database, tmp_path: Path
) -> None:
    async with database(kind, tmp_path) as url, opened(url) as one:
        worlds = [World(Outside(), one)]
        if kind is Database.POSTGRES:
            async with opened(url) as other:
                worlds.append(World(Outside(), other))
                granted = await asyncio.gather(*(_takes(worlds[n % 2], 100) for n in range(30)))
        else:
            granted = await asyncio.gather(*(_takes(worlds[0], 100) for _ in range(30)))

        assert sum(granted) == 10
        assert await spent(worlds[0]) == 1_000


async def _takes(world: World, tokens: int) -> bool:
    async with world.store.transaction() as tx:
        return await tx.spendings.reserve(OPS.team, MONTH, tokens, 1_000)
