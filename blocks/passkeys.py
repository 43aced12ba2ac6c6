"""Links to the page for passkeys, for the eyes of one person."""

from blocks import ids
from blocks.elements import Block, Message, View, actions, button, context, modal, section
from blocks.texts import safe
from bot.domain.passkeys import Purpose, StepUpLink
from bot.domain.wording import N_, _

_TITLES = {Purpose.APPROVE: N_("Confirm it is you"), Purpose.REGISTER: N_("Register a passkey")}
_BUTTONS = {Purpose.APPROVE: N_("Open and confirm"), Purpose.REGISTER: N_("Open and register")}
_APPROVE = N_(
    "#{execution} {target} takes a passkey: nothing was approved yet. Confirm on "
    "the page that opens."
)
_REGISTER = N_(
    "With a passkey you approve what a click is not enough for. It counts for what "
    "is asked for after it was registered."
)
_GOOD = N_("The link is for you alone, works once, and is over in ten minutes.")
_CLOSE = N_("Close")


def link_message(link: StepUpLink) -> Message:
    """To be shown to one person only."""
    return Message(text=_said(link), blocks=tuple(_blocks(link)))


def link_view(link: StepUpLink) -> View:
    """The same as a modal, over whatever was clicked."""
    title = _(_TITLES[link.purpose])
    return modal(callback=ids.NOTE_VIEW, title=title, blocks=_blocks(link), close=_(_CLOSE))


def _blocks(link: StepUpLink) -> list[Block]:
    opens = button(_(_BUTTONS[link.purpose]), ids.OPEN_LINK, style="primary")
    return [section(_said(link)), actions({**opens, "url": link.url}), context(_(_GOOD))]


def _said(link: StepUpLink) -> str:
    if link.purpose is Purpose.APPROVE:
        return _(_APPROVE).format(execution=link.execution, target=safe(link.target, 200))
    return _(_REGISTER)
