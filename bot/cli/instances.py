"""Which platforms there are, for commands that only read the catalogue."""

from pathlib import Path

import click

from bot.domain.instances import LOCAL_ALONE, Instances

platforms_option = click.option(
    "--platforms",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("platforms.yaml"),
    envvar="JOBTHREAD_PLATFORMS",
    show_default=True,
    help="The platforms file, where there is one.",
)


def instances_at(file: Path) -> Instances:
    """Those of a platforms file; nothing is asked of them. Ends the command where it is broken."""
    if not file.exists():
        return LOCAL_ALONE
    # Only here: whoever has no such file does not wait for all adapters to be imported.
    from bot.cli.sentences import end_with
    from bot.wiring import fleet_at

    fleet = fleet_at(file)
    if fleet.mistakes:
        end_with(fleet.mistakes)
    return fleet.instances
