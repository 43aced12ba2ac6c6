"""The ladder: an exact command, a near one, plain language, a question, unknown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.intents import (
    ApproveRun,
    CancelRun,
    Clarify,
    Intent,
    ListJobs,
    RejectRun,
    RerunJob,
    RunJob,
    ScheduleJob,
    ShowHelp,
    ShowHistory,
    ShowStatus,
    Unknown,
)
from bot.domain.jobs import Job
from bot.domain.surroundings import Surroundings
from bot.language.canonical import canonical_of
from bot.language.controls import control_of
from bot.language.deciding import decide
from bot.language.exemplifying import exemplified
from bot.language.followups import followed_up
from bot.language.free_texts import one_text
from bot.language.grammar import parse_with
from bot.language.lexicons import Lexicon, lexicon_of
from bot.language.names import Names, names_of
from bot.language.normalising import folded
from bot.language.passives import as_command
from bot.language.pleasantries import in_base_form
from bot.language.rephrasing import rephrased
from bot.language.reruns import rerun_in
from bot.language.retracting import retracted
from bot.language.schedule_controls import schedule_control_of
from bot.language.sentences import LONGEST_SENTENCE, Sentence, sentence_of
from bot.language.shortcuts import shortcut_in
from bot.language.starting import with_start
from bot.language.stopping import says_more
from bot.language.synonyms import in_own_words
from bot.language.thread_controls import said_in_thread
from bot.language.times import Time, times_in
from bot.language.topics import topic_of
from bot.language.understandings import Rung, Understanding
from bot.language.vocabulary import TOPICS, limits
from bot.language.writing import format_intent

_CHANGES = (CancelRun, RerunJob, ApproveRun, RejectRun)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A catalogue, gathered once for both ways of reading; `quiet` suggests nothing."""

    names: Names
    quiet: Names
    lexicon: Lexicon


def known_of(jobs: Sequence[Job]) -> Known:
    names = names_of(jobs)
    return Known(names=names, quiet=replace(names, jobs=()), lexicon=lexicon_of(jobs))


def understand(text: str, jobs: Sequence[Job], around: Surroundings) -> Understanding:
    """The one intent of a text; never raises, and depends on nothing but its arguments."""
    return understand_with(known_of(jobs), text, around)


def understand_with(known: Known, text: str, around: Surroundings) -> Understanding:
    """As `understand`, with what was gathered of a catalogue before."""
    shown = _exactly(known, text, around)
    if shown is not None:
        return shown
    jobs = known.lexicon.jobs
    later = with_start(text, jobs, around.now, lambda rest: _without_start(known, rest, around))
    return later if later is not None else _without_start(known, text, around)


def _without_start(known: Known, text: str, around: Surroundings) -> Understanding:
    return _plainly(known, _unslashed(text), around)


def _exactly(known: Known, text: str, around: Surroundings) -> Understanding | None:
    """What is said to the letter: a shortcut, or what we would write ourselves."""
    short = shortcut_in(sentence_of(text), around.shortcuts, frozenset(known.lexicon.names))
    if short is not None:
        return _sure(short)
    canonical = canonical_of(text, known.quiet)
    return _sure(canonical) if canonical is not None else None


_TELLS_ALL = 0.17
"""The confidence of a reading that has a meaning for every word, even if it must be asked about."""

_NAMES_VALUES = re.compile(r"[=＝:：]|--|—|because|因为|由于")


def _plainly(known: Known, text: str, around: Surroundings) -> Understanding:
    if len(text) > LONGEST_SENTENCE and _NAMES_VALUES.search(text) is None:
        return _unknown(text)
    commanded = parse_with(known.quiet, text, in_thread=around.in_thread)
    if isinstance(commanded, RunJob) and commanded.exact:
        return _read_on(known, text, commanded, around)
    sentence = sentence_of(text)
    control = _control(sentence, known, around)
    if control is not None:
        return _sure(control)
    if not _asks_back(commanded) and format_intent(commanded) == text.strip():
        return _sure(commanded)
    searched = isinstance(commanded, ListJobs) and bool(commanded.search)
    if not searched and _is_plain_control(commanded, known):
        return _sure(commanded)
    if len(text) > LONGEST_SENTENCE:
        return _sure(commanded) if _asks_back(commanded) else _unknown(text)
    found = _sentence(known, text, sentence, around)
    if searched and (found.confidence < _TELLS_ALL or len(found.candidates) != 1):
        return _sure(commanded)
    return _settled(known, text, commanded, found, around)


def _settled(
    known: Known, text: str, commanded: Intent, found: Understanding, around: Surroundings
) -> Understanding:
    """What is no command and was not understood as a sentence either, or only in part."""
    asked = one_text(known.quiet, text, around.now) if _asks_back(commanded) else None
    if asked is not None and not _has_its_text(found.intent, asked):
        return _sure(asked)
    if isinstance(found.intent, Unknown) and isinstance(commanded, Unknown):
        return replace(found, intent=_suggesting(known, text, around))
    return found


def _has_its_text(found: Intent, asked: Clarify) -> bool:
    """Whether a reading has a value there, or makes more of the words than a part of one text."""
    if isinstance(found, Unknown):
        return False
    reading = found.candidates[0] if isinstance(found, Clarify) and found.candidates else found
    whole = asked.candidates[0]
    if not isinstance(reading, RunJob) or reading.job != whole.job:
        return True
    if reading is found:
        return reading.given.keys() >= whole.given.keys()
    return any(
        f" {value} " not in f" {whole.given.get(name, '')} "
        for name, value in reading.given.items()
    )


_GOES_ON = re.compile(r"[，,；;]")


def _read_on(known: Known, text: str, commanded: RunJob, around: Surroundings) -> Understanding:
    """A reason with a mark in it may end there: …，因为大促，今晚八点."""
    is_whole = _GOES_ON.search(commanded.reason) is None or '"' in text or "=" in text
    if is_whole or len(text) > LONGEST_SENTENCE:
        return _sure(commanded)
    found = _sentence(known, text, sentence_of(text), around)
    own = found.intent
    if isinstance(own, ScheduleJob):
        return found
    reading = own.candidates[0] if isinstance(own, Clarify) and own.candidates else own
    differs = isinstance(reading, RunJob) and reading.reason != commanded.reason
    return found if differs or bool(found.when) else _sure(commanded)


def _sentence(known: Known, text: str, sentence: Sentence, around: Surroundings) -> Understanding:
    """An author's example, the thread's run with other values, or a reading of its own."""
    sentence = retracted(sentence)
    times = times_in(sentence.folded, around.now)
    lexicon = known.lexicon
    sentence = as_command(in_base_form(sentence, lexicon.known), lexicon.known)
    sentence = in_own_words(rephrased(sentence, lexicon), lexicon)
    example = exemplified(lexicon, text, around)
    if example is not None and _has_values(example.intent):
        return example
    own = followed_up(lexicon, sentence, times, around)
    own = own or _decided(lexicon, sentence, times, around)
    if example is None or _says_more(own.intent, example.intent):
        return own
    return example


def _decided(
    lexicon: Lexicon, sentence: Sentence, times: tuple[Time, ...], around: Surroundings
) -> Understanding:
    """A run by its number with other values; one that is not named only where no job is meant."""
    rerun = rerun_in(sentence)
    if rerun is None or rerun.execution is None:
        decided = decide(lexicon, sentence, times, around)
        if rerun is None or not isinstance(decided.intent, Unknown):
            return decided
    return Understanding(intent=rerun, rung=Rung.PLAIN, confidence=0.8)


def _has_values(intent: Intent) -> bool:
    return not isinstance(intent, RunJob) or bool(intent.given)


def _says_more(own: Intent, example: Intent) -> bool:
    """True where an example without `{values}` holds some in plain words, as an author wrote it."""
    if not isinstance(own, RunJob) or not isinstance(example, RunJob):
        return False
    return own.job == example.job and bool(own.given)


MOST_COMPARED = 300
"""Jobs of a catalogue that is searched for near names."""


def _suggesting(known: Known, text: str, around: Surroundings) -> Unknown:
    """What was not understood, with the nearest commands and jobs."""
    if said_in_thread(folded(text)) is not None:
        return Unknown(text=text, near=(format_intent(ShowStatus()),))
    names = known.names if len(known.names.jobs) <= MOST_COMPARED else known.quiet
    near = parse_with(names, text, in_thread=around.in_thread)
    if isinstance(near, Clarify):
        jobs = dict.fromkeys(each.job for each in near.candidates if each.job)
        return Unknown(text=text, near=tuple(jobs))
    return near if isinstance(near, Unknown) else Unknown(text=text)


_SLASHED = re.compile(r"\s*/(?=[a-z])(?!job\b)([\w-]+)(?=\s|$)", re.IGNORECASE)


def _unslashed(text: str) -> str:
    """`/run deploy` as ` run deploy`; places stay the same."""
    found = _SLASHED.match(text)
    if found is None:
        return text
    return text[: found.start(1) - 1] + " " + text[found.start(1) :]


def _control(sentence: Sentence, known: Known, around: Surroundings) -> Intent | None:
    changed = schedule_control_of(sentence.folded)
    if changed is not None:
        return changed
    control = control_of(sentence.folded, in_thread=around.in_thread)
    if control is not None:
        return _without_doubt(control, sentence, around)
    here = said_in_thread(sentence.folded) if around.in_thread else None
    if here is not None:
        return here
    return topic_of(sentence, known.lexicon)


def _without_doubt(control: Intent, sentence: Sentence, around: Surroundings) -> Intent:
    """What changes something is neither a question nor under a condition, and is all there is."""
    if not isinstance(control, _CHANGES):
        return control
    asks = sentence.folded.rstrip().endswith(("?", "？")) and "you" not in sentence.folded
    stops = isinstance(control, CancelRun)
    said = sentence_of(_ONCE_MORE.sub("again", sentence.folded)).atoms
    words = [atom.text for atom in said if not (stops and atom.text == "stop")]
    limited = limits(words) and not isinstance(control, RejectRun)
    if asks or limited or (stops and says_more(sentence.folded, around.now)):
        is_nameless = control.execution is None and not around.in_thread
        offered = ShowStatus() if stops and is_nameless else control
        return Unknown(text=sentence.text, near=(format_intent(offered),))
    return control


_ONCE_MORE = re.compile(r"\bonce (?:more|again)\b")


def _is_plain_control(intent: Intent, known: Known) -> bool:
    """A command of the manual that is no sentence which merely begins like one."""
    match intent:
        case RunJob() | Clarify() | Unknown():
            return False
        case ShowHelp(topic=topic):
            asked = topic.casefold()
            return asked in {"", *TOPICS} or topic in {job.name for job in known.names.jobs}
        case ShowHistory():
            return True
        case _:
            return True


def _asks_back(intent: Intent) -> bool:
    return isinstance(intent, Clarify | Unknown)


def _sure(intent: Intent) -> Understanding:
    rung = Rung.EXACT
    if isinstance(intent, Clarify | Unknown):
        rung = Rung.CLARIFY if isinstance(intent, Clarify) else Rung.UNKNOWN
    return Understanding(intent=intent, rung=rung, confidence=1.0 if rung is Rung.EXACT else 0.0)


def _unknown(text: str) -> Understanding:
    return _sure(Unknown(text=text[:LONGEST_SENTENCE]))
