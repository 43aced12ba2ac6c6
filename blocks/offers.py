"""An offer to open the form: where there was no trigger, or where somebody closed it half done."""

from blocks import ids
from blocks.elements import Message, actions, button, section
from blocks.texts import safe
from bot.domain.drafts import Draft
from bot.domain.executions import Execution
from bot.domain.wording import N_, _

_PICK, _PICK_BUTTON = N_("Which job shall it be?"), N_("Pick a job")
_MISSING, _MISSING_BUTTON = N_("{job} needs a few more values."), N_("Fill in the form")
_REVIEW, _REVIEW_BUTTON = N_("{job} is ready; have one look before it runs."), N_("Review and run")
_UNDERSTOOD = N_("Understood by {reader}; check it.")
_USED = N_("{what} came of this form already; it starts nothing more.")
_RERUN = N_("Rerun")
_KEPT, _KEPT_BUTTON = N_("Your form for {job} is kept as far as you submitted it."), N_("Continue")


def form_offer(draft: Draft, label: str, *, is_complete: bool) -> Message:
    """One button that opens the form where the draft stands; `label` is the job's, or empty."""
    pattern, press = (
        (_(_REVIEW), _(_REVIEW_BUTTON)) if is_complete else (_(_MISSING), _(_MISSING_BUTTON))
    )
    if not label:
        pattern, press = _(_PICK), _(_PICK_BUTTON)
    if draft.reader:
        understood = _(_UNDERSTOOD).format(reader=draft.reader)
        pattern = f"{pattern} {understood}"
    return _offer(draft, pattern, label, press)


def closed_offer(draft: Draft, label: str) -> Message:
    """Nothing ran, nothing is lost: the way back to a form that was closed."""
    return _offer(draft, _(_KEPT), label, _(_KEPT_BUTTON))


def used_offer(execution: Execution) -> Message:
    """A form that was submitted before starts nothing; another run begins from its values."""
    what = f"#{execution.id} {execution.target}"
    again = button(_(_RERUN), ids.RERUN, ids.ButtonValue(execution=execution.id).encoded())
    sentence = _(_USED).format(what=safe(what, 200))
    return Message(text=sentence, blocks=(section(sentence), actions(again)))


def _offer(draft: Draft, pattern: str, label: str, press: str) -> Message:
    name = safe(label, 150)
    resume = button(press, ids.RESUME, draft.id, style="primary")
    marked = section(pattern.format(job=f"*{name}*"))
    return Message(text=pattern.format(job=name), blocks=(marked, actions(resume)))
