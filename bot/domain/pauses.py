"""Pauses: a run that waits for a person, and what the person says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.parameters import Parameter, Value


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """What a run waits for. `key` names this pause among all of its run.

    With `parameters` it is a form. `choices` are what may be said beside (`Approve`, `Reject`), the
    first of them goes on; empty: going on is all there is. `until` is when the platform gives up
    waiting. `given` are the values that the form begins with. `elsewhere`: what it asks cannot be
    put into a form, or not be read, so that it is answered on the platform's own page alone.
    """

    key: str
    title: str = ""
    text: str = ""
    parameters: tuple[Parameter, ...] = ()
    choices: tuple[str, ...] = ()
    several: bool = False
    until: datetime | None = None
    given: Mapping[str, Value] = field(default_factory=dict[str, Value])
    elsewhere: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a person said to a pause: the values of its form as JSON, and what was chosen.

    `by` is the name of who said it, for the platform's own page.
    """

    pause: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    chosen: tuple[str, ...] = ()
    by: str = ""
