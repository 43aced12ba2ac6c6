"""A folder that people edit: the last good catalogue holds, and everybody is told once."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.adapters.catalog import CatalogFolder, ReloadReport
from tests.adapters.catalog.written import several, write

GOOD = several("name: a\naliases: 部署\nrun: ['true']", "name: b\nrun: ['true']")
BAD = "name: a\nrnu: ['true']\n"


class Told:
    """Collects reports, for a test to wait for."""

    def __init__(self) -> None:
        self.reports: asyncio.Queue[ReloadReport] = asyncio.Queue()

    async def __call__(self, report: ReloadReport) -> None:
        await self.reports.put(report)

    async def next(self) -> ReloadReport:
        async with asyncio.timeout(20):
            return await self.reports.get()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def folder(tmp_path: Path, told: Told) -> AsyncIterator[CatalogFolder]:
    write(tmp_path / "c", GOOD)
    catalog = CatalogFolder(tmp_path / "c", on_change=told, safety=1.0)
    await catalog.start()
    yield catalog
    await catalog.aclose()


def _names(catalog: CatalogFolder) -> list[str]:
    return [job.name for job in catalog.jobs()]


def test_jobs_are_there_after_the_start(folder: CatalogFolder) -> None:
    assert _names(folder) == ["a", "b"]


def test_a_job_is_found_by_name_or_alias_in_any_case(folder: CatalogFolder) -> None:
    found = [folder.find(name) for name in ("A", " a ", "部署", "c")]

    assert [job.name if job else None for job in found] == ["a", "a", "a", None]


async def test_a_saved_file_is_noticed(folder: CatalogFolder, told: Told, tmp_path: Path) -> None:
    write(tmp_path / "c", several("name: a\nrun: ['false']", "name: c\nrun: ['true']"))

    report = await told.next()

    assert (report.added, report.changed, report.removed) == (("c",), ("a",), ("b",))
    assert _names(folder) == ["a", "c"]


async def test_a_bad_edit_keeps_the_last_good_catalogue(
    folder: CatalogFolder, told: Told, tmp_path: Path
) -> None:
    write(tmp_path / "c", BAD)

    report = await told.next()

    assert [each.path for each in report.mistakes] == ["run", "rnu"]
    assert _names(folder) == ["a", "b"]
    assert folder.mistakes == report.mistakes


async def test_a_mended_edit_is_told_as_well(
    folder: CatalogFolder, told: Told, tmp_path: Path
) -> None:
    write(tmp_path / "c", BAD)
    await folder.reread()

    write(tmp_path / "c", GOOD)
    await folder.reread()

    reports = [await told.next(), await told.next()]
    assert [report.mended for report in reports] == [False, True]


async def test_the_same_mistake_is_told_once(
    folder: CatalogFolder, told: Told, tmp_path: Path
) -> None:
    write(tmp_path / "c", BAD)

    for _ in range(3):
        await folder.reread()

    await told.next()
    assert told.reports.empty()


async def test_nothing_is_told_when_nothing_changed(folder: CatalogFolder, told: Told) -> None:
    await folder.reread()

    assert told.reports.empty()


async def test_a_folder_that_vanishes_leaves_the_last_good_catalogue(
    folder: CatalogFolder, told: Told, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "c")

    report = await told.next()

    assert "no such folder" in report.mistakes[0].text
    assert _names(folder) == ["a", "b"]


async def test_a_folder_that_comes_back_is_read_again(
    folder: CatalogFolder, told: Told, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "c")
    await told.next()

    write(tmp_path / "c", GOOD)

    while not (report := await told.next()).mended:
        assert report.mistakes


async def test_a_failing_callback_does_not_end_the_watching(tmp_path: Path) -> None:
    failed, heard = asyncio.Event(), asyncio.Event()

    async def fail(report: ReloadReport) -> None:
        (heard if "c" in report.added else failed).set()
        raise RuntimeError("nobody listens")

    write(tmp_path / "c", GOOD)
    catalog = CatalogFolder(tmp_path / "c", on_change=fail, safety=1.0)
    await catalog.start()
    write(tmp_path / "c", several("name: a\nrun: ['false']"))
    async with asyncio.timeout(20):
        await failed.wait()
    write(tmp_path / "c", several("name: c\nrun: ['true']"))

    async with asyncio.timeout(20):
        await heard.wait()
    await catalog.aclose()


async def test_with_mistakes_at_the_start_there_are_no_jobs_until_they_are_mended(
    tmp_path: Path, told: Told
) -> None:
    write(tmp_path / "c", BAD)
    catalog = CatalogFolder(tmp_path / "c", on_change=told, safety=1.0)
    reading = await catalog.start()
    assert (bool(reading.mistakes), _names(catalog)) == (True, [])

    write(tmp_path / "c", GOOD)

    assert (await told.next()).mended
    await catalog.aclose()
