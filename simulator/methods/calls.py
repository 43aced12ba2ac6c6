"""One Web API call: its arguments, how it is refused, and what a method needs to be allowed."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.limits import Tier
from simulator.shapes import JsonObject, is_list, is_number, is_object
from simulator.teams import Team


class Refusal(Exception):
    """Slack's answer `ok: false`; `messages` go to response_metadata, `extra` beside the error."""

    def __init__(self, error: str, *messages: str, extra: JsonObject | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages
        self.extra = extra or {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A method with its arguments merged from query, form and body."""

    method: str
    args: JsonObject = field(default_factory=dict[str, object])

    def text(self, name: str) -> str:
        """The argument as text, empty when absent; numbers are accepted as Slack does."""
        value = self.args.get(name)
        if value is None or value == "":
            return ""
        if isinstance(value, str):
            return value
        if is_number(value):
            return str(value)
        raise Refusal("invalid_arguments", f"[ERROR] must provide a string [json-pointer:/{name}]")

    def required(self, name: str) -> str:
        if not (value := self.text(name)):
            raise Refusal("invalid_arguments", f"[ERROR] missing required field: {name}")
        return value

    def flag(self, name: str) -> bool:
        value = self.args.get(name)
        return value is True or str(value).lower() in {"true", "1"}

    def number(self, name: str, default: int) -> int:
        value = self.text(name)
        try:
            return int(value) if value else default
        except ValueError:
            raise Refusal("invalid_arguments", f"[ERROR] {name} must be an integer") from None

    def listed(self, name: str) -> list[str]:
        """A list given as an array, as JSON text, or as "A,B"."""
        value = self.args.get(name)
        if isinstance(value, str) and value.startswith("["):
            value = self.decoded(name, f"invalid_{name}")
        if is_list(value):
            return [str(item) for item in value]
        return [part.strip() for part in self.text(name).split(",") if part.strip()]

    def decoded(self, name: str, error: str) -> object:
        """A JSON argument, which arrives as text in queries and forms; `error` when it is none."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise Refusal(error) from None

    def objects(self, name: str, error: str) -> list[JsonObject] | None:
        """A JSON array of objects; None when the argument is absent."""
        value = self.decoded(name, error)
        if value is None:
            return None
        if not is_list(value) or not all(is_object(item) for item in value):
            raise Refusal(error)
        return value

    def object(self, name: str, error: str) -> JsonObject | None:
        value = self.decoded(name, error)
        if value is None:
            return None
        if not is_object(value):
            raise Refusal(error)
        return value


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """How one Web API method answers, which scope it needs (any of them), how often it may run."""

    run: Callable[[Team, Call], JsonObject]
    scopes: tuple[str, ...] = ()
    tier: Tier = Tier.THREE
    app_token: bool = False
    #: a token of neither kind may be given, as for auth.test
    any_token: bool = False
