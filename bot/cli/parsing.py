"""parse: what the bot would understand, line by line, without running anything."""

import gc
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import click

from bot.adapters.catalog import CatalogReading, read_catalog
from bot.adapters.worlds import WorldReading, read_world
from bot.cli.instances import instances_at, platforms_option
from bot.cli.sentences import end_with
from bot.domain.shortcuts import spoken
from bot.domain.surroundings import Surroundings, Thread
from bot.language import Reader, Rung, Understanding, record_of, times_of
from bot.language.shortforms import ShortForms

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@dataclass(frozen=True, kw_only=True, slots=True)
class Utterance:
    """One line of what is read: a text, or a JSON object with who, where and when."""

    text: str
    id: str = ""
    now: datetime | None = None
    zone: str = ""
    thread: Thread | None = None


@click.command()
@click.option("--catalog", type=_FOLDER, help="The folder of job files.")
@click.option("--world", type=_FILE, help="People, targets, shortcuts, time and zone (YAML).")
@click.option("--now", help="The reference time, as 2026-03-11T10:20:00; default: now.")
@click.option("--zone", help="The zone of who speaks, as Asia/Shanghai; default: the world's.")
@click.option("--times", is_flag=True, help="Write the times in each line, and nothing else.")
@click.option("--state", type=click.Path(path_type=Path), default=Path("state"), hidden=True)
@platforms_option
@click.argument("source", type=click.File(encoding="utf-8", errors="replace"), default="-")
def parse(
    catalog: Path | None,
    world: Path | None,
    now: str | None,
    zone: str | None,
    state: Path,
    platforms: Path,
    source: Any,
    *,
    times: bool,
) -> None:
    """Read one utterance a line (text, or a JSON object) and write one JSON object a line."""
    if catalog is None and not times:
        raise click.UsageError("--catalog names the folder of job files.")
    catalogue = _catalogue(catalog, state, platforms) if catalog is not None else CatalogReading()
    jobs = catalogue.jobs
    around = _surroundings(world, now, zone)
    around = replace(around, shortcuts=(*around.shortcuts, *spoken(catalogue.shortcuts)))
    short = ShortForms(lambda: jobs, lambda: catalogue.shortcuts).run
    reader = Reader()
    reader.understand("", jobs, around)
    # As the service does: a large catalogue is not looked through for garbage again and again.
    gc.collect()
    gc.freeze()
    known = {job.name: job for job in jobs}
    for line in _lines(source):
        said = utterance_of(line)
        here = _placed(around, said)
        if times:
            found: Mapping[str, object] = {"times": times_of(said.text, here.now)}
        else:
            run = short(said.text)
            exactly = Understanding(intent=run, rung=Rung.EXACT, confidence=1.0) if run else None
            found = record_of(exactly or reader.understand(said.text, jobs, here), known)
        record = {"id": said.id or None, "text": said.text, **found}
        written = {key: value for key, value in record.items() if value is not None}
        sys.stdout.write(json.dumps(written, ensure_ascii=True) + "\n")
        sys.stdout.flush()


def utterance_of(line: str) -> Utterance:
    """A line that begins with `{` and is a JSON object with `text` or `utterance`; else plain."""
    if line.lstrip().startswith("{"):
        try:
            found: object = json.loads(line)
        except ValueError:
            return Utterance(text=line)
        if isinstance(found, dict):
            return _from_object(cast("dict[str, Any]", found), line)
    return Utterance(text=line)


def _from_object(found: Mapping[str, Any], line: str) -> Utterance:
    text = found.get("text", found.get("utterance"))
    if not isinstance(text, str):
        return Utterance(text=line)
    return Utterance(
        text=text,
        id=str(found.get("id", "")),
        now=_time(found.get("time")),
        zone=str(found.get("zone", "")),
        thread=_thread(found.get("thread")),
    )


def _thread(found: object) -> Thread | None:
    if not isinstance(found, dict):
        return None
    said = cast("dict[str, Any]", found)
    given: object = said.get("params")
    pairs = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    number = str(said.get("execution", ""))
    return Thread(
        job=str(said.get("job", "")),
        given={str(name): _raw(value) for name, value in pairs.items()},
        execution=int(number) if number.isdecimal() else None,
        open=bool(said.get("open", False)),
    )


def _raw(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _time(found: object) -> datetime | None:
    try:
        return datetime.fromisoformat(found) if isinstance(found, str) and found else None
    except ValueError:
        return None


def _placed(around: Surroundings, said: Utterance) -> Surroundings:
    zone = around.now.tzinfo
    if said.zone:
        try:
            zone = ZoneInfo(said.zone)
        except (KeyError, ValueError, OSError):
            zone = around.now.tzinfo
    now = said.now or around.now
    now = now.replace(tzinfo=zone) if now.tzinfo is None else now.astimezone(zone)
    is_threaded = said.thread is not None
    return replace(around, now=now, thread=said.thread, in_thread=is_threaded)


def _catalogue(catalog: Path, state: Path, platforms: Path) -> CatalogReading:
    instances = instances_at(platforms)
    reading = read_catalog(catalog.absolute(), state=state.absolute(), instances=instances)
    if reading.mistakes:
        end_with([str(mistake) for mistake in reading.mistakes])
    return reading


def _surroundings(world: Path | None, now: str | None, zone: str | None) -> Surroundings:
    reading = read_world(world) if world else WorldReading()
    if reading.mistakes:
        end_with([str(mistake) for mistake in reading.mistakes])
    try:
        if zone:
            ZoneInfo(zone)
            reading = replace(reading, zone=zone)
        moment = datetime.fromisoformat(now) if now else reading.now or datetime.now(UTC)
    except (KeyError, ValueError, OSError) as error:
        end_with([f"--now or --zone cannot be read: {error}."])
    return reading.surroundings(moment)


def _lines(source: Any) -> Iterator[str]:
    for line in cast("Iterator[str]", source):
        text = line.rstrip("\n")
        if text.strip():
            yield text
