"""The form that asks for what is missing: its pages, its views, and reading what came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from blocks import ids
from blocks.elements import Block, View, actions, button, context, modal, pairs, plain, section
from blocks.inputs import OPTIONS_LIMIT, fits_an_option, input_block, option, read_input
from blocks.texts import code, prose, safe
from bot.domain.drafts import Draft
from bot.domain.jobs import Job
from bot.domain.parameters import Parameter, Raw, applies
from bot.domain.readings import Reading, read_all
from bot.domain.shortcuts import ShortForm
from bot.domain.wording import N_, _

INPUTS_A_PAGE = 7
_LONGEST_MOMENT = 10
"""Digits of the seconds that Slack's picker can give."""

_RUN_A_JOB, _NEXT, _CLOSE, _BACK, _MORE = (
    N_("Run a job"),
    N_("Next"),
    N_("Close"),
    N_("Back"),
    N_("More options"),
)
_OPENING = N_("Opening the form …")
_WHICH_JOB = N_("Which job?")
_TYPE_A_NAME = N_("Type a name or a word")
_STEP = N_("Step {step} of {steps}")
_OPTIONAL_STEP = N_("Step {step} of {steps} · all optional")
_NEEDED = N_("This is needed.")
_ERROR_ID = N_("Error id {error_id}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """The parameters asked for at once; on an `optional` page nothing must be filled in."""

    parameters: tuple[Parameter, ...]
    optional: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FormAnswers:
    """What a view of the form held when it was submitted, or when something in it was used.

    `draft` is empty when the view is not one of ours. `values` are raw; None means emptied.
    `shown` are the parameters that stood on the page. `job` is the one picked, `action` the
    button or input that was used (empty for a submission). `confirm` had to be typed, `confirmed`
    is what was. `start_at` is the start that was picked; `at_once`: it could be, and was not.
    """

    draft: str
    page: int = 0
    more: bool = False
    values: dict[str, Raw] = field(default_factory=dict[str, Raw])
    shown: frozenset[str] = frozenset()
    job: str = ""
    reason: str = ""
    confirm: str = ""
    confirmed: str = ""
    start_at: datetime | None = None
    at_once: bool = False
    action: str = ""

    @property
    def place(self) -> ids.FormPlace:
        return ids.FormPlace(draft=self.draft, page=self.page, more=self.more)


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """A submitted page: `errors` by block_id for its fields, or the `place` that comes next."""

    errors: Mapping[str, str]
    place: ids.FormPlace


def pages(
    job: Job, given: Mapping[str, Raw], *, more: bool = False, zone: str = "UTC"
) -> tuple[Page, ...]:
    """Required parameters first, in the catalogue's order; optional ones when `more` is asked for.

    A job without required parameters shows the optional ones at once. Parameters that do not
    matter with the values given are left out.
    """
    values = read_all(job.parameters, given, zone=zone).values
    asked = [parameter for parameter in job.parameters if applies(parameter, values)]
    first = [parameter for parameter in asked if _comes_first(job, parameter)]
    folded = [parameter for parameter in asked if parameter not in first]
    return (
        *_chunks(first, optional=False),
        *(_chunks(folded, optional=True) if more or not first else ()),
    )


def folds_some(job: Job, given: Mapping[str, Raw], *, zone: str = "UTC") -> bool:
    """True when optional parameters wait behind `More options`."""
    return len(pages(job, given, zone=zone)) < len(pages(job, given, more=True, zone=zone))


def loading_view(title: str = "") -> View:
    """Opens at once, because a trigger lives three seconds; it is replaced by `views.update`."""
    blocks = [section(_(_OPENING))]
    return modal(
        callback=ids.LOADING_VIEW, title=title or _(_RUN_A_JOB), blocks=blocks, close=_(_CLOSE)
    )


def note_view(title: str, sentence: str, *, error_id: str = "") -> View:
    """A view that only says something, where a form could not go on."""
    blocks = [section(prose(sentence, 2_000) or "–")]
    if error_id:
        blocks.append(context(_(_ERROR_ID).format(error_id=code(error_id, 60))))
    return modal(
        callback=ids.NOTE_VIEW, title=title or _(_RUN_A_JOB), blocks=blocks, close=_(_CLOSE)
    )


def pick_view(draft: str, *, problem: str = "") -> View:
    """Asks which job; its options come from `job_options` while somebody types."""
    select: Block = {
        "type": "external_select",
        "action_id": ids.PICK_JOB,
        "min_query_length": 0,
        "placeholder": plain(_(_TYPE_A_NAME), 150),
    }
    block: Block = {
        "type": "input",
        "block_id": ids.PICK_BLOCK,
        "label": plain(_(_WHICH_JOB)),
        "element": select,
    }
    return modal(
        callback=ids.PICK_VIEW,
        title=_(_RUN_A_JOB),
        blocks=[*([section(prose(problem))] if problem else []), block],
        close=_(_CLOSE),
        submit=_(_NEXT),
        metadata=ids.FormPlace(draft=draft).encoded(),
    )


def job_options(jobs: Sequence[Job]) -> list[Block]:
    """Jobs as options of the picker, in the order given."""
    return [
        option(job.name, job.label, job.description) for job in jobs if fits_an_option(job.name)
    ][:OPTIONS_LIMIT]


def short_options(shortcuts: Sequence[ShortForm]) -> list[Block]:
    """Shortcuts as options of the picker; `/` tells them from jobs."""
    return [option(f"/{each.name}", each.usage, each.title) for each in shortcuts]


def picked_shortcut(job: str) -> str:
    """The name of the shortcut that was picked; empty for a job."""
    return job.removeprefix("/") if job.startswith("/") else ""


def page_view(
    job: Job,
    draft: Draft,
    place: ids.FormPlace,
    *,
    problems: Mapping[str, str] | None = None,
    last: Mapping[str, str] | None = None,
    zone: str = "UTC",
) -> View:
    """One page of a job's parameters, filled with the draft's values.

    `problems` maps a parameter's name to the sentence shown under its input, `last` to what the
    asker gave the last time.
    """
    every = pages(job, draft.given, more=place.more, zone=zone)
    number = max(0, min(place.page, len(every) - 1))
    page = every[number] if every else Page(parameters=())
    depended_on = {p.when.parameter for p in job.parameters if p.when is not None}
    inputs = [
        input_block(
            parameter,
            given_for(parameter, draft.given),
            problem=(problems or {}).get(parameter.name, ""),
            inferred=draft.inferred.get(parameter.name),
            last=(last or {}).get(parameter.name, ""),
            dispatch=parameter.name in depended_on,
            zone=zone,
        )
        for parameter in page.parameters
    ]
    step = (_(_OPTIONAL_STEP) if page.optional else _(_STEP)).format(
        step=number + 1, steps=len(every) + 1
    )
    about = safe(job.description, 600) if number == 0 else ""
    is_last = number == len(every) - 1
    return modal(
        callback=ids.PAGE_VIEW,
        title=job.label,
        blocks=[
            context(step),
            *([section(about)] if about else []),
            *inputs,
            *_steps(job, draft, place, number, zone, is_last),
        ],
        close=_(_CLOSE),
        submit=_(_NEXT),
        metadata=ids.FormPlace(draft=draft.id, page=number, more=place.more).encoded(),
        notify=True,
    )


def read_form(state: object, metadata: object, pressed: str = "") -> FormAnswers:
    """What a view of the form holds, from `view["state"]["values"]` and its private metadata.

    Never raises: what is not as we built it is left out. `pressed` is the action_id of a button
    or input that was used, empty for a submission.
    """
    place = ids.read_place(metadata)
    values: dict[str, Raw] = {}
    shown: set[str] = set()
    own: dict[str, str] = {}
    for block, action, element in _elements(state):
        raw = read_input(element)
        if ":" in block:
            own[block] = raw if isinstance(raw, str) else ""
            continue
        shown.add(block)
        if raw is not None or action != ids.KEPT:
            values[block] = raw
    return FormAnswers(
        draft=place.draft,
        page=place.page,
        more=place.more,
        values=values,
        shown=frozenset(shown),
        job=own.get(ids.PICK_BLOCK, ""),
        reason=own.get(ids.REASON_BLOCK, ""),
        confirm=place.confirm,
        confirmed=own.get(ids.CONFIRM_BLOCK, ""),
        start_at=_picked_start(own.get(ids.WHEN_BLOCK, "")),
        at_once=own.get(ids.WHEN_BLOCK) == "",
        action=pressed,
    )


def check_page(
    job: Job,
    given: Mapping[str, Raw],
    answers: FormAnswers,
    *,
    reading: Reading | None = None,
    zone: str = "UTC",
) -> Checked:
    """Whether a submitted page holds, with `given` the draft's values including this page's.

    `reading` is what became of `given` where more was checked than can be seen here. The next
    place has the number of pages as its page when the review comes next; it is the same page
    again when an answer brought up a parameter that was not on it.
    """
    reading = reading or read_all(job.parameters, given, zone=zone)
    errors = field_errors(_wrong(reading), answers.shown)
    every = pages(job, given, more=answers.more, zone=zone)
    here = every[answers.page].parameters if answers.page < len(every) else ()
    stays = bool(errors) or any(
        p.name in reading.missing and p.name not in answers.shown for p in here
    )
    page = answers.page if stays else min(answers.page + 1, len(every))
    return Checked(
        errors=errors, place=ids.FormPlace(draft=answers.draft, page=page, more=answers.more)
    )


def first_place(
    job: Job, draft: Draft, *, zone: str = "UTC", reading: Reading | None = None
) -> ids.FormPlace:
    """Where a draft goes on: the first page with something missing or wrong, else the review."""
    reading = reading or read_all(job.parameters, draft.given, zone=zone)
    wrong = set(_wrong(reading)) & {parameter.name for parameter in job.parameters}
    front = pages(job, draft.given, zone=zone)
    more = bool(wrong - {p.name for page in front for p in page.parameters})
    every = pages(job, draft.given, more=more, zone=zone)
    for number, page in enumerate(every):
        if wrong & {parameter.name for parameter in page.parameters}:
            return ids.FormPlace(draft=draft.id, page=number, more=more)
    return ids.FormPlace(draft=draft.id, page=len(every))


def field_errors(problems: Mapping[str, str], shown: frozenset[str]) -> dict[str, str]:
    """Problems by block_id, as `response_action: errors` wants them, for fields on the page."""
    return {name: sentence for name, sentence in problems.items() if name in shown}


def given_for(parameter: Parameter, given: Mapping[str, Raw]) -> Raw:
    """What was given for a parameter under its name, or else an alias."""
    names = parameter.names
    return next((given[name] for name in names if name in given), None)


def _picked_start(seconds: str) -> datetime | None:
    """From the seconds that a picker gives; None for anything else."""
    is_moment = seconds.isascii() and seconds.isdigit() and len(seconds) <= _LONGEST_MOMENT
    return datetime.fromtimestamp(int(seconds), UTC) if is_moment else None


def _wrong(reading: Reading) -> dict[str, str]:
    return {**dict.fromkeys(reading.missing, _(_NEEDED)), **reading.problems}


def _comes_first(job: Job, parameter: Parameter) -> bool:
    """Required, and not hanging on an optional parameter that may never be asked for."""
    seen: set[str] = set()
    current: Parameter | None = parameter
    while current is not None and current.required and current.name not in seen:
        if current.when is None:
            return True
        seen.add(current.name)
        current = job.parameter(current.when.parameter)
    return False


def _chunks(parameters: Sequence[Parameter], *, optional: bool) -> tuple[Page, ...]:
    starts = range(0, len(parameters), INPUTS_A_PAGE)
    return tuple(
        Page(parameters=tuple(parameters[at : at + INPUTS_A_PAGE]), optional=optional)
        for at in starts
    )


def _steps(
    job: Job, draft: Draft, place: ids.FormPlace, number: int, zone: str, is_last: bool
) -> list[Block]:
    buttons = [button(_(_BACK), ids.BACK)] if number > 0 else []
    if is_last and not place.more and folds_some(job, draft.given, zone=zone):
        buttons.append(button(_(_MORE), ids.MORE))
    return [{**actions(*buttons), "block_id": ids.STEPS_BLOCK}] if buttons else []


def _elements(state: object) -> list[tuple[str, str, Mapping[str, object]]]:
    return [
        (block, action, cast("dict[str, object]", element))
        for block, held in pairs(state)
        for action, element in pairs(held)
        if isinstance(element, dict)
    ]
