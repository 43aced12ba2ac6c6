"""Secrets of local runs: resolved at the last moment, and never in what is kept."""

import base64
from pathlib import Path

import pytest

from bot.adapters.platforms.local.platform import SandboxMode
from bot.adapters.platforms.local.references import Unresolved, names_in_environment, resolve
from bot.ports import RunState
from tests.adapters.platforms.benches import Runner, python, shell
from tests.adapters.platforms.conftest import Local

TOKEN = "tok-3n-of-many-signs/+="
ENV = {"TOKEN": "env:TOKEN"}

SPLIT = """
import os, sys, time
for sign in os.environ["TOKEN"]:
    sys.stdout.write(sign)
    sys.stdout.flush()
    time.sleep(0.001)
print()
"""


@pytest.fixture
def world(local: Local) -> Runner:
    return Runner(platform=local(environment={"TOKEN": TOKEN}))


async def test_a_job_finds_its_secret_in_its_environment(world: Runner) -> None:
    await world.run(shell(f"test ${{#TOKEN}} = {len(TOKEN)} && echo right", secrets=ENV))

    assert await world.log() == "right\n"


@pytest.mark.parametrize(
    "script",
    [
        'echo "$TOKEN"',
        'echo "::summary $TOKEN"; echo "::error $TOKEN"; echo "::step $TOKEN"; exit 1',
        'echo "::metric $TOKEN 1 $TOKEN"; echo "::link https://example.test/$TOKEN $TOKEN"',
        'echo "{\\"a\\": \\"$TOKEN\\"}" > "$JOBTHREAD_RESULT"',
        'printf %s "$TOKEN" | base64',
        'printf %s "user:$TOKEN" | base64',
        'echo "begin $TOKEN" | tr " " "\\n"',
    ],
)
async def test_a_secret_is_in_nothing_that_is_kept(
    world: Runner, tmp_path: Path, script: str
) -> None:
    await world.run(shell(script, secrets=ENV))
    await world.log()
    kept = [path.read_bytes() for path in (tmp_path / "local").rglob("*") if path.is_file()]
    encoded = base64.b64encode(TOKEN.encode())[:-4]

    assert not any(TOKEN.encode() in content or encoded in content for content in kept)
    assert TOKEN not in repr(await world.seen())


async def test_a_secret_written_sign_by_sign_is_masked(world: Runner) -> None:
    await world.run(python(SPLIT, secrets=ENV))

    assert await world.log() == "••••\n"


async def test_a_secret_is_in_no_argument(world: Runner) -> None:
    await world.run(shell("cat /proc/$PPID/cmdline /proc/self/cmdline", secrets=ENV))

    assert "••••" not in await world.log()


@pytest.mark.sandbox
async def test_a_secret_is_in_no_argument_of_the_sandbox(local: Local) -> None:
    world = Runner(platform=local(SandboxMode.BUBBLEWRAP, environment={"TOKEN": TOKEN}))
    seen = await world.run(shell('cat /proc/*/cmdline; test -n "$TOKEN"', secrets=ENV))

    assert seen.state is RunState.SUCCEEDED
    assert "••••" not in await world.log()


async def test_a_secret_that_is_not_set_is_the_cause(plain: Runner) -> None:
    seen = await plain.run(shell("true", secrets=ENV))

    assert seen.state is RunState.FAILED
    assert seen.result is not None
    assert seen.result.cause == "The secret `env:TOKEN` is not set where the bot runs."


def test_a_secret_file_is_read_without_its_last_line_end(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("first\nsecond\n")

    assert resolve({"KEY": f"file:{tmp_path}/key"}, {}) == {"KEY": "first\nsecond"}


@pytest.mark.parametrize("content", [b"x" * 200_000, b"a\0b"])
def test_a_secret_file_that_is_no_secret_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)

    with pytest.raises(Unresolved, match="not text"):
        resolve({"KEY": f"file:{tmp_path}/key"}, {})


@pytest.mark.parametrize("reference", ["vault:x", "hunter2", "env:", "file:/no/such/file"])
def test_a_reference_that_leads_nowhere_is_refused(reference: str) -> None:
    with pytest.raises(Unresolved):
        resolve({"KEY": reference}, {})


def test_only_what_is_referred_to_is_taken_from_the_environment() -> None:
    assert names_in_environment({"A": "env:ONE", "B": "file:/two"}) == ("ONE",)
