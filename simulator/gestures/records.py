"""One act of a person and what came of it."""

import itertools
from dataclasses import dataclass, field

from simulator.messages import Message
from simulator.shapes import JsonObject
from simulator.sockets import Outcome
from simulator.views import View


class Acknowledgement:
    """Whether the app acked in time: true or false as it stands, and awaitable by calling it."""

    __slots__ = ("_value",)

    def __init__(self, value: bool) -> None:
        self._value = value

    def __bool__(self) -> bool:
        return self._value

    def __eq__(self, other: object) -> bool:
        return bool(self) == other

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return repr(self._value)

    async def __call__(self) -> bool:
        """The same; gestures are handed out after their ack or its deadline."""
        return self._value


@dataclass(slots=True, kw_only=True, eq=False)
class Gesture:
    """What a person did, and what the app answered.

    `ack` is the payload of the ack, `latency` its age in seconds, `error` what Slack would show
    ("dispatch_failed", "operation_timeout" or None), `errors` a modal's errors by block_id,
    `view` the modal on top after it, `message` what was posted, and `responses` grows: the
    messages answering it through its response_url, its ack, or as ephemerals.
    """

    number: int
    user: str
    channel: str = ""
    type: str = ""
    payload: JsonObject = field(default_factory=dict[str, object])
    envelope_id: str = ""
    ack: JsonObject | None = None
    acked: Acknowledgement = field(default_factory=lambda: Acknowledgement(False))
    latency: float | None = None
    error: str | None = None
    errors: dict[str, str] = field(default_factory=dict[str, str])
    view: View | None = None
    message: Message | None = None
    responses: list[Message] = field(default_factory=list[Message])

    def settle(self, outcome: Outcome) -> None:
        self.envelope_id = outcome.envelope_id
        self.ack = outcome.payload
        self.acked = Acknowledgement(outcome.acked)
        self.latency = outcome.latency
        self.error = outcome.error


GESTURES_KEPT = 20_000


class Gestures:
    """The newest gestures, found by number and, the last one, by person."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._by_number: dict[int, Gesture] = {}
        self._latest: dict[str, Gesture] = {}

    def begin(self, user: str, channel: str = "") -> Gesture:
        gesture = Gesture(number=next(self._numbers), user=user, channel=channel)
        self._by_number[gesture.number] = gesture
        self._latest[user] = gesture
        if len(self._by_number) > GESTURES_KEPT:
            del self._by_number[next(iter(self._by_number))]
        return gesture

    def answered(self, number: int, message: Message) -> None:
        """Note a message that answers the gesture of that number."""
        if (gesture := self._by_number.get(number)) is not None:
            gesture.responses.append(message)

    def answered_by_ephemeral(self, message: Message) -> None:
        """Note an ephemeral message with the last gesture of its viewer in that channel."""
        gesture = self._latest.get(message.ephemeral_to)
        if gesture is not None and gesture.channel in {"", message.channel}:
            gesture.responses.append(message)
