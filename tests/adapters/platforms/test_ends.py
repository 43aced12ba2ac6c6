"""How local runs end: by themselves, by their time, by a wish, with all that they started."""

import signal
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.platforms.local.processes import marked
from bot.adapters.platforms.local.runs import RunFolder
from bot.domain.jobs import Sandbox
from bot.ports import RunState
from tests.adapters.platforms.benches import Doing, Runner, order, python, shell
from tests.adapters.platforms.conftest import Local

DAEMON = """
import os, time
for _ in range(2):
    if os.fork():
        os._exit(0) if _ else None
        break
    os.setsid()
else:
    print('daemon', flush=True)
    time.sleep(600)
print('parent', flush=True)
time.sleep({stays})
"""
"""Begins a process that left its parent, its session and its group, then goes or stays."""

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, lambda *_: print('no', flush=True))
print('begun', flush=True)
while True:
    time.sleep(1)
"""

GRACEFUL = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print('tidied up', flush=True), sys.exit({code})))
print('begun', flush=True)
time.sleep(600)
"""


@pytest.fixture(params=["plain", pytest.param("boxed", marks=pytest.mark.sandbox)])
def world(request: pytest.FixtureRequest) -> Runner:
    """The local platform without and with its sandbox."""
    found: Runner = request.getfixturevalue(request.param)
    return found


async def begun(world: Runner, word: str = "begun") -> None:
    await world.until(lambda seen: word in seen.tail)


async def test_an_exit_code_is_told(world: Runner) -> None:
    seen = await world.run(shell("echo too bad; exit 42"))

    assert seen.result is not None
    assert (seen.result.exit_code, seen.result.cause) == (42, "too bad")


async def test_a_silent_failure_has_a_cause(world: Runner) -> None:
    seen = await world.run(shell("exit 42"))

    assert seen.result is not None
    assert seen.result.cause == "It ended with exit code 42 and said nothing."


async def test_the_signal_that_ended_a_job_is_told(world: Runner) -> None:
    seen = await world.run(shell("kill -SEGV $$"))

    assert seen.state is RunState.FAILED
    assert seen.result is not None
    assert (seen.result.signal, seen.result.exit_code) == ("SIGSEGV", None)


async def test_a_program_that_is_not_there_is_the_cause(world: Runner) -> None:
    seen = await world.run(python("", argv=("no-such-program",)))

    assert seen.state is RunState.FAILED
    assert seen.result is not None
    assert "`no-such-program` was not found" in seen.result.cause


async def test_a_relative_program_lies_in_the_catalogue(local: Local, tmp_path: Path) -> None:
    script = tmp_path / "greet.sh"
    script.write_text("#!/bin/sh\necho hello from $PWD\n")
    script.chmod(0o755)
    world = Runner(platform=local(catalogue=tmp_path))

    await world.run(python("", argv=("./greet.sh",)))

    assert await world.log() == f"hello from {tmp_path}\n"


async def test_a_working_folder_that_is_not_there_is_the_cause(plain: Runner) -> None:
    seen = await plain.run(shell("pwd", cwd="/no/such/folder"))

    assert seen.result is not None
    assert seen.result.cause == "The working folder `/no/such/folder` does not exist."


async def test_a_job_is_asked_to_end_before_it_is_made_to(world: Runner) -> None:
    await world.platform.start(python(GRACEFUL.format(code=1)))
    await begun(world)

    await world.platform.cancel("run-1")
    seen = await world.ended()

    assert seen.state is RunState.CANCELLED
    assert seen.tail[-1] == "tidied up"


async def test_a_job_that_does_not_listen_is_killed(world: Runner) -> None:
    await world.platform.start(python(STUBBORN))
    await begun(world)

    await world.platform.cancel("run-1")
    seen = await world.ended()

    assert seen.state is RunState.CANCELLED
    assert seen.result is not None
    assert seen.result.signal == "SIGKILL"


async def test_a_job_that_ends_well_while_it_is_cancelled_succeeded(world: Runner) -> None:
    await world.platform.start(python(GRACEFUL.format(code=0)))
    await begun(world)

    await world.platform.cancel("run-1")
    seen = await world.ended()

    assert seen.state is RunState.SUCCEEDED
    assert seen.note == "It ended well while it was being cancelled."


async def test_a_job_that_failed_by_itself_was_not_cancelled(world: Runner) -> None:
    await world.run(shell("exit 3"))

    await world.platform.cancel("run-1")

    assert (await world.seen()).state is RunState.FAILED


async def test_a_job_that_does_not_listen_is_killed_after_its_time(world: Runner) -> None:
    seen = await world.run(python(STUBBORN, timeout=timedelta(seconds=0.5)))

    assert seen.state is RunState.TIMED_OUT
    assert seen.result is not None
    assert "limit of 0.5 s" in seen.result.cause


@pytest.mark.parametrize("stays", [600, 0])
async def test_a_daemon_does_not_outlive_its_run(
    world: Runner, folder: RunFolder, stays: int
) -> None:
    await world.platform.start(python(DAEMON.format(stays=stays)))
    if stays:
        await world.until(lambda seen: {"daemon", "parent"} <= set(seen.tail))
        await world.platform.cancel("run-1")
    await world.ended()

    assert marked(folder.mark) == []


async def test_output_of_the_last_moment_is_kept(world: Runner) -> None:
    await world.run(shell("i=0; while [ $i -lt 5000 ]; do echo $i; i=$((i+1)); done; exit 1"))

    assert (await world.log()).splitlines() == [str(n) for n in range(5_000)]


async def test_both_streams_are_kept_in_order(world: Runner) -> None:
    await world.run(shell("echo one; echo two >&2; echo three"))

    assert await world.log() == "one\ntwo\nthree\n"


async def test_a_result_file_is_read(world: Runner) -> None:
    seen = await world.run(shell('echo \'{"version": "4.2"}\' > "$JOBTHREAD_RESULT"'))

    assert seen.result is not None
    assert seen.result.outputs == {"version": "4.2"}


@pytest.mark.parametrize(
    "trick",
    [
        'ln -s /etc/passwd "$JOBTHREAD_RESULT"',
        'mkfifo "$JOBTHREAD_RESULT"',
        'mkdir "$JOBTHREAD_RESULT"',
        'head -c 100000 /dev/zero > "$JOBTHREAD_RESULT"',
        'chmod 000 "$HOME"',
    ],
)
async def test_a_result_file_that_is_none_is_left_alone(world: Runner, trick: str) -> None:
    seen = await world.run(shell(trick))

    assert seen.state is RunState.SUCCEEDED
    assert seen.result is not None
    assert seen.result.outputs == {}


async def test_parameters_are_in_the_environment(world: Runner) -> None:
    wanted = shell(
        'echo "$JOBTHREAD_PARAM_DRY_RUN $JOBTHREAD_PARAM_APPS $JOBTHREAD_EXECUTION $STAGE"',
        values={"dry-run": True, "apps": ("api", "web")},
        environment={"STAGE": "prod"},
    )

    await world.run(wanted)

    assert await world.log() == "true api,web 7 prod\n"


async def test_nothing_of_the_bots_environment_reaches_a_job(local: Local) -> None:
    world = Runner(platform=local(environment={"SLACK_BOT_TOKEN": "xoxb-token"}))

    await world.run(shell("env"))

    assert "xoxb" not in await world.log()


async def test_a_job_leaves_nothing_in_its_folders(world: Runner, folder: RunFolder) -> None:
    await world.run(shell('mkdir "$HOME/a"; touch "$HOME/a/b" "$TMPDIR/c"; chmod 000 "$HOME/a"'))

    await world.until(lambda _: not folder.work.exists() and not folder.tmp.exists())


async def test_ignored_signals_are_not_inherited(plain: Runner) -> None:
    await plain.run(shell("grep SigIgn /proc/self/status"))
    ignored = int((await plain.log()).split()[1], 16)

    assert not ignored & (1 << (signal.SIGINT - 1) | 1 << (signal.SIGHUP - 1))


async def test_what_a_job_writes_can_be_read_by_others(world: Runner) -> None:
    await world.run(shell("umask"))

    assert await world.log() == "0022\n"


async def test_a_job_goes_first_when_memory_runs_out(world: Runner) -> None:
    await world.run(shell("cat /proc/self/oom_score_adj"))

    assert await world.log() == "500\n"


async def test_too_many_processes_are_stopped(world: Runner, folder: RunFolder) -> None:
    crowd = "for i in $(seq 200); do sleep 600 & done; echo all; wait"

    seen = await world.run(shell(crowd, sandbox=Sandbox(processes=40)))

    assert seen.state is RunState.FAILED
    assert marked(folder.mark) == []


async def test_a_file_that_grows_too_large_ends_its_job(world: Runner) -> None:
    seen = await world.run(
        shell('head -c 100000 /dev/zero > "$HOME/big"', sandbox=Sandbox(file_size=10_000))
    )

    assert seen.state is RunState.FAILED


async def test_memory_is_bounded(world: Runner) -> None:
    hungry = python("x = bytearray(10**9)", sandbox=Sandbox(memory=400 * 1024**2))

    seen = await world.run(hungry)

    assert seen.result is not None
    assert seen.result.cause == "MemoryError"


async def test_a_run_cancelled_before_it_began_never_begins(plain: Runner, tmp_path: Path) -> None:
    folder = RunFolder(path=tmp_path / "local" / "runs" / "run-1")
    folder.path.mkdir(parents=True)

    await plain.platform.cancel("run-1")
    seen = await plain.platform.start(order(Doing.HELLO))

    assert seen.state is RunState.CANCELLED
    assert not folder.log.exists()
