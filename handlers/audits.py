"""Questions about the audit log: a few lines to the asker alone, or a table in their DM."""

from blocks.audits import audit_listing, audit_not_read, audit_sent
from bot.domain.actors import Actor
from bot.domain.audit import AuditQuestion
from bot.services.inquiries import MOST_IN_FILE
from handlers.answering import answer
from handlers.desk import Desk
from handlers.gestures import Gesture


async def audit_told(desk: Desk, gesture: Gesture, actor: Actor) -> bool:
    """Answer what was asked of the audit log; false when the text asks for something else.

    Raises Refused.
    """
    asked = _asked(desk, gesture, actor)
    if asked is None:
        return False
    channel = gesture.place.channel
    if asked.unread:
        message = audit_not_read(asked.unread)
    elif asked.as_file:
        message = audit_sent(await desk.inquiries.sent(actor, asked, channel), MOST_IN_FILE)
    else:
        message = audit_listing(await desk.inquiries.listed(actor, asked, channel), asked)
    await answer(desk, gesture, message, privately=True)
    return True


def _asked(desk: Desk, gesture: Gesture, actor: Actor) -> AuditQuestion | None:
    now = desk.clock.now().astimezone(actor.zone)
    return desk.audit_asked(gesture.words, desk.names.all(), now)
