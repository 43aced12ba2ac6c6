"""Questions about rights: a short card to the asker alone."""

from blocks.rights import explained, recorded
from bot.domain.actors import Actor
from bot.domain.audit import AuditEntry
from bot.domain.errors import Mistake
from bot.domain.intents import Clarify, RunJob
from bot.domain.rights import MayQuestion, RightsQuestion, WhyQuestion
from bot.domain.rules import Command
from bot.domain.surroundings import Surroundings
from bot.domain.wording import _
from bot.services.rights import Wanted
from handlers.answering import answer
from handlers.desk import Desk
from handlers.gestures import Gesture
from handlers.meanings import told

_ABOUT_NO_JOB = frozenset({Command.USE, Command.AUDIT, Command.ADMIN})
"""What may be asked about without a job."""


async def rights_told(desk: Desk, gesture: Gesture, actor: Actor) -> AuditEntry | None:
    """Answer what was asked about rights; None when the text asks for something else.

    Raises Mistake, Refused or UnknownName.
    """
    asked = _asked(desk, gesture)
    match asked:
        case None:
            return None
        case MayQuestion():
            wanted = _wanted(desk, gesture, actor, asked)
            message = explained(await desk.rights.can(actor, asked.user, wanted))
        case WhyQuestion():
            number = asked.execution
            if number is None and not gesture.is_in_thread:
                found = await desk.rights.last_refusal(actor)
            else:
                found = await desk.rights.why(actor, number, gesture.place)
            message = recorded(found)
    await answer(desk, gesture, message, privately=True)
    return desk.questions.asked(actor, "rights", subject="policy", request_id=gesture.key)


def _asked(desk: Desk, gesture: Gesture) -> RightsQuestion | None:
    return desk.rights_asked(gesture.words, desk.names.all())


def _wanted(desk: Desk, gesture: Gesture, actor: Actor, asked: MayQuestion) -> Wanted:
    """The job and the values that were named, read as those of a run would be."""
    channel = gesture.place.channel
    if not asked.words and asked.command in _ABOUT_NO_JOB:
        return Wanted(command=asked.command, given={}, channel=channel)
    read = desk.parse(f"run {asked.words}", desk.jobs(), Surroundings(now=desk.clock.now()))
    read = told(desk, actor, asked.words, read)
    if isinstance(read, Clarify) and read.candidates:
        read = read.candidates[0]
    if not isinstance(read, RunJob) or read.job is None:
        raise Mistake(
            _(
                "Name the job and its values, as in `can @ana run deploy env=prod`: I did not "
                "find one in `{words}`."
            ).format(words=asked.words[:80])
        )
    return Wanted(command=asked.command, job=read.job, given=read.given, channel=channel)
