"""An offer to open the form, where there was no trigger to open it with."""

from blocks import ids
from blocks.elements import Message, actions, button, section
from blocks.texts import safe
from bot.domain.intents import RunJob

_PICK, _PICK_BUTTON = "Which job shall it be?", "Pick a job"
_MISSING, _MISSING_BUTTON = "*{}* needs a few more values.", "Fill in the form"
_REVIEW, _REVIEW_BUTTON = "*{}* is ready; have one look before it runs.", "Review and run"


def form_offer(run: RunJob, label: str, *, is_complete: bool) -> Message:
    """One button that opens the form with what was given so far."""
    pattern, press = (_REVIEW, _REVIEW_BUTTON) if is_complete else (_MISSING, _MISSING_BUTTON)
    if run.job is None:
        pattern, press = _PICK, _PICK_BUTTON
    text = pattern.format(safe(label, 150))
    value = ids.RunValue(job=run.job or "", given=run.given, reason=run.reason).encoded()
    start = button(press, ids.START, value, style="primary")
    return Message(text=text.replace("*", ""), blocks=(section(text), actions(start)))
