"""How a run ended: what its last state and its artifacts say."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, cast
from urllib.parse import urlsplit

from bot.adapters.platforms.lines import plain
from bot.adapters.platforms.prefect.masks import Veil
from bot.adapters.platforms.prefect.shapes import Artifact, Run
from bot.domain.results import Link, Metric, Result

KINDS = ("markdown", "link", "table", "image", "progress")
"""Of artifacts that are looked at; where Prefect put a result is nobody's business here."""

LONGEST_CAUSE = 1_000
LONGEST_SUMMARY = 300
LONGEST_OUTPUT = 1_000
LONGEST_URL = 2_000
MOST_ROWS = 10
MOST_OUTPUTS = 40
"""What is shown of a run; all of it is on Prefect's page."""

_LARGEST = 256 * 1024
_LINK = re.compile(r"\s*\[(?P<text>[^\]\n]{0,300})\]\((?P<url>https?://[^\s()]+)\)\s*")
_BARE_LINK = re.compile(r"\s*(?P<url>https?://\S+)\s*")
_HEADING = re.compile(r"^\s*#{1,6}\s.*$|^\s*[-=]{3,}\s*$", re.MULTILINE)
_RAISED = re.compile(
    r"^(Flow run encountered an exception|Task run encountered an exception[^:]*): "
)
_SILENT = {"", "All states completed.", "Flow run was cancelled successfully."}


def result_of(
    run: Run, artifacts: Sequence[Artifact], *, failing: str, tail: tuple[str, ...]
) -> Result:
    """The end in the run's own words; nothing in it is longer than a person would read."""
    veil = Veil(run)
    found = _Found(veil)
    for artifact in sorted(artifacts, key=lambda each: (each.updated is None, each.updated)):
        found.take(artifact)
    state = run.state
    said = veil.over(plain(state.message or "")).strip() if state else ""
    is_good = state is not None and state.type == "COMPLETED"
    message = "" if said in _SILENT else said
    return Result(
        summary=_first(message if is_good and message else found.summary),
        cause="" if is_good else _RAISED.sub("", message)[:LONGEST_CAUSE],
        failing_step="" if is_good else failing,
        tail=tail,
        metrics=tuple(found.metrics),
        links=tuple(found.links),
        outputs=found.outputs,
    )


class _Found:
    def __init__(self, veil: Veil) -> None:
        self._veil = veil
        self.summary = ""
        self.links: list[Link] = []
        self.metrics: list[Metric] = []
        self.outputs: dict[str, str] = {}

    def take(self, artifact: Artifact) -> None:
        key, data = artifact.key or artifact.type or "", artifact.data
        match artifact.type:
            case "markdown" | "link" if isinstance(data, str):
                self._take_text(key, data[:_LARGEST])
            case "image" if isinstance(data, str):
                self._link(data.strip(), artifact.description or key)
            case "table":
                self._take_table(key, data)
            case _:
                return

    def _take_text(self, key: str, text: str) -> None:
        link = _LINK.fullmatch(text) or _BARE_LINK.fullmatch(text)
        if link is not None:
            self._link(link["url"], link.groupdict().get("text") or key)
        elif key == "summary":
            self.summary = _paragraph(self._shown(text))
        else:
            self._put(key, text)

    def _take_table(self, key: str, data: object) -> None:
        rows = list(_rows(data))
        for row in rows if len(rows) == 1 else ():
            for column, value in row.items():
                name = f"{key}.{column}"
                self._put(name, _text(value))
                if _is_figure(value):
                    self.metrics.append(Metric(name=self._shown(str(column))[:80], value=value))
        if len(rows) > 1:
            lines = [
                ", ".join(f"{c}: {_text(v)}" for c, v in row.items()) for row in rows[:MOST_ROWS]
            ]
            self._put(key, "\n".join([*lines, *(["…"] if len(rows) > MOST_ROWS else [])]))

    def _link(self, url: str, text: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and parts.hostname and len(url) <= LONGEST_URL:
            self.links.append(Link(url=url, text=self._shown(text)[:LONGEST_SUMMARY]))

    def _put(self, key: str, text: str) -> None:
        if len(self.outputs) < MOST_OUTPUTS or key in self.outputs:
            self.outputs[self._shown(key)[:80]] = self._shown(text)[:LONGEST_OUTPUT]

    def _shown(self, text: str) -> str:
        return self._veil.over(plain(text)).strip()


def _rows(data: object) -> Iterator[Mapping[str, Any]]:
    """Of a table: rows as JSON text, a list of rows, or columns by name."""
    if isinstance(data, str):
        try:
            data = json.loads(data[:_LARGEST], parse_constant=str)
        except (ValueError, RecursionError):
            return
    if isinstance(data, dict):
        columns = cast("dict[str, Any]", data)
        cells = {
            n: cast("list[Any]", held) for n, held in columns.items() if isinstance(held, list)
        }
        if len(cells) < len(columns):
            yield columns
            return
        for number in range(min(map(len, cells.values()), default=0)):
            yield {name: held[number] for name, held in cells.items()}
    elif isinstance(data, list):
        for row in cast("list[Any]", data):
            if isinstance(row, dict):
                yield cast("dict[str, Any]", row)
            elif isinstance(row, list):
                yield {str(number): cell for number, cell in enumerate(cast("list[Any]", row), 1)}


def _is_figure(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _paragraph(markdown: str) -> str:
    """The first words of a text below its heading."""
    body = _HEADING.sub("", markdown).strip()
    return body or markdown.strip("# \n")


def _first(text: str) -> str:
    line = " ".join(text.partition("\n\n")[0].split())
    return line if len(line) <= LONGEST_SUMMARY else f"{line[: LONGEST_SUMMARY - 1]}…"
