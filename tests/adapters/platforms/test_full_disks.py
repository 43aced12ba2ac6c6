"""A disk that is full costs output and starts, never the truth about a run."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.platforms.local.platform import LocalPlatform, SandboxMode
from bot.adapters.platforms.local.processes import own_claim
from bot.adapters.platforms.local.runs import RunFolder, take
from bot.domain.errors import Temporary
from bot.ports import RunState
from tests.adapters.platforms.benches import Doing, Runner, order, python

SIZE = 2 * 1024 * 1024
LOUD = "for n in range(4_000): print('x' * 1_000)\nprint('::summary all said')"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of one's own."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    try:
        subprocess.run(mount, check=True, capture_output=True, timeout=10)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("nobody may mount here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True, timeout=10)


@pytest.fixture
def small(disk: Path) -> Runner:
    """The local platform on that disk."""
    return Runner(platform=LocalPlatform(disk, sandbox=SandboxMode.NONE, grace=1.0))


def _fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4_096)):
                pass
        except OSError:
            return filler
    raise AssertionError("it never was full")


async def test_a_run_that_fills_the_disk_comes_to_its_end_and_says_what_is_missing(
    small: Runner,
) -> None:
    seen = await small.run(python(LOUD))

    assert seen.state is RunState.SUCCEEDED
    assert seen.result is not None
    assert seen.result.summary == "all said"
    assert seen.result.log_truncated
    assert 0 < seen.result.log_size < SIZE


async def test_a_disk_that_fills_up_during_a_run_hides_its_end_from_nobody(
    small: Runner, disk: Path
) -> None:
    gate = disk.parent / "gate"
    script = "import os, time\nwhile not os.path.exists({!r}): time.sleep(0.01)\nexit(3)"
    await small.platform.start(python(script.format(str(gate))))

    _fill(disk)
    gate.touch()
    seen = await small.ended()

    assert seen.state is RunState.FAILED
    assert seen.result is not None
    assert seen.result.exit_code == 3


async def test_on_a_full_disk_nothing_is_started_until_there_is_room(
    small: Runner, disk: Path
) -> None:
    filler = _fill(disk)
    with pytest.raises(Temporary):
        await small.platform.start(order(Doing.HELLO))

    filler.unlink()

    assert (await small.run(order(Doing.HELLO))).state is RunState.SUCCEEDED


def test_a_claim_on_a_full_disk_is_no_claim(disk: Path) -> None:
    folder = RunFolder(path=disk / "runs" / "run-1")
    folder.path.mkdir(parents=True)
    filler = _fill(disk)

    with pytest.raises(OSError, match="No space"):
        take(folder, own_claim())
    filler.unlink()

    assert take(folder, own_claim())
