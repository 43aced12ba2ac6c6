"""A file that tells who and what may be named: people, targets, shortcuts, and the clock."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from bot.adapters.notations import Words
from bot.adapters.yaml_documents import FileMistake
from bot.adapters.yaml_files import read_file
from bot.adapters.yaml_shapes import Entry, shaped
from bot.domain.surroundings import Person, Shortcut, Surroundings, Target


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("a zone such as Asia/Shanghai is wanted") from None
    return name


Zone = Annotated[str, BeforeValidator(_zone)]


class _PersonEntry(Entry):
    name: str = ""
    display: str = ""
    aliases: Words = ()


class _TargetEntry(Entry):
    aliases: Words = ()
    default: bool = False


class _ShortcutEntry(Entry):
    args: Words = ()
    summary: str = ""


class _WorldEntry(Entry):
    reference_time: datetime | None = None
    timezone: Zone = "UTC"
    users: dict[str, _PersonEntry] = Field(default_factory=dict[str, _PersonEntry])
    targets: dict[str, _TargetEntry] = Field(default_factory=dict[str, _TargetEntry])
    shortcuts: dict[str, _ShortcutEntry] = Field(default_factory=dict[str, _ShortcutEntry])


@dataclass(frozen=True, kw_only=True, slots=True)
class WorldReading:
    """What the file says; `now` is None when it names no time."""

    people: tuple[Person, ...] = ()
    targets: tuple[Target, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    zone: str = "UTC"
    now: datetime | None = None
    mistakes: tuple[FileMistake, ...] = ()

    def surroundings(self, now: datetime) -> Surroundings:
        """`now` without a zone is one of this file's zone."""
        zone = ZoneInfo(self.zone)
        here = now.replace(tzinfo=zone) if now.tzinfo is None else now.astimezone(zone)
        return Surroundings(
            now=here, people=self.people, targets=self.targets, shortcuts=self.shortcuts
        )


def read_world(path: Path) -> WorldReading:
    """Read the file; never raises, whatever is wrong is among the mistakes."""
    document = read_file(path)
    if document.mistakes or document.value is None:
        return WorldReading(mistakes=document.mistakes)
    entry, mistakes = shaped(document, document.value, _WorldEntry)
    if entry is None or mistakes:
        return WorldReading(mistakes=tuple(mistakes))
    return WorldReading(
        people=tuple(
            Person(id=id_, names=tuple(n for n in (p.name, p.display, *p.aliases) if n))
            for id_, p in entry.users.items()
        ),
        targets=tuple(Target(name=n, aliases=t.aliases) for n, t in entry.targets.items()),
        shortcuts=tuple(Shortcut(name=n, arguments=s.args) for n, s in entry.shortcuts.items()),
        zone=entry.timezone,
        now=entry.reference_time,
    )
