"""The command line: what an operator types on the machine where the bot runs."""

from collections.abc import Mapping
from importlib import import_module

import click

COMMANDS: Mapping[str, str] = {
    "run": "bot.cli.production:run",
    "check": "bot.cli.production:check",
    "health": "bot.cli.health:health",
    "init": "bot.cli.files:init",
    "migrate": "bot.cli.production:migrate_",
    "catalog": "bot.cli.files:catalog",
    "platforms": "bot.cli.platforms:platforms",
    "policy": "bot.cli.policies:policy",
    "parse": "bot.cli.parsing:parse",
    "audit": "bot.cli.auditing:audit",
    "outbox": "bot.cli.letters:outbox",
    "passkeys": "bot.cli.passkeys:passkeys",
    "backup": "bot.cli.backups:backup",
    "restore": "bot.cli.backups:restore",
    "settle": "bot.cli.backups:settle",
    "doctor": "bot.cli.doctor:doctor",
    "demo": "bot.cli.demo:demo",
}
"""Where each command lies. Only the one that is typed is loaded: a health check runs all day."""


class Commands(click.Group):
    """The commands, loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        found: object = getattr(import_module(module), name)
        assert isinstance(found, click.Command)
        return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jobthread", prog_name="jobthread")
def main() -> None:
    """Run operations jobs from Slack threads."""
