"""The one question about a reading that is not certain."""

from collections.abc import Mapping, Sequence

from bot.domain.wording import N_, _
from bot.language.alternatives import TWICE
from bot.language.guards import Guard

_DO_YOU_MEAN = N_("Do you mean `{job}`?")
_SENTENCES: Mapping[str, str] = {
    Guard.CONDITION: N_("I can't wait for conditions. Shall it run like this?"),
    Guard.QUESTION: N_("That was a question, so nothing was started. Shall it run like this?"),
    Guard.TOLD: N_("I am not sure that was a request. Shall it run like this?"),
    "time": N_(
        "I am not sure when it shall start: say it like `tomorrow 02:00` or `every day at 7`. "
        "Or shall it run like this?"
    ),
    "deadline": N_("That says until when, not when it shall start. Shall it run like this?"),
    "denied": N_("I am not sure what shall be left out. Shall it run like this?"),
}


def question_of(doubts: Sequence[str], job: str, *, offered: int) -> str:
    """What the first doubt asks about this job, of so many that are offered."""
    kind, _colon, what = doubts[0].partition(":")
    if offered > 1 and kind in {"job", "rival"}:
        return _("Which of these do you mean?")
    if kind == "left":
        said = _("I could not place `{what}` in `{job}`. Shall it run without?")
        return said.format(what=what[:40], job=job)
    if kind == TWICE:
        said = _("There is more than one value for `{what}` of `{job}`. Which one?")
        return said.format(what=what, job=job)
    if kind == "second":
        return _("One thing at a time: `{job}` or `{what}`?").format(job=job, what=what)
    return _(_SENTENCES.get(kind, _DO_YOU_MEAN)).format(job=job)
