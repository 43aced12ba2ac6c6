"""Noticing edits, told or untold."""

import asyncio
import os
from pathlib import Path

from bot.adapters.file_changes import Watcher


class Counter:
    """Counts rereads, for a test to wait for."""

    def __init__(self) -> None:
        self._count = asyncio.Semaphore(0)

    async def __call__(self) -> None:
        self._count.release()

    async def once(self) -> None:
        async with asyncio.timeout(20):
            await self._count.acquire()

    @property
    def is_quiet(self) -> bool:
        return self._count.locked()


async def test_an_edit_between_the_first_reading_and_the_watching_is_not_missed(
    tmp_path: Path,
) -> None:
    counter = Counter()
    watcher = Watcher(tmp_path, counter, safety=0.1)

    watcher.start()

    await counter.once()
    await watcher.aclose()


async def test_looking_without_a_change_rereads_nothing(tmp_path: Path) -> None:
    looks, counter = Counter(), Counter()
    # A second watcher with the same pace tells when a few looks have passed.
    watcher = Watcher(tmp_path, counter, safety=0.05)
    watcher.start()
    await counter.once()
    other = Watcher(tmp_path / "none", looks, safety=0.05)
    other.start()

    for _ in range(3):
        await looks.once()

    assert counter.is_quiet
    await other.aclose()
    await watcher.aclose()


async def test_a_file_replaced_by_a_link_swap_is_noticed(tmp_path: Path) -> None:
    """Mounted volumes change that way: a link to a folder is replaced by another."""
    for name in ("one", "two"):
        (tmp_path / f"..{name}").mkdir()
        (tmp_path / f"..{name}" / "policy.yaml").write_text(name)
    (tmp_path / "..data").symlink_to("..one")
    (tmp_path / "policy.yaml").symlink_to("..data/policy.yaml")
    counter = Counter()
    watcher = Watcher(tmp_path, counter, recursive=False, safety=0.2)
    watcher.start()
    await counter.once()

    (tmp_path / "..next").symlink_to("..two")
    os.replace(tmp_path / "..next", tmp_path / "..data")

    await counter.once()
    await watcher.aclose()


async def test_closing_twice_or_before_the_start_does_no_harm(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path, Counter())
    await watcher.aclose()

    await watcher.aclose()
