"""The files of deploy/, read as what they are."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, cast

import click
from ruamel.yaml import YAML

from bot.cli import main
from bot.cli.sentences import SECRETS
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"

Document: TypeAlias = dict[str, Any]


def documents(file: Path) -> list[Document]:
    return [cast("Document", each) for each in YAML(typ="safe").load_all(file)]


def version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def takes(words: Sequence[str]) -> bool:
    """True for words that the command line understands, options and all."""
    command = main.get_command(click.Context(main), words[0])
    if command is None:
        return False
    command.make_context(words[0], list(words[1:]))
    return True


def known(names: Mapping[str, Any]) -> bool:
    """True when each is a setting, or says where settings are."""
    return {name.lower() for name in names} <= {*Settings.model_fields, SECRETS.lower()}


def settings_of(environment: Mapping[str, str]) -> Settings:
    """What these variables set. Raises ValidationError."""
    tokens = {"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1"}
    given = {name.lower(): value for name, value in environment.items() if name != SECRETS}
    return Settings.model_validate({**tokens, **given})


def from_a_registry(image: str) -> bool:
    """True where the image's name begins with a host."""
    first, _, rest = image.partition("/")
    return bool(rest) and ("." in first or ":" in first or first == "localhost")
