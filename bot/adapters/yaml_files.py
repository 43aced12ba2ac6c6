"""YAML that people write: read within bounds, every scalar as text, every key with its line.

Scalars stay text until a typed field asks for more, so that `1.10` is not 1.1, `no` is not false
and `010` is not eight: the traps of YAML's own guesses (YAML 1.2, chapter 10) do not arise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from bot.adapters.yaml_documents import Document, FileMistake, KeyPath, Plain, dotted

LARGEST_FILE = 256 * 1024
"""Bytes of one file."""

MOST_NODES = 20_000
"""Keys and values of one file, with every alias counted at its full size."""

DEEPEST = 20
"""Levels of nesting."""


def read_file(path: Path, *, name: str = "") -> Document:
    """Read one file; whatever is wrong with it is among the mistakes."""
    name = name or path.name
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return _unreadable(name, 1, f"the file cannot be read: {reason}.")
    return read_document(name, content)


def read_document(name: str, content: bytes) -> Document:
    """Read a file's content; whatever is wrong with it is among the mistakes."""
    if len(content) > LARGEST_FILE:
        return _unreadable(name, 1, f"the file is larger than {LARGEST_FILE // 1024} KiB; cut it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _unreadable(name, line, "this is not UTF-8 text; save the file as UTF-8.")
    try:
        return _Builder(name, text).document()
    except _TooMuch as stop:
        return _unreadable(name, stop.line, str(stop))
    except MarkedYAMLError as error:
        return _unreadable(name, *_told(error))
    except ReaderError as error:
        return _unreadable(name, _line_at(text, error), "a control character; remove it.")
    except (YAMLError, ValueError, OverflowError):
        # Escapes such as "\UFFFFFFFF" leave the parser as plain errors without a place.
        return _unreadable(name, 1, "this is not valid YAML; look for a broken \\u escape.")


def _unreadable(name: str, line: int, text: str) -> Document:
    return Document(file=name, mistakes=(FileMistake(file=name, line=line, path="", text=text),))


def _line_at(text: str, error: Any) -> int:
    return text.count("\n", 0, int(error.position)) + 1


def _told(error: Any) -> tuple[int, str]:
    """The parser's complaint and its line; the parser's errors carry no types."""
    mark = error.problem_mark or error.context_mark
    problem = " ".join(str(error.problem or error.context or "it cannot be parsed").split())
    hint = " Indent with spaces." if "'\\t'" in problem else ""
    return (mark.line + 1 if mark else 1), f"this is not valid YAML: {problem}.{hint}"


class _TooMuch(Exception):
    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


@dataclass(frozen=True, kw_only=True, slots=True)
class _Event:
    """A parser event, typed: `kind` is the event class's name without its ending."""

    kind: str
    line: int
    text: str = ""
    bare: bool = False
    anchor: str = ""
    tag: str = ""


def _events(text: str) -> Iterator[_Event]:
    parser: Any = YAML(typ="safe", pure=True)
    for event in parser.parse(text):
        value = getattr(event, "value", None) or ""
        yield _Event(
            kind=type(event).__name__.removesuffix("Event"),
            line=event.start_mark.line + 1,
            text=value,
            bare=getattr(event, "style", None) is None,
            anchor=event.anchor or "" if hasattr(event, "anchor") else "",
            tag=event.tag or "" if hasattr(event, "tag") else "",
        )


class _Builder:
    """Turns events into plain values; the parser's own constructors are never used."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._events = _events(text)
        self._lines: dict[KeyPath, int] = {}
        self._mistakes: list[FileMistake] = []
        self._anchors: dict[str, tuple[Plain | None, int]] = {}
        self._nodes = 0

    def document(self) -> Document:
        value: Plain | None = None
        documents = 0
        for event in self._events:
            if event.kind == "DocumentStart":
                documents += 1
                if documents > 1:
                    self._mistake((), event.line, "`---` begins a second document; one is read.")
                    break
                value = self._node(next(self._events), (), 0)
        return Document(
            file=self._name, value=value, lines=self._lines, mistakes=tuple(self._mistakes)
        )

    def _node(self, event: _Event, path: KeyPath, depth: int) -> Plain | None:
        self._lines.setdefault(path, event.line)
        self._count(1, event.line)
        if depth > DEEPEST:
            raise _TooMuch(event.line, f"nested deeper than {DEEPEST} levels.")
        if event.kind == "Alias":
            return self._alias(event, path)
        if event.tag:
            self._mistake(path, event.line, f"the tag `{event.tag[:60]}` is not understood.")
        before = self._nodes
        value = self._value(event, path, depth)
        if event.anchor:
            self._anchors[event.anchor] = (value, self._nodes - before + 1)
        return value

    def _value(self, event: _Event, path: KeyPath, depth: int) -> Plain | None:
        match event.kind:
            case "MappingStart":
                return self._mapping(path, depth)
            case "SequenceStart":
                return self._sequence(path, depth)
            case _:
                empty = event.bare and event.text in {"", "~", "null", "Null", "NULL"}
                return None if empty else self._text(event, path)

    def _alias(self, event: _Event, path: KeyPath) -> Plain | None:
        value, weight = self._anchors.get(event.anchor, (None, 1))
        if event.anchor not in self._anchors:
            self._mistake(path, event.line, f"`*{event.anchor}` has no `&{event.anchor}` before.")
        self._count(weight, event.line)
        return value

    def _sequence(self, path: KeyPath, depth: int) -> Plain:
        items: list[Plain] = []
        while (event := next(self._events)).kind != "SequenceEnd":
            value = self._node(event, (*path, len(items)), depth + 1)
            items.append("" if value is None else value)
        return items

    def _mapping(self, path: KeyPath, depth: int) -> Plain:
        entries: dict[str, Plain] = {}
        merged: dict[str, Plain] = {}
        seen: dict[str, int] = {}
        while (event := next(self._events)).kind != "MappingEnd":
            key = self._key(event, path, depth)
            if key in seen:
                first = seen[key]
                self._mistake((*path, key), event.line, f"given twice, first in line {first}.")
            seen.setdefault(key, event.line)
            self._lines.setdefault((*path, key), event.line)
            value = self._node(next(self._events), (*path, key), depth + 1)
            if key == "<<" and event.bare:
                merged |= self._merged(value, path, event.line)
            elif value is not None:
                entries[key] = value
        return merged | entries

    def _text(self, event: _Event, path: KeyPath) -> str:
        """A scalar; JSON's pairs of escapes make one character, and control characters none."""
        try:
            text = event.text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            text = "\0"
        if any((ch < " " and ch not in "\n\t") or ch == "\x7f" for ch in text):
            self._mistake(path, event.line, "an escape gives a control character or half of one.")
            return ""
        return text

    def _key(self, event: _Event, path: KeyPath, depth: int) -> str:
        if event.kind == "Scalar":
            return self._text(event, path)
        self._mistake(path, event.line, "a key must be a plain word.")
        self._node(event, (*path, "?"), depth + 1)
        return "?"

    def _merged(self, value: Plain | None, path: KeyPath, line: int) -> dict[str, Plain]:
        sources: Sequence[Plain | None] = value if isinstance(value, list) else [value]
        out: dict[str, Plain] = {}
        for source in reversed(sources):
            if isinstance(source, dict):
                out |= source
            else:
                self._mistake((*path, "<<"), line, "`<<` takes keys and values of an anchor.")
        return out

    def _count(self, nodes: int, line: int) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            raise _TooMuch(line, f"more than {MOST_NODES} keys and values; cut the file.")

    def _mistake(self, path: KeyPath, line: int, text: str) -> None:
        self._mistakes.append(FileMistake(file=self._name, line=line, path=dotted(path), text=text))
