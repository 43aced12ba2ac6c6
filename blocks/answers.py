"""Answers to what somebody did: refusals, mistakes, questions back, and faults of our own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from blocks import ids
from blocks.elements import Block, Message, View, actions, button, context, modal, section
from blocks.states import Sign, marked
from blocks.texts import code, cut, joined, moment, one_line, prose, safe
from bot.domain.errors import Refused
from bot.domain.intents import Clarify, RunJob, Unknown
from bot.domain.jobs import Job
from bot.domain.parameters import VEIL
from bot.domain.wording import N_, _, restated

_MOST_CHOICES = 3
_CHANNEL = re.compile(r"( ?<#[CG][A-Z0-9]{1,20}> ?)")
_LONGEST_WORDS = 2_000

_REFUSED, _WRONG, _FAULT, _TOO_LATE = (
    N_("Not allowed"),
    N_("Not quite"),
    N_("Something broke"),
    N_("Too late"),
)
_RULE = N_("Rule: {rule}")
_WHO_CAN = N_("Who can: {roles}.")
_OPENS = N_("It will be possible {when}.")
_ASK = N_("Ask {contact}.")
_ERROR_ID = N_("Error id {error_id}")
_FAULT_TEXT = N_("This is our fault, not yours.")
_NOT_DONE = N_("{doing} was not done.")
_RETRY, _LOOK_FIRST = N_("It is safe to try again."), N_("Look at its card before you try again.")
_TELL = N_("Tell {contact} the error id.")
_NOT_UNDERSTOOD = N_("I did not understand “{text}”.")
_SAY_HELP = N_("Say `help` for what I can do.")
_DID_YOU_MEAN = N_("Did you mean one of these?")
_ELSE, _HELP, _CLOSE = N_("Something else"), N_("Help"), N_("Close")


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """A nearest right thing: what its button says, and the words it stands for."""

    label: str
    words: str


def told(sentence: str) -> Message:
    """A sentence and nothing else; a channel it names by id is a link to that channel."""
    pieces = _CHANNEL.split(one_line(restated(sentence)))
    # Every second piece is a channel with the space around it, as the pattern has one group.
    said = (piece if at % 2 else prose(piece, 900) for at, piece in enumerate(pieces[:5]))
    text = "".join(said).strip() or "–"
    return Message(text=text, blocks=(section(text),))


def refused(error: Refused, *, contact: str = "", error_id: str = "") -> Message:
    """What was refused, who can, whom to ask, and the rule that decided."""
    roles = safe(", ".join(error.who_can), 300)
    text = joined(
        [
            f"{marked(_(_REFUSED), Sign.REFUSED)} · {prose(restated(str(error)))}",
            joined([_(_WHO_CAN).format(roles=roles) if roles else "", _whom(contact)], " "),
            _(_OPENS).format(when=moment(error.opens_at)) if error.opens_at else "",
        ],
        "\n",
    )
    footnote = joined(
        [_(_RULE).format(rule=safe(restated(error.rule), 200)) if error.rule else "", _id(error_id)]
    )
    return Message(
        text=prose(restated(str(error))) or _(_REFUSED), blocks=(section(text), *_small(footnote))
    )


def refusal_view(title: str, refusal: Message) -> View:
    """A refusal where a form would go on."""
    blocks = list(refusal.blocks)
    return modal(callback=ids.NOTE_VIEW, title=title, blocks=blocks, close=_(_CLOSE))


def mistaken(sentence: str, near: Sequence[Suggestion] = (), *, error_id: str = "") -> Message:
    """What is wrong, and the nearest right things as buttons."""
    text = f"{marked(_(_WRONG), Sign.UNSURE)} · {prose(sentence, 2_500)}"
    if near:
        text = f"{text} {_(_DID_YOU_MEAN)}"
    return Message(
        text=prose(sentence) or _(_WRONG),
        blocks=(section(text), *_suggested(near), *_small(_id(error_id))),
    )


def broken(
    error_id: str, *, doing: str = "", is_safe_to_retry: bool = True, contact: str = ""
) -> Message:
    """A fault of ours: what was not done, what is safe, and the id that finds the log line.

    `doing` names what was asked, as in "Cancelling #1042"; left empty, nothing is claimed.
    """
    parts = [
        f"{marked(_(_FAULT), Sign.FAILED)} · {_(_FAULT_TEXT)}",
        _(_NOT_DONE).format(doing=safe(doing, 200)) if doing and is_safe_to_retry else "",
        _(_RETRY) if is_safe_to_retry else _(_LOOK_FIRST),
        _(_TELL).format(contact=safe(contact, 120)) if contact else "",
    ]
    text = joined(parts, " ")
    aloud = joined([_(_FAULT), _id(error_id)], _(": "))
    return Message(text=aloud, blocks=(section(text), *_small(_id(error_id))))


def stale(sentence: str, *, error_id: str = "") -> Message:
    """Somebody or something was faster; the sentence says what is true now."""
    text = f"{marked(_(_TOO_LATE), Sign.UNSURE)} · {prose(sentence)}"
    return Message(
        text=prose(sentence) or _(_TOO_LATE), blocks=(section(text), *_small(_id(error_id)))
    )


def clarify(question: Clarify, jobs: Sequence[Job] = ()) -> Message:
    """One question, at most three complete readings as buttons, and a way out.

    Of `jobs` those that are asked about say which values nobody may see.
    """
    asked = prose(question.question) or _(_DID_YOU_MEAN)
    asked_about = {run.job for run in question.candidates}
    known = {job.name: job for job in jobs if job.name in asked_about}
    buttons = [
        button(_label(run, known.get(run.job or "")), ids.numbered(ids.START, number), _value(run))
        for number, run in enumerate(question.candidates[:_MOST_CHOICES])
    ]
    return Message(text=asked, blocks=(section(asked), actions(*buttons, _something_else())))


def not_understood(unknown: Unknown) -> Message:
    """What was said is not understood; the nearest commands or jobs are buttons."""
    near = [Suggestion(label=words, words=words) for words in unknown.near]
    said = _(_NOT_UNDERSTOOD).format(text=safe(unknown.text, 200))
    text = joined([said, _(_DID_YOU_MEAN) if near else _(_SAY_HELP)], " ")
    buttons = [*_says(near), button(_(_HELP), ids.numbered(ids.SAY, len(near)), "help")]
    return Message(text=said, blocks=(section(text), actions(*buttons, _something_else())))


def says(label: str, words: str, number: int = 0) -> Block:
    """A button that stands for words somebody could have typed."""
    return button(label, ids.numbered(ids.SAY, number), words)


def _suggested(near: Sequence[Suggestion]) -> list[Block]:
    return [actions(*_says(near), _something_else())] if near else []


def _says(near: Sequence[Suggestion]) -> list[Block]:
    """Words too long for a button are left out rather than cut into other words."""
    fitting = [each for each in near if 0 < len(each.words) <= _LONGEST_WORDS][:_MOST_CHOICES]
    return [says(each.label, each.words, number) for number, each in enumerate(fitting)]


def _something_else() -> Block:
    return button(_(_ELSE), ids.MENU)


def _label(run: RunJob, job: Job | None) -> str:
    given = " ".join(f"{name}={_shown(job, name, raw)}" for name, raw in run.given.items())
    return cut(one_line(f"{run.job or ''} {given}"), 75)


def _shown(job: Job | None, name: str, raw: str) -> str:
    parameter = job.called(name) if job is not None else None
    return VEIL if parameter is not None and parameter.is_masked else raw


def _value(run: RunJob) -> str:
    return ids.RunValue(
        job=run.job or "", given=run.given, reason=run.reason, at=run.at, until=run.until
    ).encoded()


def _whom(contact: str) -> str:
    return _(_ASK).format(contact=safe(contact, 120)) if contact else ""


def _id(error_id: str) -> str:
    return _(_ERROR_ID).format(error_id=code(error_id, 60)) if error_id else ""


def _small(text: str) -> list[Block]:
    return [context(text)] if text else []
