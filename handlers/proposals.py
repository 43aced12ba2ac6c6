"""Words that the ladder is unsure of, put to the model after the ack, with a word meanwhile."""

import asyncio
import re

from blocks import answers
from bot.domain.actors import Actor
from bot.domain.intents import Clarify, Intent, Unknown
from bot.domain.wording import N_, _
from bot.services.proposals import Said
from handlers.answering import answer
from handlers.desk import Desk
from handlers.gestures import Did, Gesture
from handlers.meanings import here
from handlers.threads import left_open, place_of_answers

PATIENCE = 2.0
"""Seconds after which somebody who sees nothing is told that they are heard."""

_WAIT = N_("One moment: I am asking Claude what that means.")
_CALLING_US = re.compile(r"\s*<@[UW][A-Z0-9]+(?:\|[^>]*)?>[\s,:，：]*")


async def better(desk: Desk, gesture: Gesture, actor: Actor, intent: Intent) -> Intent:
    """What the model proposes for unclear words; the same intent for all others."""
    if not isinstance(intent, Clarify | Unknown) or gesture.did not in {Did.COMMAND, Did.EVENT}:
        return intent
    text = gesture.text
    if gesture.did is Did.EVENT and not gesture.is_dm:
        text = _CALLING_US.sub("", text, count=1)
    said = Said(text=text, intent=intent, place=gesture.place, now=here(desk, actor))
    if not desk.proposals.are_possible(said):
        return intent
    waiting = asyncio.create_task(_told_to_wait(desk, gesture))
    try:
        found = await desk.proposals.better(actor, said)
    finally:
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    left, place = left_open(found, desk.jobs()), place_of_answers(gesture)
    if found is not intent and left is not None and place is not None:
        await desk.follow_ups.ask(place, gesture.person, left)
    return found


async def _told_to_wait(desk: Desk, gesture: Gesture) -> None:
    await asyncio.sleep(PATIENCE)
    await answer(desk, gesture, answers.told(_(_WAIT)), privately=True)
