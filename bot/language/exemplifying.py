"""Sentences that a job's author wrote down as examples, recognised whole."""

from bot.domain.intents import Clarify, RunJob
from bot.domain.surroundings import Surroundings
from bot.domain.wording import _
from bot.language.choosing import DENIALS
from bot.language.claims import Claims
from bot.language.courtesies import without_courtesies
from bot.language.examples import Matched, matched
from bot.language.lexicons import Lexicon
from bot.language.naming import fill_pairs
from bot.language.sentences import Sentence, Shape, compacted, sentence_of
from bot.language.understandings import Rung, Span, Understanding
from bot.language.vocabulary import limits

MOST_TRIED = 200
"""Wordings that are held against one sentence."""


def exemplified(lexicon: Lexicon, text: str, around: Surroundings) -> Understanding | None:
    """The reading of a text that is an example with its values, also within courtesies."""
    if not lexicon.examples:
        return None
    bare = without_courtesies(text.strip()).text
    for said in dict.fromkeys((bare, text)):
        found = _best(lexicon, sentence_of(said), around)
        if found is not None:
            return _understood(found[0], found[1], max(text.find(said), 0))
    return None


def _best(
    lexicon: Lexicon, sentence: Sentence, around: Surroundings
) -> tuple[Claims, Matched] | None:
    atoms = tuple(a for a in sentence.atoms if a.shape not in {Shape.PAIR, Shape.FLAG})
    spare = Sentence(sentence.text, sentence.shown, sentence.folded, sentence.places, atoms)
    words = [a for a in atoms if a.shape is not Shape.MARK]
    first = compacted(words[0].text) if words else ""
    options = (*lexicon.examples.get(first, ()), *lexicon.examples.get(".", ()))[:MOST_TRIED]
    found: list[tuple[int, str, Claims, Matched]] = []
    for index, wording in options:
        hit = matched(wording, atoms)
        if hit is None:
            continue
        claims = Claims(
            sentence=sentence,
            words=lexicon.words_of(lexicon.jobs[index]),
            around=around,
            times=(),
            owner=[""] * len(sentence.atoms),
        )
        fill_pairs(claims)
        if _put(claims, spare, hit):
            found.append((-hit.words, claims.job.name, claims, hit))
    found.sort(key=lambda each: each[:2])
    return found[0][2:] if found else None


def _put(claims: Claims, spare: Sentence, hit: Matched) -> bool:
    """Take the values; a name that the job has not, or a value that does not hold, is no match."""
    for name, first, last in hit.values:
        parameter = claims.job.parameter(name)
        if parameter is None:
            return False
        atom = spare.atoms[first]
        begin, end = claims.atoms.index(atom), claims.atoms.index(spare.atoms[last])
        value = atom.raw if first == last else spare.words(first, last)
        if not claims.put(parameter, value, begin, end):
            return False
    return True


def _understood(claims: Claims, hit: Matched, shift: int) -> Understanding:
    spans: dict[str, Span] = {}
    for slot, (first, last) in claims.places.items():
        begin, end = claims.sentence.original(claims.atoms[first].at, claims.atoms[last].end)
        spans[slot] = Span(
            start=begin + shift, end=end + shift, words=claims.sentence.text[begin:end]
        )
    run = RunJob(
        job=claims.job.name,
        given=dict(claims.given),
        reason=claims.reason,
        exact=False,
        inferred={name: span.words for name, span in spans.items() if name in claims.given},
    )
    swallowed = [a.text for _, f, e in hit.values if e > f for a in claims.atoms[f : e + 1]]
    doubtful = bool(set(swallowed) & DENIALS) or limits(swallowed)
    if not doubtful:
        return Understanding(
            intent=run, rung=Rung.PLAIN, confidence=0.95, candidates=(claims.job.name,), spans=spans
        )
    question = _("I am not sure where the value ends. Shall it run like this?")
    return Understanding(
        intent=Clarify(question=question, candidates=(run,)),
        rung=Rung.CLARIFY,
        confidence=0.5,
        candidates=(claims.job.name,),
        spans=spans,
    )
