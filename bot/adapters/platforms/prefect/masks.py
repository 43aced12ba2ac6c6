"""Values that nobody may see in what a run says; where they stand is a label of it at Prefect."""

import json
from typing import Any, cast

from bot.adapters.platforms.prefect.shapes import Run
from bot.adapters.platforms.veils import hidden_at, places_of, veiled
from bot.ports import StartOrder

SENSITIVE = "jobthread.sensitive"
"""The label with the places of sensitive parameters, as `["database.password", "token"]`."""


def label_of(order: StartOrder) -> str:
    """Where in the arguments sensitive values stand; empty when nowhere."""
    places = places_of(order.sensitive, order.values, order.arguments)
    return json.dumps(places, ensure_ascii=False) if places else ""


class Veil:
    """Covers the sensitive values of one run in whatever it says."""

    def __init__(self, run: Run) -> None:
        places = _places((run.labels or {}).get(SENSITIVE))
        self._hidden = hidden_at(places, run.parameters) if places else ()

    def over(self, text: str) -> str:
        return veiled(text, self._hidden) if self._hidden else text


def _places(label: object) -> tuple[str, ...]:
    try:
        said: Any = json.loads(label) if isinstance(label, str) else []
    except (ValueError, RecursionError):
        return ()
    return tuple(str(each) for each in cast("list[Any]", said)) if isinstance(said, list) else ()
