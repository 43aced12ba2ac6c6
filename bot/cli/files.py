"""init and catalog: what is in a team's own files."""

import asyncio
import json
from pathlib import Path

import click

from bot.adapters import catalog as catalogs
from bot.adapters.worlds import read_world
from bot.cli.instances import instances_at, platforms_option
from bot.cli.phrases import FILE, around_phrases, check_phrases
from bot.cli.platforms import answers_of, troubles_in, whole
from bot.cli.sentences import end_with
from bot.domain.errors import Mistake
from bot.starter import write_starter
from bot.wiring import fleet_at


@click.command()
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Write a commented starter catalogue, policy and .env into FOLDER."""
    try:
        written = write_starter(folder)
    except Mistake as error:
        end_with([str(error)])
    for path in written:
        click.echo(f"wrote {path}")
    click.echo("Fill in the two tokens in .env, then: jobthread migrate && jobthread check")


@click.group()
def catalog() -> None:
    """The catalogue of jobs."""


@catalog.command("schema")
def catalog_schema() -> None:
    """Print the JSON Schema of catalogue files, for editors."""
    click.echo(json.dumps(catalogs.json_schema(), indent=2, ensure_ascii=False))


@catalog.command("check")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--state", type=click.Path(file_okay=False, path_type=Path), default=Path("state"))
@click.option("--store", default="", envvar="JOBTHREAD_JOB_SECRETS", hidden=True)
@platforms_option
def catalog_check(folder: Path, state: Path, store: str, platforms: Path) -> None:
    """Read FOLDER and say every mistake in it, also against what platforms offer."""
    fleet = fleet_at(platforms, store)
    reading = catalogs.read_catalog(
        folder.absolute(), state=state.absolute(), instances=fleet.instances
    )
    told = asyncio.run(answers_of(fleet))
    found = whole(reading, fleet, told)
    for warning in (*reading.warnings, *found.warnings, *fleet.troubles):
        click.echo(f"warning: {warning}")
    for trouble in troubles_in(fleet, told):
        click.echo(f"warning: {trouble}")
    if mistakes := (*fleet.mistakes, *map(str, reading.mistakes)):
        end_with(mistakes)
    click.echo(f"{len(found.jobs)} jobs, no mistakes.")


@catalog.command("phrases")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--world", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--state", type=click.Path(file_okay=False, path_type=Path), default=Path("state"))
@platforms_option
def catalog_phrases(
    folder: Path, file: Path | None, world: Path | None, state: Path, platforms: Path
) -> None:
    """Read the phrases beside the catalogue in FOLDER and say which are read otherwise."""
    reading = catalogs.read_catalog(
        folder.absolute(), state=state.absolute(), instances=instances_at(platforms)
    )
    if reading.mistakes:
        end_with([str(mistake) for mistake in reading.mistakes])
    phrases = file or folder / FILE
    if not phrases.is_file():
        end_with([f"There is no {phrases}: write one phrase a line (see docs/parse.md)."])
    found = read_world(world) if world else None
    if found is not None and found.mistakes:
        end_with([str(mistake) for mistake in found.mistakes])
    default = around_phrases()
    around = found.surroundings(found.now or default.now) if found else default
    faults = check_phrases(phrases, reading.jobs, around)
    if faults:
        end_with(faults)
    click.echo("Every phrase is read as expected.")
