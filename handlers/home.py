"""The Home tab."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from blocks.home import home_view
from bot.domain.actors import Actor
from handlers.answering import take_up
from handlers.desk import Desk
from handlers.gestures import Gesture, read_gesture


def register(app: AsyncApp, desk: Desk) -> None:
    async def opened(body: dict[str, Any]) -> None:
        event: dict[str, Any] = body["event"]
        gesture = read_gesture(body)
        if event.get("tab") == "home":
            take_up(desk, gesture, _show)
        else:
            await desk.inbox.handled(gesture.key)

    app.event("app_home_opened")(opened)


async def refresh(desk: Desk, actor: Actor) -> None:
    """Publish a person's Home as it is now."""
    view = home_view(await desk.homes.of(actor))
    await desk.web.views_publish(user_id=actor.id.user, view=view)


async def _show(desk: Desk, _gesture: Gesture, actor: Actor) -> None:
    await refresh(desk, actor)
