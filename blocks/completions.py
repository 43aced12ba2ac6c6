"""How a command that somebody began could go on, as buttons and as words to copy."""

from blocks import ids
from blocks.answers import says
from blocks.elements import Block, Message, actions, button, context, section
from blocks.texts import code, cut, joined, one_line
from bot.domain.completions import MOST_CONTINUATIONS, Completion, Continuation
from bot.domain.wording import N_, _

_GOES_ON = N_("{said} could go on like this:")
_MORE = N_("… and {count} more")
_FORMS = N_("A button opens the form; nothing runs before you look.")
_MOST_BUTTONS = 5


def completed(completion: Completion) -> Message:
    """The possible continuations, each as it would be said."""
    title = _(_GOES_ON).format(said=code(completion.said, 120))
    shown = completion.continuations[:MOST_CONTINUATIONS]
    left = len(completion.continuations) - len(shown)
    lines = [f"• {code(each.words, 200)}" for each in shown]
    more = _(_MORE).format(count=left) if left > 0 else ""
    buttons = [each for at, c in enumerate(shown) if (each := _button(c, at))][:_MOST_BUTTONS]
    blocks = [section(joined([title, *lines, more], "\n"))]
    if buttons:
        blocks.append(actions(*buttons))
    if any(each.run is not None for each in shown):
        blocks.append(context(_(_FORMS)))
    return Message(text=title, blocks=tuple(blocks))


def _button(continuation: Continuation, at: int) -> Block | None:
    label = cut(one_line(continuation.label), 75)
    if continuation.run is not None:
        run = continuation.run
        value = ids.RunValue(job=run.job or "", given=run.given).encoded()
        return button(label, ids.numbered(ids.START, at), value)
    return says(label, continuation.words, at) if continuation.says else None
