"""Questions about the audit log: a few lines to the asker alone, or a table in their DM."""

import re
from zoneinfo import ZoneInfo

from blocks.audits import audit_listing, audit_not_read, audit_sent
from bot.domain.actors import Actor
from bot.domain.audit import AuditQuestion
from bot.services.inquiries import MOST_IN_FILE
from handlers.answering import answer
from handlers.desk import Desk
from handlers.gestures import Did, Gesture

_CALLING_US = re.compile(r"\s*<@[UW][A-Z0-9]+(?:\|[^>]*)?>[\s,:，：]*")


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
    text = gesture.text
    if gesture.did is Did.EVENT and not gesture.is_dm:
        text = _CALLING_US.sub("", text, count=1)
    return desk.audit_asked(text, desk.names.all(), desk.clock.now().astimezone(_zone(actor.tz)))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
