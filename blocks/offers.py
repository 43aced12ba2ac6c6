"""An offer to open the form: where there was no trigger, or where somebody closed it half done."""

from blocks import ids
from blocks.elements import Message, actions, button, section
from blocks.texts import safe
from bot.domain.drafts import Draft

_PICK, _PICK_BUTTON = "Which job shall it be?", "Pick a job"
_MISSING, _MISSING_BUTTON = "{} needs a few more values.", "Fill in the form"
_REVIEW, _REVIEW_BUTTON = "{} is ready; have one look before it runs.", "Review and run"
_KEPT, _KEPT_BUTTON = "Your form for {} is kept as far as you submitted it.", "Continue"


def form_offer(draft: Draft, label: str, *, is_complete: bool) -> Message:
    """One button that opens the form where the draft stands; `label` is the job's, or empty."""
    pattern, press = (_REVIEW, _REVIEW_BUTTON) if is_complete else (_MISSING, _MISSING_BUTTON)
    if not label:
        pattern, press = _PICK, _PICK_BUTTON
    return _offer(draft, pattern, label, press)


def closed_offer(draft: Draft, label: str) -> Message:
    """Nothing ran, nothing is lost: the way back to a form that was closed."""
    return _offer(draft, _KEPT, label, _KEPT_BUTTON)


def _offer(draft: Draft, pattern: str, label: str, press: str) -> Message:
    name = safe(label, 150)
    resume = button(press, ids.RESUME, draft.id, style="primary")
    marked = section(pattern.format(f"*{name}*"))
    return Message(text=pattern.format(name), blocks=(marked, actions(resume)))
