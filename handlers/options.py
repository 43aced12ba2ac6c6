"""Options asked for while somebody types: which job, and choices that a command or URL gives."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from blocks import forms, ids, inputs
from bot.domain.actors import Actor
from bot.domain.errors import BotError, PortError
from bot.domain.wording import speaking
from handlers.answering import attended
from handlers.desk import Desk
from handlers.forms import answers_of
from handlers.gestures import Gesture, read_gesture

log = structlog.get_logger(__name__)

ANSWER_WITHIN = 2.7
"""Seconds; Slack waits three for options."""


Offered = Callable[[Desk, Gesture], Awaitable[list[dict[str, Any]]]]


def register(app: AsyncApp, desk: Desk) -> None:
    _bind(app, desk, ids.PICK_JOB, _jobs)
    for action in (ids.CHOICE, ids.KEPT):
        _bind(app, desk, action, _choices)


def _bind(app: AsyncApp, desk: Desk, action: str, offered: Offered) -> None:
    async def suggest(ack: AsyncAck, body: dict[str, Any]) -> None:
        with speaking(""):
            options = await _in_time(desk, offered, read_gesture(body))
        await ack(options=options)

    app.options(ids.any_of(action))(suggest)


async def _jobs(desk: Desk, gesture: Gesture) -> list[dict[str, Any]]:
    actor = await attended(desk, gesture)
    jobs = forms.job_options(await desk.guides.jobs(actor, gesture.value))
    said = gesture.value.casefold().strip().removeprefix("/")
    short = [each for each in desk.guides.shortcuts(actor) if each.is_like(said)]
    return [*jobs, *forms.short_options(short)][: inputs.OPTIONS_LIMIT]


async def _choices(desk: Desk, gesture: Gesture) -> list[dict[str, Any]]:
    actor = await attended(desk, gesture)
    if gesture.view.get("callback_id") == ids.ANSWER_VIEW:
        return await _of_pause(desk, gesture, actor)
    draft = answers_of(gesture).draft
    found = await desk.drafts.choices(actor, draft, gesture.block, gesture.value)
    return inputs.choice_options(found)


async def _of_pause(desk: Desk, gesture: Gesture, actor: Actor) -> list[dict[str, Any]]:
    """What a run that waits offers for one of its fields."""
    value = ids.read_answer(gesture.view.get("private_metadata"))
    if value is None:
        return []
    asking = await desk.replies.asking(actor, value.execution, value.mark)
    typed = gesture.value.casefold().strip()
    offered = [
        choice
        for each in asking.wait.pause.parameters
        for choice in each.choices
        if each.name == gesture.block
        and typed in f"{choice.value} {choice.label} {' '.join(choice.aliases)}".casefold()
    ]
    return inputs.choice_options(offered)


async def _in_time(desk: Desk, offered: Offered, gesture: Gesture) -> list[dict[str, Any]]:
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            return await offered(desk, gesture)
    except (TimeoutError, BotError, PortError) as error:
        log.warning("no_options", action=gesture.action, block=gesture.block, error=repr(error))
        return []
