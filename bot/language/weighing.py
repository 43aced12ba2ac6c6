"""How well each job that may be meant accounts for a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.surroundings import Surroundings
from bot.language.amounts import NUMERIC
from bot.language.claims import Claims
from bot.language.filling import filled, left_over, missing
from bot.language.halves import implied, set_outright, spoken_verb
from bot.language.lexicons import Lexicon
from bot.language.ranking import Ranked, Strength
from bot.language.sentences import Sentence, Shape
from bot.language.strangers import has_other_object, is_foreign, is_other_deed, is_own_thing
from bot.language.times import Time


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """A candidate with what the sentence says about it; `left` are words without a meaning."""

    ranked: Ranked
    claims: Claims
    left: tuple[int, ...]
    score: float
    coverage: float


def weighed(
    each: Ranked,
    lexicon: Lexicon,
    sentence: Sentence,
    times: Sequence[Time],
    around: Surroundings,
) -> Weighed:
    """A job named by half is named whole when its value is the other half: `flush redis`."""
    plain = weighed_as(each, lexicon, sentence, times, around)
    if each.strength is not Strength.WORDS:
        return plain
    claims = plain.claims
    places = implied(claims) or spoken_verb(claims, plain.left)
    places = places or set_outright(claims, plain.left)
    if not places:
        return plain
    implied_ = replace(each, strength=Strength.PARTS, score=max(each.score, 9.5), places=places)
    return weighed_as(implied_, lexicon, sentence, times, around)


def weighed_as(
    each: Ranked,
    lexicon: Lexicon,
    sentence: Sentence,
    times: Sequence[Time],
    around: Surroundings,
    told: Sequence[tuple[int, int]] = (),
) -> Weighed:
    claims = filled(each, lexicon, sentence, times, around, told)
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


def is_without_object(each: Weighed) -> bool:
    return is_foreign(each.claims, each.left, each.ranked.places)


def is_likely(each: Weighed) -> bool:
    """Whether it may be offered at all: most of what was said must be about it."""
    if is_own_thing(each.claims, each.left):
        return False
    is_named = each.ranked.strength > Strength.WORDS
    if not is_named and is_other_deed(each.claims):
        return False
    if is_named and is_without_object(each) and has_other_object(each.claims, each.left):
        return False
    if each.ranked.strength is Strength.WORDS and _names_channel(each):
        return False
    if each.ranked.strength is Strength.WORDS and not each.ranked.places:
        shaped = any(not value.isalpha() for value in each.claims.guessed.values())
        said = len(each.claims.given) >= 2
        return shaped or (said and (not each.left or _is_all_but_verb(each)))
    if each.ranked.strength is Strength.WORDS:
        told = bool(each.claims.given or each.claims.guessed) and each.coverage >= 0.5
        return told or (each.coverage >= 0.75 and each.ranked.score >= 2.5)
    if each.ranked.strength in {Strength.MISSPELT, Strength.APART}:
        return each.coverage >= 0.5
    return each.coverage >= 0.34


def is_complete(each: Weighed) -> bool:
    return is_likely(each) and not missing(each.claims) and not each.claims.invalid


def _is_all_but_verb(each: Weighed) -> bool:
    """`Hit search with 300 rps`: only the word that begins it is nobody's."""
    owners = each.claims.owner
    begins = next((i for i, o in enumerate(owners) if o not in {"filler", "mark", "courtesy"}), -1)
    counts = any(
        p.required and p.kind in NUMERIC and p.name in each.claims.given
        for p in each.claims.job.parameters
    )
    is_whole = not missing(each.claims) and not each.claims.invalid
    return counts and is_whole and [*each.left] == [begins]


def _names_channel(each: Weighed) -> bool:
    """`Add ana to #ops`: no job is about channels unless it says so."""
    return any(each.claims.atoms[at].text.startswith(("#", "<#")) for at in each.left)
