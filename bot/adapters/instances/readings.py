"""A platforms file read whole: its instances, and what is wrong with each and with all of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.adapters.instances.entries import COMMON, LONGEST_NAME, InstanceEntry, JobsEntry
from bot.adapters.instances.kinds import Kinds, entry_point_kinds
from bot.adapters.yaml_documents import Document, FileMistake, Plain
from bot.adapters.yaml_files import read_file
from bot.adapters.yaml_shapes import near, shaped
from bot.domain.errors import Mistake
from bot.domain.instances import LOCAL, Instance, Terms
from bot.domain.jobs import ApprovalRule, digest_of
from bot.ports import PlatformKind

MOST_INSTANCES = 50

_NAME = re.compile(rf"[a-z][a-z0-9-]{{0,{LONGEST_NAME - 1}}}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Configured:
    """One instance as the file has it; with mistakes it cannot be opened, and the others can.

    `kind` and `settings` are None for `local`, which is embedded.
    """

    instance: Instance
    kind: PlatformKind | None = None
    settings: Any = None
    mistakes: tuple[FileMistake, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PlatformsReading:
    """What a file says; `mistakes` are those of the file as a whole, which make it of no use.

    `version` is a digest of what it says, whatever its comments and order; empty for nothing.
    """

    instances: tuple[Configured, ...] = ()
    mistakes: tuple[FileMistake, ...] = ()
    version: str = ""

    @property
    def all_mistakes(self) -> tuple[FileMistake, ...]:
        """Of the file and of every instance, in the order of lines."""
        found = {*self.mistakes, *(m for each in self.instances for m in each.mistakes)}
        return tuple(sorted(found, key=lambda each: (each.line, each.path)))


def version_at(path: Path) -> str:
    """The version of a platforms file as it lies there now, mistakes or not. Blocks."""
    return _version(read_file(path)) if path.exists() else ""


def _version(document: Document) -> str:
    value = document.value
    if document.mistakes or (value is not None and not isinstance(value, dict)):
        return digest_of([str(each) for each in document.mistakes], value)
    named = _named(value or {})
    return digest_of(named) if named else ""


def _named(value: Mapping[str, Plain]) -> dict[str, Plain]:
    return {name: each for name, each in value.items() if not name.startswith("x-")}


def read_platforms(path: Path, kinds: Kinds | None = None) -> PlatformsReading:
    """Read a platforms file; never raises, and a file that is not there is empty.

    Blocks, and imports the kinds that it names: call it before the loop, or in a thread.
    """
    if not path.exists():
        return PlatformsReading()
    document = read_file(path)
    value = {} if document.value is None else document.value
    if document.mistakes or not isinstance(value, dict):
        text = "instances by their names are wanted: `prefect: {type: prefect, …}`."
        wrong = document.mistakes or (document.mistake((), text),)
        return PlatformsReading(mistakes=wrong)
    named = _named(value)
    if len(named) > MOST_INSTANCES:
        text = f"more than {MOST_INSTANCES} instances are too many."
        return PlatformsReading(mistakes=(document.mistake((), text),))
    known = entry_point_kinds() if kinds is None else kinds
    found = [_configured(document, name, each, known) for name, each in named.items()]
    whole = _one_default(document, found)
    # It cannot be left out, and who may use it must not be guessed.
    wrong = [m for each in whole if each.instance.name == LOCAL for m in each.mistakes]
    version = _version(document)
    return PlatformsReading(instances=tuple(whole), mistakes=tuple(wrong), version=version)


def _configured(document: Document, name: str, value: Plain, kinds: Kinds) -> Configured:
    common = (
        {key: value[key] for key in value if key in COMMON} if isinstance(value, dict) else value
    )
    own = {key: value[key] for key in value if key not in COMMON} if isinstance(value, dict) else {}
    entry, mistakes = shaped(document, common, InstanceEntry, (name,))
    if not _NAME.fullmatch(name):
        text = f"a name has lower-case letters, digits and `-`, at most {LONGEST_NAME}."
        mistakes.append(document.mistake((name,), text))
    instance = _instance(name, entry or InstanceEntry())
    if name == LOCAL:
        mistakes += _of_local(document, entry, own)
        return Configured(instance=instance, mistakes=tuple(mistakes))
    kind = _kind(document, name, entry, kinds, mistakes)
    settings = None
    if kind is not None:
        settings, wrong = shaped(document, own, kind.settings, (name,))
        mistakes += wrong
    return Configured(instance=instance, kind=kind, settings=settings, mistakes=tuple(mistakes))


def _of_local(
    document: Document, entry: InstanceEntry | None, own: Mapping[str, Plain]
) -> list[FileMistake]:
    text = "`local` is the embedded platform: it takes concurrency, who and default."
    wrong = [document.mistake((LOCAL, key), text) for key in own]
    if entry is not None and entry.type not in {"", LOCAL}:
        wrong.append(document.mistake((LOCAL, "type"), text))
    if entry is not None and entry.jobs != JobsEntry():
        wrong.append(
            document.mistake((LOCAL, "jobs"), f"{text} Its jobs say all of it themselves.")
        )
    return wrong


def _kind(
    document: Document,
    name: str,
    entry: InstanceEntry | None,
    kinds: Kinds,
    mistakes: list[FileMistake],
) -> PlatformKind | None:
    """The kind, loaded; what stands against it is added to the mistakes."""
    if entry is None:
        return None
    if entry.type not in kinds:
        there = ", ".join(sorted(kinds)) or "none is installed"
        hint = near(entry.type, sorted(kinds)) or f"; there are: {there}."
        said = f"there is no kind `{entry.type}`{hint}" if entry.type else f"`type` is needed{hint}"
        mistakes.append(document.mistake((name, "type"), said))
        return None
    try:
        return kinds[entry.type]()
    except Mistake as error:
        mistakes.append(document.mistake((name, "type"), f"{error}."))
        return None


def _one_default(document: Document, found: list[Configured]) -> list[Configured]:
    """Only the first that says so is the default; a second one is told and is none."""
    default = next((each.instance.name for each in found if each.instance.is_default), "")
    return [
        each
        if not each.instance.is_default or each.instance.name == default
        else replace(
            each,
            instance=replace(each.instance, is_default=False),
            mistakes=(
                *each.mistakes,
                document.mistake(
                    (each.instance.name, "default"), f"`{default}` is the default already."
                ),
            ),
        )
        for each in found
    ]


def _instance(name: str, entry: InstanceEntry) -> Instance:
    jobs = entry.jobs
    asked = jobs.approval
    approval = None
    if asked is not None:
        approval = ApprovalRule(
            by=asked.by, count=asked.count, expires=asked.expires, when=dict(asked.when)
        )
    return Instance(
        name=name,
        kind=entry.type or LOCAL,
        concurrency=entry.concurrency,
        who=entry.who,
        is_default=entry.default,
        terms=Terms(
            risk=jobs.risk,
            timeout=jobs.timeout,
            approval=approval,
            tags=jobs.tags,
            notify=jobs.notify,
        ),
    )
