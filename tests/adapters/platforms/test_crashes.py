"""Supervisors and bots that die at any moment: the run is started once and its end is true."""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.platforms.local.orders import read_order
from bot.adapters.platforms.local.processes import (
    boot_id,
    generations,
    is_running,
    marked,
    own_claim,
    poke,
    process,
)
from bot.adapters.platforms.local.runs import WITHDRAWN, Claim, RunFolder, read_claim, take
from bot.domain.errors import Temporary
from bot.ports import RunState
from tests.adapters.platforms.benches import PATIENCE, Doing, Runner, order, python, shell
from tests.adapters.platforms.conftest import Local

BOT = """
import asyncio, sys
from pathlib import Path
from bot.adapters.platforms.local.platform import LocalPlatform, SandboxMode
from tests.adapters.platforms.benches import shell

async def main():
    platform = LocalPlatform(Path(sys.argv[1]), sandbox=SandboxMode.NONE)
    await platform.start(shell("echo begun; while [ ! -e {gate} ]; do sleep 0.05; done; echo end"))
    print("started", flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""
"""A bot that starts a run which waits for a file, and then stays."""

PACKAGES = Path(__file__).parents[3]


@pytest.fixture(params=["plain", pytest.param("boxed", marks=pytest.mark.sandbox)])
def world(request: pytest.FixtureRequest) -> Runner:
    """The local platform without and with its sandbox."""
    found: Runner = request.getfixturevalue(request.param)
    return found


def supervisor_of(folder: RunFolder) -> int:
    claim = read_claim(folder)
    assert claim is not None
    return claim.pid


async def started_bot(root: Path, gate: Path) -> asyncio.subprocess.Process:
    bot = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        BOT.format(gate=gate),
        str(root),
        cwd=PACKAGES,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert bot.stdout is not None
    async with asyncio.timeout(PATIENCE):
        assert await bot.stdout.readline() == b"started\n"
    return bot


async def test_a_run_goes_on_when_the_bot_is_killed(
    plain: Runner, folder: RunFolder, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    bot = await started_bot(folder.root, gate)
    os.killpg(bot.pid, signal.SIGKILL)
    await bot.wait()

    gate.touch()
    seen = await plain.ended()

    assert seen.state is RunState.SUCCEEDED
    assert await plain.log() == "begun\nend\n"


async def test_another_bot_can_cancel_what_the_first_one_started(
    plain: Runner, folder: RunFolder, tmp_path: Path
) -> None:
    bot = await started_bot(folder.root, tmp_path / "gate")
    bot.kill()
    await bot.wait()

    await plain.platform.cancel("run-1")

    assert (await plain.ended()).state is RunState.CANCELLED


async def test_a_run_whose_supervisor_was_killed_is_lost(world: Runner, folder: RunFolder) -> None:
    await world.platform.start(order(Doing.ENDLESS))
    await world.until(lambda seen: seen.tail == ("begun",))

    os.kill(supervisor_of(folder), signal.SIGKILL)
    seen = await world.ended()

    assert seen.state is RunState.LOST
    assert seen.ended_at is not None
    assert seen.result is not None
    assert "supervisor was killed" in seen.result.cause
    assert seen.tail == ("begun",)


async def test_nothing_of_a_lost_run_lives_on(world: Runner, folder: RunFolder) -> None:
    await world.platform.start(shell("setsid sleep 600 & sleep 600 & echo begun; wait"))
    await world.until(lambda seen: seen.tail == ("begun",))

    os.kill(supervisor_of(folder), signal.SIGKILL)
    await world.ended()

    assert marked(folder.mark) == []


async def test_a_lost_run_stays_as_it_was_told(plain: Runner, folder: RunFolder) -> None:
    await plain.platform.start(order(Doing.ENDLESS))
    os.kill(supervisor_of(folder), signal.SIGKILL)

    first = await plain.ended()

    assert await plain.seen() == first
    assert await plain.platform.start(order(Doing.ENDLESS)) == first


async def test_a_run_of_another_boot_is_lost(plain: Runner, folder: RunFolder) -> None:
    await plain.platform.start(order(Doing.ENDLESS))
    os.kill(supervisor_of(folder), signal.SIGKILL)
    folder.claim.unlink()
    take(folder, replace(own_claim(), boot="another"))

    assert (await plain.ended()).state is RunState.LOST


async def test_a_supervisor_told_to_go_stops_its_job_and_says_so(
    world: Runner, folder: RunFolder
) -> None:
    await world.platform.start(order(Doing.ENDLESS))
    await world.until(lambda seen: seen.tail == ("begun",))

    os.kill(supervisor_of(folder), signal.SIGTERM)
    seen = await world.ended()

    assert seen.state is RunState.FAILED
    assert seen.result is not None
    assert "stopped from outside" in seen.result.cause


@pytest.mark.parametrize("made", [[], ["work"], ["work", "order.json"]])
async def test_a_start_cut_short_is_started_by_the_next_one(
    plain: Runner, folder: RunFolder, made: list[str]
) -> None:
    await plain.run(order(Doing.HELLO, "pattern"))
    pattern = RunFolder(path=folder.path.with_name("pattern"))
    folder.path.mkdir()
    if "work" in made:
        folder.work.mkdir()
    if "order.json" in made:
        folder.order.write_bytes(pattern.order.read_bytes())

    assert await plain.seen_or_none() is None
    assert (await plain.run(order(Doing.HELLO))).state is RunState.SUCCEEDED


async def test_a_supervisor_that_died_before_it_began_anything_is_replaced(
    plain: Runner, folder: RunFolder
) -> None:
    folder.path.mkdir(parents=True)
    take(folder, Claim(pid=2**22, ticks=1, boot=boot_id()))

    assert await plain.platform.find("run-1") is None
    assert (await plain.run(order(Doing.HELLO))).state is RunState.SUCCEEDED


async def test_find_withdraws_a_start_that_nobody_took(plain: Runner, folder: RunFolder) -> None:
    folder.path.mkdir(parents=True)

    assert await plain.platform.find("run-1") is None
    assert read_claim(folder) == WITHDRAWN
    assert not take(folder, own_claim())


async def test_what_was_withdrawn_can_be_started_again(plain: Runner, folder: RunFolder) -> None:
    folder.path.mkdir(parents=True)
    await plain.platform.find("run-1")

    assert (await plain.run(order(Doing.HELLO))).state is RunState.SUCCEEDED


async def test_of_many_supervisors_one_takes_the_run(plain: Runner, folder: RunFolder) -> None:
    await plain.platform.start(shell("echo begun; sleep 600"))
    late = [await second_supervisor(folder) for _ in range(3)]

    assert late == [b"taken\n"] * 3
    assert await plain.until(lambda seen: seen.tail == ("begun",))


async def second_supervisor(folder: RunFolder) -> bytes:
    begun = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot.adapters.platforms.local.supervisor", str(folder.path)),
        stdout=asyncio.subprocess.PIPE,
        cwd=PACKAGES,
    )
    async with asyncio.timeout(PATIENCE):
        said, _ = await begun.communicate()
    return said


async def test_a_folder_that_cannot_be_written_is_no_start(local: Local, tmp_path: Path) -> None:
    (tmp_path / "local").write_text("a file in the way")

    with pytest.raises(Exception, match="folder of local runs"):
        await local().start(order(Doing.HELLO))
    (tmp_path / "local").unlink()


async def test_a_supervisor_that_breaks_before_the_claim_surely_started_nothing(
    plain: Runner, folder: RunFolder
) -> None:
    folder.path.mkdir(parents=True)
    folder.order.mkdir()
    folder.log.touch()

    with pytest.raises(Exception, match="folder of local runs"):
        await plain.platform.start(order(Doing.HELLO))


async def test_a_supervisor_that_breaks_after_the_claim_surely_started_nothing(
    plain: Runner, folder: RunFolder
) -> None:
    folder.path.mkdir(parents=True)
    folder.log.touch()

    with pytest.raises(Temporary, match="FileExistsError"):
        await plain.platform.start(order(Doing.HELLO))
    folder.log.unlink()

    assert (await plain.run(order(Doing.HELLO))).state is RunState.SUCCEEDED


async def test_a_supervisor_is_in_a_session_of_its_own(plain: Runner, folder: RunFolder) -> None:
    await plain.platform.start(order(Doing.ENDLESS))
    pid = supervisor_of(folder)

    assert os.getsid(pid) != os.getsid(0)
    assert pid not in [child for level in generations(os.getpid()) for child in level]


async def test_a_process_id_used_again_is_not_the_supervisor() -> None:
    me = own_claim()

    assert is_running(me)
    assert not is_running(replace(me, ticks=me.ticks + 1))
    assert not poke(replace(me, ticks=me.ticks + 1), signal.SIGKILL)


async def test_a_process_whose_name_is_odd_is_read_right() -> None:
    program = "import ctypes; ctypes.CDLL(None).prctl(15, b') R 1 (x'); print(flush=True); input()"
    odd = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert odd.stdout is not None
    await odd.stdout.readline()

    found = process(odd.pid)
    await odd.communicate(b"\n")

    assert found is not None
    assert found.parent == os.getpid()


async def test_an_order_holds_references_and_no_secrets(local: Local, folder: RunFolder) -> None:
    world = Runner(platform=local(environment={"TOKEN": "hunter2hunter2"}))
    await world.run(shell("true", secrets={"TOKEN": "env:TOKEN"}))
    written = read_order(folder.order)

    assert written is not None
    assert written.secrets == {"TOKEN": "env:TOKEN"}


async def test_fifty_runs_at_once_end_as_they_should(plain: Runner) -> None:
    keys = [f"run-{n}" for n in range(50)]
    await asyncio.gather(
        *(plain.platform.start(python(f"print({n}); exit({n % 2})", keys[n])) for n in range(50))
    )
    ends = [await plain.ended(key) for key in keys]

    assert [seen.state is RunState.FAILED for seen in ends] == [bool(n % 2) for n in range(50)]
    assert [await plain.log(key) for key in keys] == [f"{n}\n" for n in range(50)]
