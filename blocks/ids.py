"""Every name by which Slack gives a gesture back to us, and what its value or metadata holds."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

VALUE_LIMIT = 2_000

# Buttons of cards; the value is a `ButtonValue`.
APPROVE = "approve"
REJECT = "reject"
DETAILS = "details"
LOGS = "logs"
CANCEL = "cancel"
RERUN = "rerun"
ROLLBACK = "rollback"

# Buttons of answers and menus; several may stand in one block, so they are numbered.
START = "start"
"""Opens the form of a job; the value is a `RunValue`."""
SAY = "say"
"""As if the person had typed the words in the value."""
RESUME = "resume"
"""Opens the form of a draft where it stands; the value is the draft's id."""
DIGEST = "digest"
"""Lists what a digest told of; the value is the digest's key."""
OPEN_LINK = "open_link"
"""Opens a page in the browser by itself; there is no value."""
MENU = "menu"
"""Opens the menu, as `/job` alone does; there is no value."""

BREAK_GLASS = "break_glass"
"""Asks why it cannot wait for approval; the value is a `ButtonValue`."""
REVIEWED = "reviewed"
"""Asks for the word that closes a review; the value is a `ButtonValue`."""

ANSWER = "answer"
"""Says to a run that waits what the button says; the value is an `AnswerValue`."""
ANSWER_FORM = "answer_form"
"""Opens what a run waits for; the value is an `AnswerValue`."""

AWAY = "away"
"""Asks who stands in and until when; the value may hold what was said already."""
END_AWAY = "away_end"
"""Ends a delegation early; the value is its number."""
STAND_IN = "stand_in"
BEGINS = "begins"
ENDS = "ends"

# Buttons of schedules; the value is a `ScheduleValue`.
SCHEDULE_PAUSE = "schedule_pause"
SCHEDULE_RESUME = "schedule_resume"
SCHEDULE_SKIP = "schedule_skip"
SCHEDULE_CANCEL = "schedule_cancel"
SCHEDULE_HAND_OVER = "schedule_hand_over"
SCHEDULE_ACCEPT = "schedule_accept"
SCHEDULE_DECLINE = "schedule_decline"

# Inputs and buttons of the form; the block_id of a parameter's input is the parameter's name.
PICK_JOB = "pick_job"
VALUE = "value"
CHOICE = "choice"
"""A select whose options are asked for while typing."""
KEPT = "kept"
"""An input (or a searched select) that hides what was given before and keeps it when empty."""
REASON = "reason"
WHEN = "when"
"""When a run shall start; used, the review is shown anew."""
CONFIRM = "confirm"
COMMENT = "comment"
MORE = "form_more"
BACK = "form_back"

# Views.
LOADING_VIEW = "form_loading"
PICK_VIEW = "form_pick"
PAGE_VIEW = "form_page"
REVIEW_VIEW = "form_review"
REJECT_VIEW = "reject_view"
DETAILS_VIEW = "details_view"
GLASS_VIEW = "glass_view"
REVIEWED_VIEW = "reviewed_view"
AWAY_VIEW = "away_view"
ANSWER_VIEW = "answer_view"
NOTE_VIEW = "note_view"
SCHEDULE_VIEW = "schedule_view"
HANDOVER_VIEW = "handover_view"
DIGEST_VIEW = "digest_view"

# Blocks of ours beside the parameters' inputs: a parameter's name holds no colon.
PICK_BLOCK = "form:pick"
REASON_BLOCK = "form:reason"
WHEN_BLOCK = "form:when"
CONFIRM_BLOCK = "form:confirm"
STEPS_BLOCK = "form:steps"
COMMENT_BLOCK = "reject:comment"
PICK_BLOCK_OF_PAUSE = "pause:choice"
WORD_BLOCK = "pause:comment"
PERSON_BLOCK, PERSON = "schedule:person", "person"


LONGEST_CONFIRM = 200
"""Characters of what has to be typed to confirm."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ButtonValue:
    """Which execution a button acts on; `digest` is what an approval says yes to.

    `confirm` is what has to be typed in the view that has this as its metadata.
    """

    execution: int
    digest: str = ""
    confirm: str = ""

    def encoded(self) -> str:
        said = {"e": self.execution, "d": self.digest}
        return _written({**said, "c": self.confirm} if self.confirm else said)


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerValue:
    """Which pause of which execution is answered; `pick` is the number of the choice, from 0."""

    execution: int
    mark: str
    pick: int | None = None

    def encoded(self) -> str:
        said = {"e": self.execution, "m": self.mark}
        return _written(said if self.pick is None else {**said, "n": self.pick})


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleValue:
    """Which schedule a button acts on, as it was when the button was shown."""

    schedule: int
    revision: int

    def encoded(self) -> str:
        return _written({"s": self.schedule, "v": self.revision})


@dataclass(frozen=True, kw_only=True, slots=True)
class RunValue:
    """A job to open the form of, with values to begin with; without a job it is picked first.

    It starts from `at` on, and before `until`, where that was said.
    """

    job: str = ""
    given: Mapping[str, str] = field(default_factory=dict[str, str])
    reason: str = ""
    at: datetime | None = None
    until: datetime | None = None

    def encoded(self) -> str:
        """Values too long for a button are left out: the form asks for them again."""
        given = dict(self.given)
        while len(text := self._with(given)) > VALUE_LIMIT and given:
            del given[max(given, key=lambda name: len(given[name]))]
        return text if len(text) <= VALUE_LIMIT else RunValue().encoded()

    def _with(self, given: Mapping[str, str]) -> str:
        times = {"a": self.at, "u": self.until}
        later = {name: each.isoformat() for name, each in times.items() if each is not None}
        return _written({"j": self.job, "g": given, "r": self.reason, **later})


@dataclass(frozen=True, kw_only=True, slots=True)
class FormPlace:
    """Where in a form somebody stands: a modal's private metadata.

    `page` counts from 0; `more` is true once the optional parameters were asked for; `confirm` is
    what has to be typed on the review, where that is due.
    """

    draft: str = ""
    page: int = 0
    more: bool = False
    confirm: str = ""

    def encoded(self) -> str:
        said = {"d": self.draft, "p": self.page, "m": self.more}
        return _written({**said, "c": self.confirm} if self.confirm else said)


def read_button(text: object) -> ButtonValue | None:
    """What a button of a card carries; None when it is broken or forged."""
    found = _read(text)
    execution, digest = found.get("e"), found.get("d", "")
    if not _is_count(execution, 2**63) or not isinstance(digest, str):
        return None
    if re.fullmatch(r"[0-9a-f]{0,64}", digest) is None:
        return None
    confirm = found.get("c", "")
    return ButtonValue(
        execution=cast("int", execution),
        digest=digest,
        confirm=confirm[:LONGEST_CONFIRM] if isinstance(confirm, str) else "",
    )


def read_answer(text: object) -> AnswerValue | None:
    """What a button or form of a pause carries; None when it is broken or forged."""
    found = _read(text)
    execution, mark, pick = found.get("e"), found.get("m"), found.get("n")
    if not _is_count(execution, 2**63) or not isinstance(mark, str):
        return None
    if re.fullmatch(r"[0-9a-f]{64}", mark) is None:
        return None
    if pick is not None and not _is_count(pick, 1_000):
        return None
    number = cast("int | None", pick)
    return AnswerValue(execution=cast("int", execution), mark=mark, pick=number)


def read_schedule(text: object) -> ScheduleValue | None:
    """What a button of a schedule carries; None when it is broken or forged."""
    found = _read(text)
    schedule, revision = found.get("s"), found.get("v")
    if not _is_count(schedule, 2**31) or not _is_count(revision, 2**31):
        return None
    return ScheduleValue(schedule=cast("int", schedule), revision=cast("int", revision))


def read_run(text: object) -> RunValue | None:
    """What a button that opens a form carries; None when it is broken or forged."""
    found = _read(text)
    job, given, reason = found.get("j"), found.get("g", {}), found.get("r", "")
    if not isinstance(job, str) or not isinstance(given, dict) or not isinstance(reason, str):
        return None
    pairs = cast("dict[str, object]", given)
    kept = {name: value for name, value in pairs.items() if isinstance(value, str)}
    at, until = _moment(found.get("a")), _moment(found.get("u"))
    if len(kept) != len(pairs) or (at is None) is not (found.get("a") is None):
        return None
    return RunValue(job=job, given=kept, reason=reason, at=at, until=until)


def _moment(text: object) -> datetime | None:
    """A moment with its zone; None for what is none."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def read_place(text: object) -> FormPlace:
    """Where in a form a view stands; a broken one has no draft, so that nothing is found for it."""
    found = _read(text)
    draft, page = found.get("d"), found.get("p", 0)
    if not isinstance(draft, str) or re.fullmatch(r"[\w.-]{1,80}", draft) is None:
        return FormPlace()
    if not _is_count(page, 1_000):
        return FormPlace()
    confirm = found.get("c", "")
    return FormPlace(
        draft=draft,
        page=cast("int", page),
        more=found.get("m") is True,
        confirm=confirm[:LONGEST_CONFIRM] if isinstance(confirm, str) else "",
    )


def numbered(action: str, number: int) -> str:
    """`say:2`: action ids must differ within a block."""
    return f"{action}:{number}"


def any_of(action: str) -> re.Pattern[str]:
    """What a listener for a numbered action listens to."""
    return re.compile(rf"{re.escape(action)}(:\d{{1,3}})?\Z")


def _is_count(number: object, below: int) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < below


def _written(pairs: Mapping[str, object]) -> str:
    return json.dumps(pairs, ensure_ascii=False, separators=(",", ":"), default=str)


def _read(text: object) -> Mapping[str, object]:
    if not isinstance(text, str) or len(text) > VALUE_LIMIT:
        return {}
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}
