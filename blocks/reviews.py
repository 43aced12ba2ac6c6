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
    labelled,
    modal,
    moment_picker,
    section,
    words_input,
)
from blocks.forms import folds_some, pages
from blocks.recurrences import Recurrence, recurrence_blocks
from blocks.states import Sign, marked, sandbox
from blocks.texts import duration, joined, one_line, prose, safe, span
from bot.domain.answers import Allowed, Answer, Denied, Need, NeedsApproval
from bot.domain.drafts import Draft
from bot.domain.jobs import Job, Risk
from bot.domain.parameters import Parameter, Value, masked
from bot.domain.windows import Window
from bot.domain.wording import N_, _, ngettext, restated

_VALUE_COLUMNS = 300
_LONGEST_REASON = 500

_RUNS = N_("Runs *{job}*{where} on {platform}, as {who}.")
_RERUNS = N_("Runs *{job}*{where} again on {platform}, as {who}.")
_INTO = " → *{}*"
_AT_ONCE = N_("It starts at once; nobody needs to approve.")
_SOMEBODY = N_("somebody who may approve")
_BY_RULE = N_("Decided by {rule}.")
_USUALLY = N_("Such runs take about {span}.")
_CHECK, _CHECK_TEXT = N_("Check once more"), N_("this job is marked as one to look at twice.")
_INFERRED = N_("{text} (read from “{words}”: please check)")
_HEARD = N_("{text} (read from your words: please check)")
_GUESSED = N_("{text} (not in your words: please check)")
_UNDERSTOOD = N_("Understood by {reader}; check it.")
_NO_VALUES = N_("It takes no parameters.")
_STEP = N_("Step {step} of {steps}")
_WHY, _WHY_HINT = N_("Why?"), N_("Stands on the card, for whoever approves or looks back.")
_CONFIRM, _CONFIRM_HINT = (
    N_("Confirm once more"),
    N_("Type {word} to confirm; the policy asks for it."),
)
_SCHEDULES = N_("Schedules *{job}*{where} on {platform}, as {who}.")
_BY_ITSELF = N_("Each run starts by itself; nobody needs to approve.")
_AHEAD = N_("Each run is asked for up to 12 hours before its time, and starts then.")
_SCHEDULE, _START_THEN = N_("Schedule it"), N_("Schedule the start")
_BETWEEN = N_("Starts {span} ({zone}).")
_NOBODY_ASKED = N_("Nobody needs to approve.")
_WHEN = N_("When?")
_WHEN_HINT = N_("Left empty, it starts at once; else at this time, or at most {within} later.")
_REQUEST, _RUN, _CLOSE = N_("Request approval"), N_("Run now"), N_("Close")
_CHANGE, _MORE = N_("Change values"), N_("More options")


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """Everything the review shows: `values` as resolved, and what policy answers.

    `more` is true once the optional parameters were asked for. `problems` are sentences about
    the draft as a whole; with any, or when policy says no, it can be looked at and not submitted.
    With a `recurrence` it becomes a schedule; with a `window` it starts in that, and not at once.
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
    recurrence: Recurrence | None = None
    window: Window | None = None

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
    submit = _(_REQUEST) if isinstance(review.answer, NeedsApproval) else _(_RUN)
    is_later = review.window is not None and isinstance(review.answer, Allowed)
    submit = _(_START_THEN) if is_later else submit
    submit = _(_SCHEDULE) if review.recurrence is not None else submit
    return modal(
        callback=ids.SCHEDULE_VIEW if review.recurrence else ids.REVIEW_VIEW,
        title=job.label,
        blocks=[
            *([context(_(_STEP).format(step=number + 1, steps=number + 1))] if number else []),
            section(joined([_sentence(review), *_warnings(review)], "\n")),
            *_values(review),
            *(recurrence_blocks(review.recurrence, job.schedule) if review.recurrence else []),
            section(joined([*_starts(review, zone), _each_time(review)], "\n")),
            *_when_input(review),
            *_footnote(review),
            *([_reason_input(draft.reason)] if review.may_be_submitted else []),
            *([_confirm_input(review.confirm)] if review.confirm else []),
            *_steps(review, has_pages=number > 0, zone=zone),
        ],
        close=_(_CLOSE),
        submit=submit if review.may_be_submitted else "",
        metadata=ids.FormPlace(
            draft=draft.id, page=number, more=review.more, confirm=review.confirm
        ).encoded(),
        notify=True,
    )


def _starts(review: Review, zone: str) -> list[str]:
    window = review.window
    if window is None:
        return []
    said = span(window.start_at, window.until)
    return [_(_BETWEEN).format(span=said, zone=safe(zone, 60))]


def _when_input(review: Review) -> list[Block]:
    """Where a start is picked; a run that may not be submitted keeps it when it was asked for."""
    start = review.draft.start_at
    if review.recurrence is not None or not (review.may_be_submitted or start):
        return []
    element = moment_picker(ids.WHEN, start)
    hint = _(_WHEN_HINT).format(within=duration(review.job.start_within))
    asked = labelled(ids.WHEN_BLOCK, _(_WHEN), hint, element, optional=True)
    # Whether it may run, and whose yes that takes, is a matter of the time.
    return [{**asked, "dispatch_action": True}]


def _each_time(review: Review) -> str:
    if review.recurrence is None and review.window and isinstance(review.answer, Allowed):
        return _(_NOBODY_ASKED)
    if review.recurrence is None:
        return _who_approves(review.answer)
    if isinstance(review.answer, Allowed):
        return _(_BY_ITSELF)
    return joined([_who_approves(review.answer), _(_AHEAD)], "\n")


def _sentence(review: Review) -> str:
    job = review.job
    environment = job.environment_of(review.values)
    if review.recurrence is not None:
        pattern = _(_SCHEDULES)
    else:
        pattern = _(_RERUNS) if review.draft.rerun_of is not None else _(_RUNS)
    return pattern.format(
        job=safe(job.label, 150),
        where=_INTO.format(safe(environment, 80)) if environment else "",
        platform=safe(job.platform, 60),
        who=safe(review.requester_name, 80),
    )


def _warnings(review: Review) -> list[str]:
    reader = review.draft.reader
    risky = f"{marked(_(_CHECK), Sign.UNSURE)}: {_(_CHECK_TEXT)}"
    return [
        f"{Sign.UNSURE} {_(_UNDERSTOOD).format(reader=reader)}" if reader else "",
        risky if review.job.risk is Risk.CONFIRM else "",
        *(f"{Sign.UNSURE} {prose(problem, 300)}" for problem in review.problems[:5]),
    ]


def _values(review: Review) -> list[Block]:
    inferred = review.draft.inferred
    pairs = [
        (
            each.label,
            _flagged(each, masked(each, review.values[each.name]), inferred.get(each.name)),
        )
        for each in review.job.parameters
        if each.name in review.values
    ]
    if not pairs:
        return [section(_(_NO_VALUES))]
    starts = range(0, min(len(pairs), 8 * FIELDS_LIMIT), FIELDS_LIMIT)
    return [fields(pairs[at : at + FIELDS_LIMIT], columns=_VALUE_COLUMNS) for at in starts]


def _flagged(parameter: Parameter, text: str, words: str | None) -> str:
    """The value with what it was read from, unless those words hold what nobody may see."""
    if words is None:
        return text
    heard = _HEARD if parameter.is_masked else _INFERRED
    return _(heard if words else _GUESSED).format(text=text, words=words)


def _who_approves(answer: Answer) -> str:
    match answer:
        case Allowed():
            return _(_AT_ONCE)
        case Denied():
            return joined([f"{Sign.REFUSED} {prose(answer.reason)}", _rule(answer.rule)], " ")
        case NeedsApproval():
            asked = [_asked(need) for need in answer.needs]
            return joined([f"{Sign.WAITING} {asked[0]}", *asked[1:]], "\n")
        case _:
            assert_never(answer)


def _asked(need: Need) -> str:
    who = safe(_(" or ").join(need.roles), 300) or _(_SOMEBODY)
    said = ngettext(
        "It starts after {count} approval from {who}.",
        "It starts after {count} approvals from {who}.",
        need.count,
    )
    return joined([said.format(count=need.count, who=who), _rule(need.rule)], " ")


def _rule(rule: str) -> str:
    return _(_BY_RULE).format(rule=safe(restated(rule), 150)) if rule else ""


def _footnote(review: Review) -> list[Block]:
    usually = _(_USUALLY).format(span=duration(review.usual)) if review.usual else ""
    text = joined([usually, safe(sandbox(review.sandbox), 200)])
    return [context(text)] if text else []


def _reason_input(reason: str) -> Block:
    return words_input(
        ids.REASON_BLOCK,
        ids.REASON,
        _(_WHY),
        _(_WHY_HINT),
        longest=_LONGEST_REASON,
        optional=True,
        initial=reason,
    )


def _confirm_input(word: str) -> Block:
    hint = _(_CONFIRM_HINT).format(word=one_line(word))
    return words_input(ids.CONFIRM_BLOCK, ids.CONFIRM, _(_CONFIRM), hint, longest=200)


def _steps(review: Review, *, has_pages: bool, zone: str) -> list[Block]:
    buttons = [button(_(_CHANGE), ids.BACK)] if has_pages else []
    if not review.more and folds_some(review.job, review.draft.given, zone=zone):
        buttons.append(button(_(_MORE), ids.MORE))
    return [{**actions(*buttons), "block_id": ids.STEPS_BLOCK}] if buttons else []
