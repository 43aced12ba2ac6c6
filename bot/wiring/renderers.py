"""What cards, lines and digests look like: the blocks, as delivery calls them."""

from blocks.answers import told
from blocks.approvals import approval_card
from blocks.cards import execution_card
from blocks.digests import digest_message
from blocks.elements import Message
from blocks.lines import end_note, thread_line
from blocks.pauses import pause_message
from blocks.schedules import schedule_note
from bot.ports import Rendered
from bot.services.delivery import Renderers


def renderers() -> Renderers:
    """Each renderer is a pure function of blocks."""

    def sent(message: Message) -> Rendered:
        return Rendered(text=message.text, blocks=message.blocks)

    return Renderers(
        card=lambda card: sent(execution_card(card)),
        approval=lambda card: sent(approval_card(card)),
        line=lambda kind, facts, execution: sent(thread_line(kind, facts, execution)),
        ended=lambda card: sent(end_note(card)),
        sentence=lambda sentence: sent(told(sentence)),
        pause=lambda card, wait: sent(pause_message(card, wait)),
        schedule=lambda kind, facts: sent(schedule_note(kind, facts)),
        digest=lambda digest, key: sent(digest_message(digest, key)),
    )
