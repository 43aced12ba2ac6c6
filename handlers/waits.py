"""Words in the thread of a run that waits: they show what it asks, and answer nothing."""

from blocks.pauses import pause_message
from bot.domain.actors import Actor
from handlers.answering import answer
from handlers.desk import Desk
from handlers.gestures import Gesture

_GO_ON = frozenset({"continue", "resume", "answer", "继续", "继续吧", "回答", "答复"})
"""Said alone, whatever the sign behind it."""


async def question_told(desk: Desk, gesture: Gesture, actor: Actor, text: str) -> bool:
    """Show what the run of this thread waits for; false where nothing like that was said."""
    said = text.strip().strip("。.!！").strip().casefold()
    if said not in _GO_ON or not gesture.is_in_thread:
        return False
    seen = await desk.executions.in_thread(actor, gesture.place)
    wait = await desk.replies.in_thread(gesture.place) if seen is not None else None
    if wait is None:
        return False
    asking = await desk.replies.asking(actor, wait.execution, wait.mark)
    await answer(desk, gesture, pause_message(asking.card, asking.wait), privately=True)
    return True
