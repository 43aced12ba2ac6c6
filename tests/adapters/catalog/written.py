"""Catalogue files written for a test."""

from pathlib import Path
from textwrap import dedent, indent

from bot.adapters.catalog import CatalogReading, read_catalog
from bot.domain.jobs import Job


def read(folder: Path, text: str, **files: str) -> CatalogReading:
    """The reading of a folder that holds `text` as jobs.yaml, and others by their stems."""
    write(folder, text, **files)
    return read_catalog(folder, state=folder.parent / "state")


def write(folder: Path, text: str, **files: str) -> None:
    folder.mkdir(exist_ok=True)
    for stem, content in {"jobs": text, **files}.items():
        (folder / f"{stem}.yaml").write_text(dedent(content), encoding="utf-8")


def job(folder: Path, more: str) -> Job:
    """The one job called `j` that runs `true`, with more keys."""
    reading = read(
        folder, f"name: j\n{dedent(more)}" + ("" if "run:" in more else "\nrun: ['true']")
    )
    assert not reading.mistakes, "\n".join(map(str, reading.mistakes))
    return reading.jobs[0]


def told(folder: Path, more: str) -> list[str]:
    """The mistakes of the one job called `j`, without the file's name."""
    text = f"name: j\n{dedent(more)}" + ("" if "run:" in more else "\nrun: ['true']")
    return [str(each).removeprefix("jobs.yaml:") for each in read(folder, text).mistakes]


def several(*jobs: str) -> str:
    return "jobs:\n" + "".join(f"  -{indent(dedent(job), '    ')[3:]}\n" for job in jobs)
