"""The platforms that stand under the contract."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from bot.adapters.platforms.local.platform import LocalPlatform, SandboxMode
from bot.adapters.platforms.local.runs import RunFolder
from tests.adapters.platforms.benches import FAKE_SCRIPTS, Runner
from tests.fakes.platforms import FakePlatform

Local: TypeAlias = Callable[..., LocalPlatform]


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    """Makes local platforms over one folder; without a sandbox unless told otherwise."""
    made: list[LocalPlatform] = []

    def make(sandbox: SandboxMode = SandboxMode.NONE, **options: Any) -> LocalPlatform:
        given: dict[str, Any] = {"sandbox": sandbox, "grace": 1.0, **options}
        made.append(LocalPlatform(tmp_path / "local", **given))
        return made[-1]

    yield make
    runs = tmp_path / "local" / "runs"
    for key in [path.name for path in runs.iterdir()] if runs.is_dir() else []:
        await made[0].cancel(key)
        if await made[0].observe([key]):
            await Runner(platform=made[0]).ended(key)
    for platform in made:
        await platform.close()


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """Where the local platform keeps the run of the key that tests use."""
    return RunFolder(path=tmp_path / "local" / "runs" / "run-1")


@pytest.fixture(
    params=["plain", pytest.param("bubblewrap", marks=pytest.mark.sandbox), "fake"],
)
def runner(request: pytest.FixtureRequest, local: Local) -> Runner:
    """Each platform in turn."""
    match request.param:
        case "plain":
            return Runner(platform=local())
        case "bubblewrap":
            return Runner(platform=local(SandboxMode.BUBBLEWRAP))
        case _:
            scripts = {doing.value: script for doing, script in FAKE_SCRIPTS.items()}
            return Runner(platform=FakePlatform(scripts=scripts))


@pytest.fixture
def plain(local: Local) -> Runner:
    """The local platform without a sandbox."""
    return Runner(platform=local())


@pytest.fixture
def boxed(local: Local) -> Runner:
    """The local platform with its sandbox."""
    return Runner(platform=local(SandboxMode.BUBBLEWRAP))
