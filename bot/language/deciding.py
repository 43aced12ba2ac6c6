"""From candidates to one intent: run what is certain, ask about the rest, else say unknown."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.intents import Clarify, Intent, RunJob, ScheduleJob, Unknown
from bot.domain.surroundings import Surroundings
from bot.domain.wording import N_, _
from bot.language.claims import Claims
from bot.language.filling import filled, left_over, missing
from bot.language.guards import Guard, guards_of
from bot.language.halves import implied, set_outright, spoken_verb
from bot.language.joining import said_with
from bot.language.lexicons import Lexicon, stem
from bot.language.machines import is_of_machine
from bot.language.ranking import Ranked, Strength, named_whole, ranked
from bot.language.sentences import Sentence, Shape
from bot.language.strangers import has_other_object, is_foreign, is_own_thing
from bot.language.times import Time
from bot.language.understandings import Rung, Span, Understanding

_MOST_CANDIDATES = 3
_NEAR = 1.0
"""Points between two candidates that are as good as each other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """A candidate with what the sentence says about it; `left` are words without a meaning."""

    ranked: Ranked
    claims: Claims
    left: tuple[int, ...]
    score: float
    coverage: float


def decide(
    lexicon: Lexicon, sentence: Sentence, times: Sequence[Time], around: Surroundings
) -> Understanding:
    """The reading of a sentence that is no exact command."""
    candidates = [
        _weighed(each, lexicon, sentence, times, around) for each in ranked(lexicon, sentence.atoms)
    ]
    candidates.sort(key=lambda each: (-each.score, each.ranked.job.name))
    if not candidates:
        return unknown(sentence)
    best = _of_machine(_fitting_first(candidates), candidates, lexicon, sentence, times, around)
    guards = guards_of(best.claims)
    if Guard.DENIED in guards or not _is_likely(best) or (guards and _is_foreign(best)):
        return unknown(sentence)
    doubts = _doubts(best, candidates, lexicon, guards)
    near = [each for each in candidates[1:] if best.score - each.score < 3 and _is_likely(each)]
    fitting = [each for each in candidates[1:] if not each.left and _is_complete(each)]
    if best.left and fitting and fitting[0] not in near:
        near = [fitting[0], *near]
    shown = [best, *near][:_MOST_CANDIDATES]
    if not doubts:
        return _understood(_intent(best), Rung.PLAIN, best, shown)
    return _understood(_question(doubts, shown), Rung.CLARIFY, best, shown)


def _fitting_first(candidates: list[Weighed]) -> Weighed:
    """`Restart web-03`: of two jobs by that verb the one in which every word has a place."""
    best = candidates[0]
    if not best.left or not missing(best.claims):
        return best
    for at, each in enumerate(candidates[1:], start=1):
        if not each.left and _is_complete(each) and {*each.ranked.places} & {*best.ranked.places}:
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
    candidates[0] = _weighed_as(named, lexicon, sentence, times, around)
    return candidates[0]


def _is_complete(each: Weighed) -> bool:
    return _is_likely(each) and not missing(each.claims) and not each.claims.invalid


def unknown(sentence: Sentence) -> Understanding:
    return Understanding(intent=Unknown(text=sentence.text), rung=Rung.UNKNOWN, confidence=0.0)


def _weighed(
    each: Ranked,
    lexicon: Lexicon,
    sentence: Sentence,
    times: Sequence[Time],
    around: Surroundings,
) -> Weighed:
    """A job named by half is named whole when its value is the other half: `flush redis`."""
    weighed = _weighed_as(each, lexicon, sentence, times, around)
    if each.strength is not Strength.WORDS:
        return weighed
    claims = weighed.claims
    places = implied(claims) or spoken_verb(claims, weighed.left)
    places = places or set_outright(claims, weighed.left)
    if not places:
        return weighed
    implied_ = replace(each, strength=Strength.PARTS, score=max(each.score, 9.5), places=places)
    return _weighed_as(implied_, lexicon, sentence, times, around)


def _weighed_as(
    each: Ranked,
    lexicon: Lexicon,
    sentence: Sentence,
    times: Sequence[Time],
    around: Surroundings,
) -> Weighed:
    claims = filled(each, lexicon, sentence, times, around)
    left = tuple(left_over(claims))
    slots = len(claims.given) + 0.5 * len(claims.guessed)
    total = sum(1 for at, atom in enumerate(claims.atoms) if _counts(claims, at, atom.shape))
    weight = sum(0.35 if claims.atoms[at].shape is Shape.HAN else 1.0 for at in left)
    weight = max(weight - 0.7 * len(claims.guessed), 0.0)
    coverage = 1.0 - weight / max(total, 1)
    wanting = len(missing(claims))
    score = (
        each.score + 0.6 * slots - 1.0 * weight - 0.4 * wanting - 0.8 * len(claims.invalid)
        - 0.5 * len(claims.unsure)
    )  # fmt: skip
    return Weighed(ranked=each, claims=claims, left=left, score=score, coverage=coverage)


def _counts(claims: Claims, at: int, shape: Shape) -> float:
    if claims.owner[at] in {"filler", "mark", "courtesy"}:
        return 0.0
    return 0.35 if shape is Shape.HAN else 1.0


def _is_foreign(each: Weighed) -> bool:
    return is_foreign(each.claims, each.left, each.ranked.places)


def _is_likely(each: Weighed) -> bool:
    """Whether it may be offered at all: most of what was said must be about it."""
    if is_own_thing(each.claims, each.left):
        return False
    is_named = each.ranked.strength > Strength.WORDS
    if is_named and _is_foreign(each) and has_other_object(each.claims, each.left):
        return False
    if each.ranked.strength is Strength.WORDS and not each.ranked.places:
        shaped = any(not value.isalpha() for value in each.claims.guessed.values())
        return shaped or (len(each.claims.given) >= 2 and not each.left)
    if each.ranked.strength is Strength.WORDS:
        told = bool(each.claims.given or each.claims.guessed) and each.coverage >= 0.5
        return told or (each.coverage >= 0.75 and each.ranked.score >= 2.5)
    if each.ranked.strength in {Strength.MISSPELT, Strength.APART}:
        return each.coverage >= 0.5
    return each.coverage >= 0.34


def _doubts(
    best: Weighed, candidates: Sequence[Weighed], lexicon: Lexicon, guards: set[Guard]
) -> list[str]:
    """Every reason why nothing may be made of it without asking; values come extra."""
    claims = best.claims
    found = [guard.value for guard in sorted(guards)]
    if best.ranked.strength is Strength.WORDS or _is_by_sound(best):
        found.append("job")
    found += [f"left:{claims.atoms[at].raw}" for at in best.left[:1]]
    found += [f"said twice:{name}" for name in said_with(claims)]
    found += [f"said twice:{name}" for name in dict.fromkeys(claims.unsure)]
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
    return not each.left and _is_complete(each)


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
    best = shown[0]
    return Clarify(
        question=_asked(doubts, best, shown),
        candidates=tuple(_run(each) for each in shown),
        missing=tuple(p.name for p in missing(best.claims)),
        invalid=tuple(best.claims.invalid),
    )


_DO_YOU_MEAN = N_("Do you mean `{job}`?")
_SENTENCES: Mapping[str, str] = {
    Guard.CONDITION: N_("I can't wait for conditions. Shall it run like this?"),
    Guard.QUESTION: N_("That was a question, so nothing was started. Shall it run like this?"),
    Guard.TOLD: N_("I am not sure that was a request. Shall it run like this?"),
    "time": N_("I am not sure when it shall start. Shall it run like this?"),
    "deadline": N_("That says until when, not when it shall start. Shall it run like this?"),
    "denied": N_("I am not sure what shall be left out. Shall it run like this?"),
}


def _asked(doubts: Sequence[str], best: Weighed, shown: Sequence[Weighed]) -> str:
    kind, _colon, what = doubts[0].partition(":")
    name = best.ranked.job.name
    if len(shown) > 1 and kind in {"job", "rival"}:
        return _("Which of these do you mean?")
    if kind == "left":
        said = _("I could not place `{what}` in `{job}`. Shall it run without?")
        return said.format(what=what[:40], job=name)
    if kind == "said twice":
        said = _("There is more than one value for `{what}` of `{job}`. Which one?")
        return said.format(what=what, job=name)
    if kind == "second":
        return _("One thing at a time: `{job}` or `{what}`?").format(job=name, what=what)
    return _(_SENTENCES.get(kind, _DO_YOU_MEAN)).format(job=name)


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
