"""Reading a text as one intent: exact commands first, near ones as questions, nothing guessed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import assert_never

from bot.domain.intents import (
    CancelRun,
    Clarify,
    Intent,
    ListJobs,
    OpenMenu,
    RerunJob,
    RunJob,
    ShowHelp,
    ShowHistory,
    ShowLogs,
    ShowStatus,
    Unknown,
)
from bot.domain.jobs import Job
from bot.domain.wording import _
from bot.language.courtesies import says_only_thanks, without_courtesies
from bot.language.heads import Head, head_of, misspelt_command
from bot.language.matching import nearest
from bot.language.names import Names, mentioned, named, names_of, said_of
from bot.language.normalising import cleaned, decoded, folded
from bot.language.references import line_count, reference_in
from bot.language.running import history_asked, near_jobs, run_found, run_job
from bot.language.tokens import Shape, Token, tokens_of
from bot.language.vocabulary import AGAIN, EVERYTHING, Verb, forbids
from bot.language.writing import format_intent

LONGEST = 10_000
"""Characters of a text that are read; a longer one is not a command."""

_OWN_COMMAND = "/job"


def parse(text: str, jobs: Sequence[Job], *, in_thread: bool = False) -> Intent:
    """The intent of a command, mention or direct message, without the mention of the bot itself.

    Never raises. Only what was said plainly becomes a `RunJob` that is `exact`; what was inferred
    is not `exact`, and what stays unclear is `Clarify` or `Unknown`. `in_thread`: the text was
    written in the thread of an execution, which "again" then means.
    """
    return parse_with(names_of(jobs), text, in_thread=in_thread)


def parse_with(names: Names, text: str, *, in_thread: bool = False) -> Intent:
    """As `parse`, with the names of a catalogue that were gathered before."""
    if len(text) > LONGEST:
        return Unknown(text=text[:LONGEST])
    said = cleaned(text)
    intent = _unwrapped(said, names, in_thread=in_thread)
    return replace(intent, text=said) if isinstance(intent, Unknown) else intent


def _unwrapped(said: str, names: Names, *, in_thread: bool) -> Intent:
    """Courtesies go only when the text is no command with them: they may be part of a name."""
    intent = _read(said, names, in_thread=in_thread)
    if not isinstance(intent, Clarify | Unknown | ListJobs | ShowHelp):
        return intent
    if says_only_thanks(said):
        return Unknown(text=said)
    request = without_courtesies(said)
    if not request.wrapped:
        return intent
    return _read(request.text, names, in_thread=in_thread) if request.text else ShowHelp()


def _read(text: str, names: Names, *, in_thread: bool) -> Intent:
    tokens = tokens_of(text)
    if tokens and folded(tokens[0].text) == _OWN_COMMAND:
        tokens = tokens[1:]
    if not tokens:
        return OpenMenu()
    if tokens[0].shape is Shape.PAIR and tokens[0].sign == ":":
        text, tokens = _without_colon(text, tokens, names)
    head = head_of(names, tokens)
    intent = (
        _unheaded(text, tokens, names, in_thread=in_thread)
        if head is None
        else _commanded(head, names, text, in_thread=in_thread)
    )
    is_question = any(token.asks for token in tokens) or text.endswith(("?", "？"))
    return _questioned(intent, text) if is_question else intent


def _without_colon(text: str, tokens: Sequence[Token], names: Names) -> tuple[str, Sequence[Token]]:
    """`deploy: app=api` begins with a name and not with a value."""
    first = tokens[0]
    if head_of(names, tokens_of(first.key)) is None:
        return text, tokens
    changed = f"{first.key} {text[first.value_at :]}"
    return changed, tokens_of(changed)


def _commanded(head: Head, names: Names, text: str, *, in_thread: bool) -> Intent:
    if not head.official and head.found is None and forbids(_bare_words(head.rest)):
        return Unknown(text=text)
    match head.verb:
        case Verb.RUN if head.found is not None:
            return history_asked(head.found) or run_found(head.found, text)
        case Verb.RUN:
            return run_job(names, head.rest, text)
        case Verb.LIST:
            search = _words(head.rest, text)
            is_everything = folded(search) in EVERYTHING and not _is_quoted(head.rest)
            return ListJobs(search="" if is_everything else search)
        case Verb.HELP:
            return ShowHelp(topic=_words(head.rest, text))
        case Verb.HISTORY:
            return _history(head, names, text)
        case Verb.STATUS | Verb.LOGS | Verb.CANCEL | Verb.RERUN:
            return _about_execution(head, names, text, in_thread=in_thread)
        case _:
            assert_never(head.verb)


def _about_execution(head: Head, names: Names, text: str, *, in_thread: bool) -> Intent:
    lines, rest = line_count(head.rest) if head.verb is Verb.LOGS else (None, head.rest)
    reference = reference_in(rest, in_thread=in_thread)
    if reference is None:
        return _unclear(head, names, text, in_thread=in_thread)
    execution = reference.execution
    if head.verb is Verb.CANCEL and not (head.official or in_thread or execution):
        # A bare "stop" outside a thread may be said of anything.
        return Unknown(text=text, near=(Verb.STATUS.value,))
    match head.verb:
        case Verb.CANCEL:
            return CancelRun(execution=execution)
        case Verb.RERUN:
            return RerunJob(execution=execution)
        case Verb.LOGS:
            return ShowLogs(execution=execution, lines=lines or ShowLogs().lines)
        case _:
            return ShowStatus(execution=execution)


def _history(head: Head, names: Names, text: str) -> Intent:
    said = _words(head.rest, text)
    if not said:
        return ShowHistory()
    found = named(names, said) or named(names, said.removeprefix("of "))
    if found is not None and len(found.jobs) == 1:
        return ShowHistory(job=found.jobs[0].name)
    known = found.jobs if found is not None else names.jobs
    spoken = {phrase: job.name for job in known for phrase in said_of(job)}
    near = dict.fromkeys(spoken[phrase] for phrase in nearest(said, spoken))
    return Unknown(text=text, near=_histories(near) or (Verb.LIST.value,))


def _unclear(head: Head, names: Names, text: str, *, in_thread: bool) -> Unknown:
    if forbids(_bare_words(head.rest)):
        return Unknown(text=text)
    jobs = mentioned(names, head.rest)
    # Outside a thread `cancel` alone stops the latest run, which these words did not name.
    offered = Verb.STATUS if head.verb is Verb.CANCEL and not in_thread else head.verb
    return Unknown(text=text, near=(offered.value, *_histories(jobs))[:3])


def _unheaded(text: str, tokens: Sequence[Token], names: Names, *, in_thread: bool) -> Intent:
    if folded(_words(tokens, text)) in AGAIN:
        return RerunJob() if in_thread else Unknown(text=text, near=(Verb.RERUN.value,))
    if forbids(_bare_words(tokens)):
        return Unknown(text=text)
    verb = misspelt_command(tokens[0])
    if verb is not None:
        meant = _read(f"{verb} {text[tokens[0].end :]}", names, in_thread=in_thread)
        return _asked_back(meant, text)
    return near_jobs(names, tokens, text) or Unknown(text=text, near=mentioned(names, tokens))


def _asked_back(meant: Intent, text: str) -> Intent:
    """A mistyped command is offered, not done."""
    match meant:
        case RunJob():
            question = _("I read this as a request to run a job. Is that what you meant?")
            return Clarify(question=question, candidates=(replace(meant, exact=False),))
        case Clarify() | Unknown():
            return meant
        case _:
            return Unknown(text=text, near=(format_intent(meant),))


def _questioned(intent: Intent, text: str) -> Intent:
    """Whoever asks whether something should be done has not asked to do it."""
    match intent:
        case RunJob():
            question = _("That was a question, so nothing was started. Shall it run like this?")
            return Clarify(question=question, candidates=(replace(intent, exact=False),))
        case CancelRun() | RerunJob():
            return Unknown(text=text, near=(format_intent(intent),))
        case _:
            return intent


def _words(tokens: Sequence[Token], text: str) -> str:
    """The rest of a command as it was written, or what its quotes hold."""
    if _is_quoted(tokens):
        return tokens[0].text
    if not tokens:
        return ""
    return " ".join(decoded(text[tokens[0].start : tokens[-1].end]).split())


def _is_quoted(tokens: Sequence[Token]) -> bool:
    return len(tokens) == 1 and tokens[0].quoted


def _bare_words(tokens: Iterable[Token]) -> list[str]:
    return [token.text for token in tokens if token.is_bare_word]


def _histories(jobs: Iterable[str]) -> tuple[str, ...]:
    return tuple(format_intent(ShowHistory(job=job)) for job in jobs)
