"""What a gesture allows afterwards: trigger ids (3 s, once) and response URLs (30 min, 5 uses)."""

import itertools
import secrets
from dataclasses import dataclass

from simulator.clocks import Clock

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 1800.0
RESPONSE_USES = 5
KEPT = 20_000


@dataclass(slots=True, kw_only=True)
class Trigger:
    """What a trigger id stands for; `view_id` is the modal the gesture was made in."""

    id: str
    user: str
    view_id: str | None
    expires: float
    used: bool = False


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """Where one response URL writes: a channel, for a person, from a message when clicked."""

    token: str
    user: str
    channel: str
    expires: float
    message_ts: str | None = None
    thread_ts: str | None = None
    gesture: int = 0
    uses: int = 0


class TriggerRefused(Exception):
    """A trigger id was wrong, old, or used before; `str()` is Slack's error."""


class Triggers:
    """The trigger ids and response URLs handed out, the newest of them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}
        self._numbers = itertools.count(1)

    def issue(self, user: str, view_id: str | None = None) -> str:
        number = next(self._numbers)
        trigger_id = f"{number}.{int(self._clock.now())}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(
            id=trigger_id,
            user=user,
            view_id=view_id,
            expires=self._clock.now() + TRIGGER_SECONDS,
        )
        _trim(self._triggers)
        return trigger_id

    def check(self, trigger_id: str) -> Trigger:
        """Raises TriggerRefused with invalid_, expired_ or exchanged_trigger_id."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise TriggerRefused("invalid_trigger_id")
        if trigger.used:
            raise TriggerRefused("exchanged_trigger_id")
        if self._clock.now() > trigger.expires:
            raise TriggerRefused("expired_trigger_id")
        return trigger

    def response_url(
        self,
        *,
        user: str,
        channel: str,
        gesture: int,
        message_ts: str | None = None,
        thread_ts: str | None = None,
    ) -> ResponseUrl:
        url = ResponseUrl(
            token=f"{next(self._numbers)}{secrets.token_urlsafe(18)}",
            user=user,
            channel=channel,
            gesture=gesture,
            message_ts=message_ts,
            thread_ts=thread_ts,
            expires=self._clock.now() + RESPONSE_SECONDS,
        )
        self._urls[url.token] = url
        _trim(self._urls)
        return url

    def use_response(self, token: str) -> ResponseUrl:
        """Count one use; raises TriggerRefused with used_url or expired_url."""
        url = self._urls.get(token)
        if url is None or self._clock.now() > url.expires:
            raise TriggerRefused("expired_url")
        if url.uses >= RESPONSE_USES:
            raise TriggerRefused("used_url")
        url.uses += 1
        return url


def _trim(kept: dict[str, Trigger] | dict[str, ResponseUrl]) -> None:
    if len(kept) > KEPT:
        del kept[next(iter(kept))]
