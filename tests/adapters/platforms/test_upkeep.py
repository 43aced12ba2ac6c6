"""Old runs go, changes are heard, and the platform says when it is not well."""

import asyncio
import os
import socket
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.platforms.local.bells import Bell
from bot.adapters.platforms.local.runs import SOCKET, RunFolder, remove_tree, write_whole
from bot.adapters.platforms.local.statuses import notify
from bot.ports import RunState
from tests.adapters.platforms.benches import PATIENCE, Doing, Runner, order
from tests.adapters.platforms.conftest import Local

FUTURE = datetime(2100, 1, 1, tzinfo=UTC)
PAST = datetime(2020, 1, 1, tzinfo=UTC)


async def test_an_old_run_is_removed(local: Local) -> None:
    world = Runner(platform=(platform := local()))
    await world.run(order(Doing.HELLO))

    assert await platform.prune(FUTURE) == 1
    assert await platform.find("run-1") is None


async def test_a_young_run_and_one_that_goes_on_are_kept(local: Local) -> None:
    world = Runner(platform=(platform := local()))
    await world.run(order(Doing.HELLO, "ended"))
    await platform.start(order(Doing.ENDLESS, "going-on"))

    assert await platform.prune(PAST) == 0
    assert await platform.prune(FUTURE) == 1
    assert (await world.seen("going-on")).state is RunState.RUNNING


async def test_what_never_began_is_removed_as_well(local: Local, tmp_path: Path) -> None:
    platform = local()
    (tmp_path / "local" / "runs" / "run-1").mkdir(parents=True)

    assert await platform.prune(FUTURE) == 1


def test_a_folder_without_rights_is_removed(tmp_path: Path) -> None:
    inner = tmp_path / "tree" / "closed" / "inner"
    inner.mkdir(parents=True)
    (inner / "file").touch()
    for path in (inner, inner.parent):
        path.chmod(0o000)

    remove_tree(tmp_path / "tree")

    assert os.listdir(tmp_path) == []


def test_what_a_link_leads_to_is_not_removed(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.touch()
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "link").symlink_to(kept)

    remove_tree(tree)

    assert os.listdir(tmp_path) == ["kept"]


async def test_the_end_of_a_run_is_heard(plain: Runner) -> None:
    heard = asyncio.ensure_future(_heard_to_end(plain))
    await asyncio.sleep(0)

    await plain.platform.start(order(Doing.HELLO))

    async with asyncio.timeout(PATIENCE):
        assert await heard == "run-1"


async def _heard_to_end(world: Runner) -> str:
    async for key in world.platform.changes():
        if (await world.seen(key)).state.is_final:
            return key
    return ""


async def test_every_listener_hears_of_every_run(tmp_path: Path) -> None:
    bell = Bell(tmp_path)
    listeners = [asyncio.ensure_future(anext(bell.rings())) for _ in range(2)]
    await asyncio.sleep(0)

    notify(RunFolder(path=tmp_path / "runs" / "run-1"))

    async with asyncio.timeout(PATIENCE):
        assert await asyncio.gather(*listeners) == ["run-1", "run-1"]
    bell.close()


async def test_listening_ends_when_the_platform_is_closed(tmp_path: Path) -> None:
    bell = Bell(tmp_path)
    heard = asyncio.ensure_future(_all(bell))
    await asyncio.sleep(0)

    bell.close()

    async with asyncio.timeout(PATIENCE):
        assert await heard == []


async def _all(bell: Bell) -> list[str]:
    return [key async for key in bell.rings()]


async def test_letters_that_name_no_run_are_thrown_away(tmp_path: Path) -> None:
    bell = Bell(tmp_path)
    first = asyncio.ensure_future(anext(bell.rings()))
    await asyncio.sleep(0)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger:
        for letter in (b"../etc", b"\xff\xfe", b"", b"run-1"):
            stranger.sendto(letter, str(tmp_path / SOCKET))

    async with asyncio.timeout(PATIENCE):
        assert await first == "run-1"
    bell.close()


def test_nobody_needs_to_listen(tmp_path: Path) -> None:
    notify(RunFolder(path=tmp_path / "runs" / "run-1"))
    notify(RunFolder(path=tmp_path / "no" / "runs" / "run-1"))


async def test_a_root_that_is_no_folder_is_not_well(local: Local, tmp_path: Path) -> None:
    (tmp_path / "local").touch()

    assert "folder of local runs" in (await local().health()).unwell


async def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "status.json"
    write_whole(target, b"old", durable=True)
    write_whole(target, b"new", durable=False)

    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["status.json"]
