"""Secrets of local runs: resolved at the last moment, and never in what is kept."""

import asyncio
import base64
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.platforms.local.platform import SandboxMode
from bot.adapters.references import Unresolved, names_in_environment, resolve
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


def _works_in(root: Path) -> list[Path]:
    run = root / "runs" / "run-1"
    return [place for name in ("work", "tmp") if (place := run / name).exists()]


async def _tidied(root: Path) -> None:
    """Return once the supervisor took away what its job worked in."""
    async with asyncio.timeout(20):
        while True:
            if not _works_in(root):
                return
            await asyncio.sleep(0.01)


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
    await _tidied(tmp_path / "local")
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


@pytest.mark.parametrize("name", ["../key", "/etc/passwd", "", ".hidden", "no-such"])
def test_the_store_gives_nothing_but_its_own_files(tmp_path: Path, name: str) -> None:
    (tmp_path / "key").write_text("outside")
    (tmp_path / "store").mkdir()

    with pytest.raises(Unresolved):
        resolve({"KEY": f"store:{name}"}, {}, str(tmp_path / "store"))


async def test_a_job_finds_a_secret_of_the_platforms_own_store(
    local: Local, tmp_path: Path
) -> None:
    (tmp_path / "deploy-key").write_text(f"{TOKEN}\n")
    world = Runner(platform=local(store=tmp_path))
    await world.run(shell('echo "<$KEY>"', secrets={"KEY": "store:deploy-key"}))

    assert await world.log() == "<••••>\n"


def test_what_is_no_reference_is_not_quoted() -> None:
    with pytest.raises(Unresolved) as unresolved:
        resolve({"KEY": "hunter2"}, {})

    assert "hunter2" not in str(unresolved.value)


async def test_a_secret_escaped_in_a_result_is_masked(world: Runner) -> None:
    escaped = "".join(f"\\\\u{ord(sign):04x}" for sign in TOKEN)
    said = f'printf "::result {{\\"a\\": \\"{escaped}\\"}}\\n"'
    await world.run(shell(said, secrets=ENV))
    seen = await world.seen()

    assert seen.result is not None
    assert seen.result.outputs == {"a": "••••"}


async def test_a_sensitive_value_is_not_shown_in_output(plain: Runner) -> None:
    values = {"note": "the-quiet-part", "short": "yes", "login": '{"token": "s3cr3t-of-ours"}'}
    said = "$JOBTHREAD_PARAM_NOTE $JOBTHREAD_PARAM_SHORT s3cr3t-of-ours $JOBTHREAD_PARAM_LOGIN"
    await plain.run(replace(shell(f'echo "{said}"', values=values), sensitive=tuple(values)))

    assert await plain.log() == "•••• yes •••• ••••\n"


async def test_a_job_is_told_who_asked_and_who_that_is_here(plain: Runner) -> None:
    order = shell('echo "$JOBTHREAD_REQUESTER $JOBTHREAD_ACCOUNT"', requester="UANA", account="ana")
    await plain.run(order)

    assert await plain.log() == "UANA ana\n"


def test_only_what_is_referred_to_is_taken_from_the_environment() -> None:
    assert names_in_environment({"A": "env:ONE", "B": "file:/two"}) == ("ONE",)
