"""The last step of the form: exactly what will run, where, as whom, and whose yes it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from blocks import ids
from blocks.elements import (
    FIELDS_LIMIT,
    Block,
    View,
    actions,
    button,
    context,
    fields,
    modal,
    section,
    words_input,
)
from blocks.forms import folds_some, pages
from blocks.states import Sign, marked
from blocks.texts import counted, duration, joined, one_line, prose, safe
from bot.domain.answers import Allowed, Answer, Denied, Need, NeedsApproval
from bot.domain.drafts import Draft
from bot.domain.jobs import Job, Risk
from bot.domain.parameters import Value, masked

_VALUE_COLUMNS = 300
_LONGEST_REASON = 500

_RUNS = "Runs *{}*{} on {}, as {}."
_RERUNS = "Runs *{}*{} again on {}, as {}."
_INTO = " → *{}*"
_AT_ONCE = "It starts at once; nobody needs to approve."
_NEEDS = "It starts after {} from {}."
_SOMEBODY = "somebody who may approve"
_BY_RULE = "Decided by {}."
_USUALLY = "Such runs take about {}."
_CHECK, _CHECK_TEXT = "Check once more", "this job is marked as one to look at twice."
_INFERRED = "{} (read from “{}”: please check)"
_NO_VALUES = "It takes no parameters."
_STEP = "Step {} of {}"
_WHY, _WHY_HINT = "Why?", "Stands on the card, for whoever approves or looks back."
_CONFIRM, _CONFIRM_HINT = "Confirm once more", "Type {} to confirm; the policy asks for it."
_REQUEST, _RUN, _CLOSE = "Request approval", "Run now", "Close"
_CHANGE, _MORE = "Change values", "More options"


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """Everything the review shows: `values` as resolved, and what policy answers.

    `more` is true once the optional parameters were asked for. `problems` are sentences about
    the draft as a whole; with any, or when policy says no, it can be looked at and not submitted.
    """

    job: Job
    draft: Draft
    values: Mapping[str, Value]
    answer: Answer
    requester_name: str
    usual: timedelta | None = None
    sandbox: str = ""
    more: bool = False
    problems: tuple[str, ...] = ()

    @property
    def may_be_submitted(self) -> bool:
        return not isinstance(self.answer, Denied) and not self.problems

    @property
    def confirm(self) -> str:
        """What has to be typed before it can be submitted; empty when nothing has."""
        is_due = not isinstance(self.answer, Denied) and self.answer.confirm
        return self.job.word_to_confirm(self.values) if is_due and self.may_be_submitted else ""


def review_view(review: Review, *, zone: str = "UTC") -> View:
    """Read by `read_form`; its submission runs the job or asks for approval."""
    job, draft = review.job, review.draft
    number = len(pages(job, draft.given, more=review.more, zone=zone))
    submit = _REQUEST if isinstance(review.answer, NeedsApproval) else _RUN
    return modal(
        callback=ids.REVIEW_VIEW,
        title=job.label,
        blocks=[
            *([context(_STEP.format(number + 1, number + 1))] if number else []),
            section(joined([_sentence(review), *_warnings(review)], "\n")),
            *_values(review),
            section(_who_approves(review.answer)),
            *_footnote(review),
            *([_reason_input(draft.reason)] if review.may_be_submitted else []),
            *([_confirm_input(review.confirm)] if review.confirm else []),
            *_steps(review, has_pages=number > 0, zone=zone),
        ],
        close=_CLOSE,
        submit=submit if review.may_be_submitted else "",
        metadata=ids.FormPlace(
            draft=draft.id, page=number, more=review.more, confirm=review.confirm
        ).encoded(),
        notify=True,
    )


def _sentence(review: Review) -> str:
    job = review.job
    environment = job.environment_of(review.values)
    pattern = _RERUNS if review.draft.rerun_of is not None else _RUNS
    return pattern.format(
        safe(job.label, 150),
        _INTO.format(safe(environment, 80)) if environment else "",
        safe(job.platform, 60),
        safe(review.requester_name, 80),
    )


def _warnings(review: Review) -> list[str]:
    risky = f"{marked(_CHECK, Sign.UNSURE)}: {_CHECK_TEXT}"
    return [
        risky if review.job.risk is Risk.CONFIRM else "",
        *(f"{Sign.UNSURE} {prose(problem, 300)}" for problem in review.problems[:5]),
    ]


def _values(review: Review) -> list[Block]:
    inferred = review.draft.inferred
    pairs = [
        (
            parameter.label,
            _flagged(
                masked(parameter, review.values[parameter.name]), inferred.get(parameter.name)
            ),
        )
        for parameter in review.job.parameters
        if parameter.name in review.values
    ]
    if not pairs:
        return [section(_NO_VALUES)]
    starts = range(0, min(len(pairs), 8 * FIELDS_LIMIT), FIELDS_LIMIT)
    return [fields(pairs[at : at + FIELDS_LIMIT], columns=_VALUE_COLUMNS) for at in starts]


def _flagged(text: str, words: str | None) -> str:
    return _INFERRED.format(text, words) if words else text


def _who_approves(answer: Answer) -> str:
    match answer:
        case Allowed():
            return _AT_ONCE
        case Denied():
            return joined([f"{Sign.REFUSED} {prose(answer.reason)}", _rule(answer.rule)], " ")
        case NeedsApproval():
            asked = [_asked(need) for need in answer.needs]
            return joined([f"{Sign.WAITING} {asked[0]}", *asked[1:]], "\n")
        case _:
            assert_never(answer)


def _asked(need: Need) -> str:
    who = safe(" or ".join(need.roles), 300) or _SOMEBODY
    return joined([_NEEDS.format(counted(need.count, "approval"), who), _rule(need.rule)], " ")


def _rule(rule: str) -> str:
    return _BY_RULE.format(safe(rule, 150)) if rule else ""


def _footnote(review: Review) -> list[Block]:
    usually = _USUALLY.format(duration(review.usual)) if review.usual else ""
    text = joined([usually, safe(review.sandbox, 200)])
    return [context(text)] if text else []


def _reason_input(reason: str) -> Block:
    return words_input(
        ids.REASON_BLOCK,
        ids.REASON,
        _WHY,
        _WHY_HINT,
        longest=_LONGEST_REASON,
        optional=True,
        initial=reason,
    )


def _confirm_input(word: str) -> Block:
    hint = _CONFIRM_HINT.format(one_line(word))
    return words_input(ids.CONFIRM_BLOCK, ids.CONFIRM, _CONFIRM, hint, longest=200)


def _steps(review: Review, *, has_pages: bool, zone: str) -> list[Block]:
    buttons = [button(_CHANGE, ids.BACK)] if has_pages else []
    if not review.more and folds_some(review.job, review.draft.given, zone=zone):
        buttons.append(button(_MORE, ids.MORE))
    return [{**actions(*buttons), "block_id": ids.STEPS_BLOCK}] if buttons else []
