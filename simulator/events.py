"""The Events API over Socket Mode: subscribed events, redelivered while nobody acks them."""

import asyncio
import itertools
from dataclasses import dataclass, field

from simulator.clocks import Clock
from simulator.journal import Journal
from simulator.shapes import JsonObject
from simulator.sockets import Outcome, Sockets

REDELIVERY = (0.0, 60.0, 300.0)
SUBSCRIBED = frozenset(
    {
        "app_mention",
        "message.im",
        "app_home_opened",
        "member_joined_channel",
        "member_left_channel",
        "channel_archive",
        "channel_unarchive",
        "channel_rename",
        "channel_created",
        "reaction_added",
        "user_change",
        "team_join",
        "tokens_revoked",
        "app_uninstalled",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """An event under way: its whole event_callback payload and its first delivery."""

    payload: JsonObject
    delivery: asyncio.Task[Outcome]


@dataclass(slots=True, kw_only=True)
class Events:
    """Wraps events as Slack does and delivers them until acked or three retries have failed."""

    journal: Journal
    clock: Clock
    sockets: Sockets
    team_id: str
    app_id: str
    bot_user: str
    subscriptions: set[str] = field(default_factory=lambda: set(SUBSCRIBED))
    redelivery: tuple[float, ...] = REDELIVERY
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _under_way: set[asyncio.Task[Outcome]] = field(default_factory=set[asyncio.Task[Outcome]])

    def publish(self, subscription: str, event: JsonObject) -> Published | None:
        """Start delivering; None when the app has not subscribed to it."""
        if subscription not in self.subscriptions:
            return None
        payload = self._callback(event)
        self.journal.add("event", str(event.get("type", "")), {"event_id": payload["event_id"]})
        return self.send(payload)

    def send(self, payload: JsonObject) -> Published:
        """Deliver a whole event_callback payload as it is, with the same retries."""
        return Published(payload=payload, delivery=self._start(payload, attempt=0, reason=""))

    async def close(self) -> None:
        """Stop delivering; nothing is redelivered after this."""
        for task in list(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _callback(self, event: JsonObject) -> JsonObject:
        now = self.clock.now()
        authorization: JsonObject = {
            "enterprise_id": None,
            "team_id": self.team_id,
            "user_id": self.bot_user,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": "verification-token",
            "team_id": self.team_id,
            "context_team_id": self.team_id,
            "context_enterprise_id": None,
            "api_app_id": self.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{int(now):08X}{next(self._numbers):06X}",
            "event_time": int(now),
            "authorizations": [authorization],
            "is_ext_shared_channel": False,
            "event_context": f"4-{self.app_id}-{next(self._numbers)}",
        }

    def _start(self, payload: JsonObject, attempt: int, reason: str) -> asyncio.Task[Outcome]:
        task = asyncio.create_task(self._deliver(payload, attempt, reason))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def _deliver(self, payload: JsonObject, attempt: int, reason: str) -> Outcome:
        retry = (attempt, reason) if attempt else None
        outcome = await self.sockets.deliver(
            "events_api", payload, accepts_payload=False, retry=retry
        )
        if not outcome.acked:
            self._later(payload, attempt)
        return outcome

    def _later(self, payload: JsonObject, attempt: int) -> None:
        if attempt >= len(self.redelivery):
            self.journal.add("event", "given up", {"event_id": payload.get("event_id")})
            return
        self.clock.call_later(
            self.redelivery[attempt],
            lambda: self._redeliver(payload, attempt + 1),
        )

    def _redeliver(self, payload: JsonObject, attempt: int) -> None:
        self._start(payload, attempt, "timeout")
