"""Platforms files written for a test, and a kind of platform that tests hold in their hands."""

from pathlib import Path
from textwrap import dedent

from pydantic import BaseModel, ConfigDict, Field

from bot.adapters.instances import Kinds, PlatformsReading, read_platforms
from bot.domain.errors import Mistake
from bot.ports import PlatformKind, Surroundings
from tests.fakes.platforms import FakePlatform


class ToySettings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str
    tags: tuple[str, ...] = ()
    requests: int = Field(default=8, ge=1)


class ToyKind:
    settings = ToySettings

    def open(self, name: str, settings: ToySettings, surroundings: Surroundings) -> FakePlatform:
        if settings.url == "broken:":
            raise ValueError("no such road")
        return FakePlatform(name=name)


def _unloadable() -> PlatformKind:
    raise Mistake("the kind `ghost` cannot be loaded: no module")


KINDS: Kinds = {"toy": ToyKind, "ghost": _unloadable}


def read(folder: Path, text: str) -> PlatformsReading:
    file = folder / "platforms.yaml"
    file.write_text(dedent(text), encoding="utf-8")
    return read_platforms(file, KINDS)


def told(folder: Path, text: str) -> list[str]:
    """Every mistake without the file's name."""
    found = read(folder, text).all_mistakes
    return [str(each).removeprefix("platforms.yaml:") for each in found]
