"""The command line: what an operator types on the machine where the bot runs."""

import click

from bot.cli.auditing import audit
from bot.cli.backups import backup, restore, settle
from bot.cli.doctor import doctor
from bot.cli.files import catalog, init, policy
from bot.cli.production import check, migrate_, run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jobthread", prog_name="jobthread")
def main() -> None:
    """Run operations jobs from Slack threads."""


@main.command()
@click.option("--port", default=8321, show_default=True, help="Port of the local workspace's page.")
@click.option(
    "--folder", default=".demo", show_default=True, help="Where the demo keeps its state."
)
def demo(port: int, folder: str) -> None:
    """A local workspace and the bot on this machine: nothing leaves it."""
    from bot.cli.demo import run_demo

    run_demo(port, folder)


for command in (
    run,
    check,
    doctor,
    init,
    migrate_,
    catalog,
    policy,
    audit,
    backup,
    restore,
    settle,
):
    main.add_command(command)
