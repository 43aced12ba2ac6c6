"""What a YAML file says and where it says it, and how a mistake in it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""Where something stands in a document: keys, and positions in lists counted from 0."""

Plain: TypeAlias = str | list["Plain"] | dict[str, "Plain"]
"""A document's content. A key that is given without a value is left out, as if never written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileMistake:
    """Something to mend in a file; `line` counts from 1."""

    file: str
    line: int
    path: str
    text: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: "
        return f"{where}{self.path}: {self.text}" if self.path else f"{where}{self.text}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What one file says, and where it says it; `value` is None when there is nothing to read."""

    file: str
    value: Plain | None = None
    lines: Mapping[KeyPath, int] = field(default_factory=dict[KeyPath, int])
    mistakes: tuple[FileMistake, ...] = ()

    def line_of(self, path: KeyPath) -> int:
        """The line of a path, or of the nearest thing around it that is written down."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def mistake(self, path: KeyPath, text: str) -> FileMistake:
        """A mistake at a path; what lies inside a short form is told at the short form."""
        path = self._written(path)
        line = self.line_of(path)
        return FileMistake(file=self.file, line=line, path=dotted(path), text=text)

    def _written(self, path: KeyPath) -> KeyPath:
        here: Plain | None = self.value
        out: list[str | int] = []
        for part in path:
            if isinstance(here, str):
                break
            if isinstance(here, dict) and isinstance(part, int):
                continue
            here = inside(here, part)
            out.append(part)
        return tuple(out)


def inside(value: Plain | None, part: str | int) -> Plain | None:
    """What a mapping has under a key or a list at a position; None when there is no such thing."""
    if isinstance(value, dict) and isinstance(part, str):
        return value.get(part)
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return value[part]
    return None


def dotted(path: KeyPath) -> str:
    """`('parameters', 2, 'type')` as `parameters[2].type`."""
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else part
    return out
