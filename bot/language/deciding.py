"""From candidates to one intent: run what is certain, ask about the rest, else say unknown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.intents import Clarify, Intent, RunJob, ScheduleJob, Unknown
from bot.domain.parameters import Kind
from bot.domain.surroundings import Surroundings
from bot.language.alternatives import TWICE, one_each
from bot.language.asking import question_of
from bot.language.claims import Claims
from bot.language.cuts import words_at
from bot.language.explaining import explanations, spans_of_clauses, with_reason
from bot.language.filling import missing
from bot.language.guards import Guard, guards_of
from bot.language.joining import said_with
from bot.language.lexicons import Lexicon, stem
from bot.language.machines import is_of_machine
from bot.language.ranking import Ranked, Strength, named_whole, ranked
from bot.language.sentences import Sentence, without
from bot.language.times import Time
from bot.language.understandings import Rung, Span, Understanding
from bot.language.weighing import (
    Weighed,
    is_complete,
    is_likely,
    is_without_object,
    weighed,
    weighed_as,
)

_MOST_CANDIDATES = 3
_MANY = 80
_LONG = 150
_MOST_OF_LONG = 4
"""Atoms of what is hardly a request any more, and jobs that are then weighed, without clauses."""

_NEAR = 1.0
"""Points between two candidates that are as good as each other."""


def decide(
    lexicon: Lexicon, sentence: Sentence, times: Sequence[Time], around: Surroundings
) -> Understanding:
    """The reading of a sentence that is no exact command."""
    if _repeats(sentence):
        return unknown(sentence)
    clauses = explanations(sentence) if len(sentence.atoms) <= _LONG else ()
    found = _explained(lexicon, sentence, times, around, clauses) if clauses else None
    found = found or _read(lexicon, sentence, times, around)
    if found is None:
        return unknown(sentence)
    rung = Rung.CLARIFY if found.doubts else Rung.PLAIN
    intent = _question(found.doubts, found.shown) if found.doubts else _intent(found.best)
    return _understood(intent, rung, found.best, found.shown)


def _repeats(sentence: Sentence) -> bool:
    """The same few words over and over: nobody asks like that."""
    count = len(sentence.atoms)
    return count > _MANY and len({atom.text for atom in sentence.atoms}) * 4 < count


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """The best candidate, all that are shown, and why nothing may be made of it unasked."""

    best: Weighed
    shown: list[Weighed]
    doubts: list[str]


def _explained(
    lexicon: Lexicon,
    sentence: Sentence,
    times: Sequence[Time],
    around: Surroundings,
    clauses: Sequence[tuple[int, int]],
) -> Read | None:
    """The reading where some clauses only tell why; None where they may say more than that.

    They may name what the request calls `it`, but then all that it still needs and nothing else.
    """
    spans = spans_of_clauses(sentence, clauses)
    bare = without(sentence, spans, kept=True)
    asked = [each for each in times if not any(b <= each.at < e for b, e in spans)]
    read = _read(lexicon, bare, asked, around)
    if read is None or read.doubts:
        return None
    best = read.best
    full = weighed_as(best.ranked, lexicon, sentence, times, around, told=clauses)
    wanted = {each.name for each in missing(best.claims)}
    if _differs(full.claims, best.claims):
        return None
    more = _said(full.claims) - _said(best.claims)
    if wanted:
        guards = guards_of(full.claims)
        doubts = _doubts(full, [full], lexicon, guards)
        if more != wanted or missing(full.claims) or full.claims.invalid or doubts:
            return None
        if any(_is_any_word(full.claims, name) for name in wanted):
            return None
        best = full
    elif more:
        return None
    best = replace(best, claims=with_reason(best.claims, sentence, spans))
    return Read(best=best, shown=[best], doubts=[])


def _is_any_word(claims: Claims, name: str) -> bool:
    """An ordinary word as a text: in a clause that tells something it is no value."""
    parameter = claims.job.parameter(name)
    is_text = parameter is not None and not parameter.choices and parameter.kind is not Kind.USER
    return is_text and claims.given[name].isalpha()


def _differs(full: Claims, bare: Claims) -> bool:
    """Whether a value of the request goes on into what seemed to tell why: `message: it is …`."""
    return full.reason != bare.reason or any(
        full.given.get(name) != value and name not in full.unsure
        for name, value in bare.given.items()
    )


def _said(claims: Claims) -> set[str]:
    """All that was made of a sentence: names of values, and when and where it shall run."""
    when = {"at"} if claims.at or claims.cron or claims.time_doubt else set[str]()
    where = {"target"} if claims.target else set[str]()
    return {*claims.given, *claims.invalid, *claims.guessed} | when | where


def _read(
    lexicon: Lexicon, sentence: Sentence, times: Sequence[Time], around: Surroundings
) -> Read | None:
    likely = ranked(lexicon, sentence.atoms)
    if len(sentence.atoms) > _LONG:
        likely = likely[:_MOST_OF_LONG]
    candidates = [weighed(each, lexicon, sentence, times, around) for each in likely]
    candidates.sort(key=lambda each: (-each.score, each.ranked.job.name))
    if not candidates:
        return None
    best = _of_machine(_fitting_first(candidates), candidates, lexicon, sentence, times, around)
    guards = guards_of(best.claims)
    if Guard.DENIED in guards or not is_likely(best) or (guards and is_without_object(best)):
        return None
    doubts = _doubts(best, candidates, lexicon, guards)
    near = [each for each in candidates[1:] if best.score - each.score < 3 and is_likely(each)]
    fitting = [each for each in candidates[1:] if not each.left and is_complete(each)]
    if best.left and fitting and fitting[0] not in near:
        near = [fitting[0], *near]
    shown = [best, *near][:_MOST_CANDIDATES]
    return Read(best=best, shown=shown, doubts=doubts)


def _fitting_first(candidates: list[Weighed]) -> Weighed:
    """`Restart web-03`: of two jobs by that verb the one in which every word has a place."""
    best = candidates[0]
    if not best.left or not missing(best.claims):
        return best
    for at, each in enumerate(candidates[1:], start=1):
        if not each.left and is_complete(each) and {*each.ranked.places} & {*best.ranked.places}:
            candidates[0], candidates[at] = each, best
            return each
    return best


def _of_machine(
    best: Weighed,
    candidates: list[Weighed],
    lexicon: Lexicon,
    sentence: Sentence,
    times: Sequence[Time],
    around: Surroundings,
) -> Weighed:
    """`Restart web-03` names the job of machines, where that of services has no place for it."""
    others = [each for each in candidates if each.ranked.strength is Strength.WHOLE]
    if best.left or best.ranked.strength is not Strength.WORDS or len(others) != 1:
        return best
    verb = others[0].ranked
    if not is_of_machine(best.claims, others[0].left, verb.said, verb.job):
        return best
    named = replace(best.ranked, strength=Strength.PARTS, places=verb.places)
    candidates[0] = weighed_as(named, lexicon, sentence, times, around)
    return candidates[0]


def unknown(sentence: Sentence) -> Understanding:
    return Understanding(intent=Unknown(text=sentence.text), rung=Rung.UNKNOWN, confidence=0.0)


def _doubts(
    best: Weighed, candidates: Sequence[Weighed], lexicon: Lexicon, guards: set[Guard]
) -> list[str]:
    """Every reason why nothing may be made of it without asking; values come extra."""
    claims = best.claims
    found = [guard.value for guard in sorted(guards)]
    if best.ranked.strength is Strength.WORDS or _is_by_sound(best):
        found.append("job")
    found += [f"left:{words_at(claims, best.left)}"] if best.left else []
    found += [f"{TWICE}:{name}" for name in said_with(claims)]
    found += [f"{TWICE}:{name}" for name in dict.fromkeys(claims.unsure)]
    found += ["denied" for at in claims.mistaken[:1] if at >= 0]
    found += ["everything" for value in claims.given.values() if value in _EVERYTHING][:1]
    has_time = claims.at is not None or bool(claims.cron)
    if claims.time_doubt == "deadline":
        found.append("deadline")
    elif claims.time_doubt or (not has_time and ("at" in claims.places or _says_later(claims))):
        found.append("time")
    rivals = [
        each for each in candidates[1:]
        if best.score - each.score < _NEAR
        and each.ranked.strength > Strength.WORDS
        and not (_tells_all(best) and each.left)
    ]  # fmt: skip
    found += [f"rival:{rivals[0].ranked.job.name}"] if rivals else []
    found += [f"second:{name}" for name in _second_jobs(best, lexicon)]
    return found


def _tells_all(each: Weighed) -> bool:
    """Nothing is missing and every word has a meaning: 用昨天的备份恢复订单库 is no backup."""
    return not each.left and is_complete(each)


def _is_by_sound(each: Weighed) -> bool:
    return each.ranked.strength is Strength.MISSPELT and not each.ranked.said.isascii()


_EVERYTHING = frozenset({"/", "/*", "/.", "//", "~", "~/"})
"""Paths that hold a whole machine: a sentence alone says too little to go there."""

_LATER = re.compile(
    r"\b(?:schedule|later|eventually|soonish|(?<!as )soon|shortly|some ?time|at some point"
    r"|overnight|in a (?:bit|while|moment|sec)|first thing)\b"
    r"|定时|预约|排期|稍后|晚点|待会|回头|改天"
)


def _says_later(claims: Claims) -> bool:
    """Somebody wants it not now, and did not say when."""
    return _LATER.search(claims.sentence.folded) is not None


def _second_jobs(best: Weighed, lexicon: Lexicon) -> list[str]:
    """Another job's whole name, of which nothing else was made."""
    others = (
        each
        for each in named_whole(lexicon, best.claims.atoms)
        if each.job is not best.ranked.job
        and not _is_own(each, best)
        and all(best.claims.owner[at] in {"", "filler"} for at in each.places)
    )
    return [each.job.name for each in others][:1]


def _is_own(other: Ranked, best: Weighed) -> bool:
    """A word with which the job describes itself, as a restore its backup."""
    words = best.claims.words
    return all(stem(best.claims.atoms[at].text) in words.own for at in other.places)


def _run(each: Weighed) -> RunJob:
    claims = each.claims
    inferred = {
        name: claims.sentence.words(first, last).strip()
        for name, (first, last) in claims.places.items()
        if name in claims.given
    }
    raw = claims.guessed | claims.given | claims.refused
    return RunJob(
        job=claims.job.name,
        given=raw,
        reason=claims.reason,
        exact=False,
        inferred=inferred,
        at=claims.at if not claims.cron else None,
        target=claims.target,
    )


def _intent(each: Weighed) -> Intent:
    run = _run(each)
    return ScheduleJob(run=run, cron=each.claims.cron) if each.claims.cron else run


def _question(doubts: Sequence[str], shown: Sequence[Weighed]) -> Clarify:
    best, *others = shown
    first = one_each(_run(best), best.claims, doubts, _MOST_CANDIDATES)
    candidates = (*first, *map(_run, others)) if len(first) == 1 else first
    return Clarify(
        question=question_of(doubts, best.ranked.job.name, offered=len(shown)),
        candidates=candidates,
        missing=tuple(p.name for p in missing(best.claims)),
        invalid=tuple(best.claims.invalid),
    )


def _understood(
    intent: Intent, rung: Rung, best: Weighed, shown: Sequence[Weighed]
) -> Understanding:
    claims = best.claims
    return Understanding(
        intent=intent,
        rung=rung,
        confidence=_confidence(rung, best),
        candidates=tuple(each.ranked.job.name for each in shown),
        spans=spans_of(claims),
        when=claims.at,
    )


def _confidence(rung: Rung, best: Weighed) -> float:
    by_strength = {1: 0.3, 3: 0.7, 4: 0.7, 5: 0.85, 6: 0.95}[best.ranked.strength]
    return by_strength * max(best.coverage, 0.0) * (1.0 if rung is Rung.PLAIN else 0.6)


def spans_of(claims: Claims) -> dict[str, Span]:
    """From which words of the text as it was given each slot was read."""
    spans: dict[str, Span] = {}
    for slot, (first, last) in claims.places.items():
        at, end = claims.atoms[first].at, claims.atoms[last].end
        begin, stop = claims.sentence.original(at, end)
        spans[slot] = Span(start=begin, end=stop, words=claims.sentence.text[begin:stop])
    return spans
