"""Being let in: a token for a password, fetched once, and anew when it is not taken any more."""

import asyncio

import pytest

from bot.domain.errors import Unauthorized
from bot.ports import RunState
from tests.adapters.platforms.airflow.benches import SECRET, Bench, opened, order
from tests.fakes.airflow import PASSWORD


async def test_one_token_does_for_all_requests(bench: Bench) -> None:
    keys = await asyncio.gather(*(bench.begin("hello") for _ in range(10)))
    await bench.platform.observe(keys)

    assert len(bench.fake.paths("POST", "/auth/token")) == 1


async def test_a_token_that_ran_out_in_mid_run_is_fetched_once_by_all_who_need_it(
    bench: Bench,
) -> None:
    keys = await asyncio.gather(*(bench.begin("endless") for _ in range(10)))
    bench.fake.generation += 1

    seen = await asyncio.gather(*(bench.seen(key) for key in keys))

    assert {each.state for each in seen} == {RunState.RUNNING}
    assert len(bench.fake.paths("POST", "/auth/token")) == 2


async def test_a_server_that_was_restarted_with_another_secret_is_signed_in_to_again(
    bench: Bench,
) -> None:
    key = await bench.begin("endless")
    await bench.fake.stop()
    bench.fake.generation, bench.fake.has_new_secret = 2, True
    await bench.fake.begin()

    assert (await bench.seen(key)).state is RunState.RUNNING


async def test_a_start_that_was_not_let_in_is_sent_once_more(bench: Bench) -> None:
    await bench.begin("hello")
    bench.fake.generation += 1
    wanted = order("hello")

    seen = await bench.platform.start(wanted)

    assert seen.request_key == wanted.request_key


async def test_a_password_that_was_changed_everywhere_is_read_anew(bench: Bench) -> None:
    key = await bench.begin("endless")
    bench.fake.password = bench.secrets[SECRET] = "the new one"
    bench.fake.generation += 1

    assert (await bench.seen(key)).state is RunState.RUNNING


async def test_a_wrong_password_is_ours_to_mend_and_is_never_repeated(bench: Bench) -> None:
    bench.secrets[SECRET] = "hunter2hunter2"

    with pytest.raises(Unauthorized) as refused:
        await bench.platform.catalogue()

    assert "hunter2" not in str(refused.value)


async def test_a_password_that_nobody_put_there_is_told_by_its_reference(bench: Bench) -> None:
    bench.secrets.clear()

    health = await bench.platform.health()

    assert SECRET in health.unwell


async def test_a_token_that_somebody_else_keeps_fresh_is_read_again(bench: Bench) -> None:
    secrets = {"file:/run/token": "token-1"}
    platform = opened(bench.fake.url, secrets, auth={"token": "file:/run/token"})
    assert (await platform.health()).unwell == ""
    bench.fake.generation, secrets["file:/run/token"] = 2, "token-2"

    health = await platform.health()

    await platform.close()
    assert (health.unwell, bench.fake.paths("POST", "/auth/token")) == ("", [])


async def test_a_server_that_takes_nobodys_word_is_told_so(bench: Bench) -> None:
    platform = opened(bench.fake.url, {SECRET: PASSWORD}, auth={})

    with pytest.raises(Unauthorized):
        await platform.catalogue()

    await platform.close()
