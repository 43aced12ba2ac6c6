"""One's own aliases: made, listed and removed, with an answer to whoever asked alone."""

from blocks.aliases import alias_list, alias_made, alias_removed
from bot.domain.actors import Actor
from bot.domain.aliases import AliasQuestion, DropAlias, ListAliases, MakeAlias
from bot.domain.audit import AuditEntry
from bot.domain.surroundings import Surroundings
from handlers.answering import answer
from handlers.desk import Desk
from handlers.gestures import Gesture
from handlers.meanings import here


async def alias_told(
    desk: Desk, gesture: Gesture, actor: Actor, asked: AliasQuestion
) -> AuditEntry | None:
    """Do what was asked of the actor's own; a mere question comes back as its audit row.

    Raises Mistake or Refused.
    """
    audit = None
    match asked:
        case MakeAlias():
            around = Surroundings(now=here(desk, actor))
            meant = desk.short(asked.words) or desk.parse(asked.words, desk.jobs(), around)
            message = alias_made(await desk.aliases.make(actor, asked, meant))
        case DropAlias(name=name):
            message = alias_removed(name, is_gone=await desk.aliases.remove(actor, name))
        case ListAliases():
            own = await desk.aliases.of(actor)
            hidden = [each.name for each in own if desk.aliases.hidden(each)]
            message = alias_list(own, hidden)
            audit = desk.questions.asked(
                actor, "aliases", subject="aliases", request_id=gesture.key
            )
    await answer(desk, gesture, message, privately=True)
    return audit
