"""How the command line speaks: sentences on standard error, and an exit code."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click
from pydantic import ValidationError

from bot.settings import Settings

SECRETS = "JOBTHREAD_SECRETS"
"""Names the folder of secrets: it says where settings are, so it cannot be one of them."""


def end_with(problems: Sequence[str]) -> NoReturn:
    """Say what to mend and stop with exit code 1."""
    for problem in problems:
        click.echo(f"• {problem}", err=True)
    count = "This has" if len(problems) == 1 else "These have"
    click.echo(f"{count} to be mended before Jobthread can run.", err=True)
    sys.exit(1)


def given_settings() -> Settings:
    """The settings from the environment, `.env` and a folder of secrets. Raises ValidationError."""
    # Fields come from the environment, which a type checker cannot see.
    return Settings(_secrets_dir=_secrets())  # pyright: ignore[reportCallIssue]


def settings_or_end() -> Settings:
    """The settings, or sentences what of them is to be mended."""
    try:
        return given_settings()
    except ValidationError as error:
        end_with(
            [_sentence(str(each["loc"][0]), each["type"], each["msg"]) for each in error.errors()]
        )


def _secrets() -> Path | None:
    """The folder in which each file is named like the setting that it holds."""
    named = os.environ.get(SECRETS, "")
    if not named:
        return None
    folder = Path(named)
    if not folder.is_dir():
        end_with([f"{SECRETS} is {folder}, which is not a folder."])
    return folder


def _sentence(field: str, kind: str, message: str) -> str:
    name = field.upper()
    if kind == "missing":
        return f"{name} is not set: put it into the environment or into .env (see .env.example)."
    return f"{name}: {message}."
