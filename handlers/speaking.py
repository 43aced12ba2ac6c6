"""What somebody said, by command, mention, message or a button that stands for words."""

from bot.domain.actors import Actor
from bot.domain.audit import AuditEntry
from bot.domain.parameters import VEIL
from handlers.aliases import alias_told
from handlers.desk import Desk
from handlers.gestures import Gesture
from handlers.guides import goes_on_told
from handlers.intents import fulfil
from handlers.meanings import meaning
from handlers.waits import question_told


async def spoken(desk: Desk, gesture: Gesture, actor: Actor, text: str) -> AuditEntry | None:
    """Carry out a text; what was only asked comes back as its audit row. Raises BotError."""
    if VEIL in gesture.text:
        await desk.requests.refuse_typed_secret(actor, gesture.key)
    asked = desk.alias_asked(text, desk.names.all())
    if asked is not None:
        return await alias_told(desk, gesture, actor, asked)
    if await question_told(desk, gesture, actor, text):
        return desk.questions.asked(actor, "status", subject="executions", request_id=gesture.key)
    intent = await meaning(desk, gesture, actor, text)
    if await goes_on_told(desk, gesture, actor, text, intent):
        return desk.questions.asked(actor, "unclear", subject="words", request_id=gesture.key)
    return await fulfil(desk, gesture, actor, intent)
