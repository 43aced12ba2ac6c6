"""Which jobs a sentence may be about: by a whole name, its parts, a misspelling, or its words."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.jobs import Job
from bot.language.colloquial import ORDINARY, weight_of
from bot.language.lexicons import Lexicon, stem
from bot.language.light_verbs import light_verbs
from bot.language.phrases import windows
from bot.language.sentences import Atom, Shape, compacted
from bot.language.shortened import SHORTEST, wholes
from bot.language.sounds import sounding
from bot.language.stopwords import FILLERS

MOST_CANDIDATES = 8
_LONGEST_GAP = 6
_LONGEST_UNIT = 5


class Strength(IntEnum):
    """How a job was named; below `PARTS` its words were said, and not it."""

    WORDS = 1
    MISSPELT = 3
    APART = 4
    PARTS = 5
    WHOLE = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranked:
    """A job with the atoms that named it."""

    job: Job
    strength: Strength
    score: float
    places: tuple[int, ...] = ()
    said: str = ""


def ranked(lexicon: Lexicon, atoms: Sequence[Atom]) -> list[Ranked]:
    """Candidates, best first, equals by name; the longer name wins over one within it."""
    found: dict[str, Ranked] = {}
    whole = named_whole(lexicon, atoms)
    words = by_words(lexicon, atoms)
    for each in (*whole, *by_parts(lexicon, atoms), *words, *by_forms(lexicon, atoms)):
        before = found.get(each.job.name)
        if before is None or each.score > before.score:
            found[each.job.name] = each
    if not whole:
        near = (*misspelt(lexicon, atoms), *by_sound(lexicon, atoms))
        for each in (*by_other_words(lexicon, atoms), *by_light_verbs(lexicon, atoms), *near):
            before = found.get(each.job.name)
            if before is None or each.score > before.score:
                found[each.job.name] = each
    bonus = {each.job.name: each.score for each in words}
    scored = [
        replace(each, score=each.score + bonus.get(each.job.name, 0.0) / 4)
        for each in found.values()
    ]
    return _first(scored)


def _first(scored: Sequence[Ranked]) -> list[Ranked]:
    best = sorted(scored, key=lambda r: (-r.score, r.job.name))
    formed = [each for each in best[MOST_CANDIDATES:] if not each.places][:2]
    return [*best[:MOST_CANDIDATES], *formed]


_RUNS = frozenset({"run", "start", "execute", "launch", "trigger", "schedule"}) | frozenset(
    {"运行", "执行", "启动", "跑", "触发"}
)


def _runs(atoms: Sequence[Atom], at: int) -> bool:
    """Whether a word that runs something is said right before; Chinese ones have two atoms."""
    before = [atom.text for atom in atoms[max(at - 2, 0) : at]]
    return bool(before) and (before[-1] in _RUNS or "".join(before) in _RUNS)


def named_whole(lexicon: Lexicon, atoms: Sequence[Atom]) -> list[Ranked]:
    """Every whole name that is no part of a longer one.

    A name that is a word of any sentence, as `hello`, is one behind a word that runs something.
    """
    hits = [
        (first, last, key)
        for first, last, key in windows(atoms, lexicon.names, plural=False)
        if key not in FILLERS or _runs(atoms, first)
    ]
    outer = [
        (first, last, key)
        for first, last, key in hits
        if not any((f <= first and last <= e) and (e - f > last - first) for f, e, _ in hits)
    ]
    return [
        Ranked(
            job=lexicon.jobs[index],
            strength=Strength.WHOLE,
            score=10.0 + min(_length(key), 12) * 0.3 - min(first, 10) * 0.02,
            places=tuple(range(first, last + 1)),
            said=key,
        )
        for first, last, key in outer
        for index in lexicon.names[key]
    ]


def _length(key: str) -> float:
    """Chinese characters tell more than letters."""
    return sum(1.0 if character.isascii() else 2.5 for character in key)


def by_parts(lexicon: Lexicon, atoms: Sequence[Atom]) -> list[Ranked]:
    """Names whose words stand apart, in order, or in any order."""
    spots = _unit_spots(lexicon, atoms)
    counts: defaultdict[int, int] = defaultdict(int)
    for unit in spots:
        for phrase in lexicon.units[unit]:
            counts[phrase] += 1
    found: list[Ranked] = []
    for phrase, count in counts.items():
        index, parts = lexicon.phrases[phrase]
        if count < len(set(parts)):
            continue
        told = "".join(map(weight_of, parts))
        if places := _in_order(parts, spots):
            spread = places[-1] - places[0] + 1 - len(places)
            tight = spread <= _LONGEST_GAP
            strength = Strength.PARTS if tight else Strength.APART
            score = (8.5 if tight else 6.5) + min(_length(told), 12) * 0.3 - spread * 0.1
        elif _is_moved(parts, atoms) or all(len(p) > 1 and p not in FILLERS for p in parts):
            places = tuple(p for part in parts for p in spots[part][0])
            if max(places) - min(places) > 2 * _LONGEST_GAP:
                continue
            strength, score = Strength.APART, 7.0 + min(_length(told), 12) * 0.3
        else:
            continue
        job = lexicon.jobs[index]
        found.append(
            Ranked(job=job, strength=strength, score=score, places=places, said=" ".join(parts))
        )
    return found


def _is_moved(parts: Sequence[str], atoms: Sequence[Atom]) -> bool:
    """把缓存清一下: the object stands before its verb."""
    said = not any(part.isascii() for part in parts)
    return said and any(atom.text in {"把", "将"} for atom in atoms)


def _unit_spots(lexicon: Lexicon, atoms: Sequence[Atom]) -> dict[str, list[tuple[int, ...]]]:
    spots: defaultdict[str, list[tuple[int, ...]]] = defaultdict(list)
    for at, atom in enumerate(atoms):
        if atom.shape is Shape.WORD:
            if (unit := stem(atom.text)) in lexicon.units:
                spots[unit].append((at,))
        elif atom.shape is Shape.HAN:
            text = ""
            for last in range(at, min(at + _LONGEST_UNIT, len(atoms))):
                if atoms[last].shape is not Shape.HAN:
                    break
                text += atoms[last].text
                if text in lexicon.units and not _is_within_word(atoms, at, last):
                    spots[text].append(tuple(range(at, last + 1)))
    return spots


def _is_within_word(atoms: Sequence[Atom], first: int, last: int) -> bool:
    """The 开 of 开发 is no verb."""
    after = atoms[last + 1].text if last + 1 < len(atoms) else ""
    return first == last and atoms[first].text + after in ORDINARY


def _in_order(parts: Sequence[str], spots: dict[str, list[tuple[int, ...]]]) -> tuple[int, ...]:
    """The places of the parts one after another, beginning with the last possible first one."""
    for first in reversed(spots[parts[0]]):
        places = list(first)
        for part in parts[1:]:
            following = next((spot for spot in spots[part] if spot[0] > places[-1]), None)
            if following is None:
                break
            places += following
        else:
            return tuple(places)
    return ()


def by_words(lexicon: Lexicon, atoms: Sequence[Atom]) -> list[Ranked]:
    """Jobs by the rarity of the words they share with the sentence; at most 5 points."""
    scores: defaultdict[int, float] = defaultdict(float)
    total = 0.0
    unseen = max(lexicon.rarity.values(), default=1.0)
    places: defaultdict[int, list[int]] = defaultdict(list)
    for at, token in telling(atoms):
        if token not in lexicon.rarity and not token.isalpha():
            continue
        rarity = lexicon.rarity.get(token, unseen)
        total += rarity
        for index, weight in lexicon.postings.get(token, ()):
            scores[index] += rarity * weight
            if weight >= 0.6:
                places[index].append(at)
    best = sorted(scores, key=lambda index: (-scores[index], lexicon.jobs[index].name))
    return [
        Ranked(
            job=lexicon.jobs[index],
            strength=Strength.WORDS,
            score=5.0 * scores[index] / (total or 1.0),
            places=tuple(dict.fromkeys(places[index])),
        )
        for index in best[:MOST_CANDIDATES]
    ]


def by_forms(lexicon: Lexicon, atoms: Sequence[Atom]) -> list[Ranked]:
    """Jobs that ask for a value of a form that hardly any other asks for: `cleanup.sh`."""
    words = [a.raw for a in atoms if a.shape is Shape.WORD and not a.raw.isalpha()][:20]
    return [
        Ranked(job=lexicon.jobs[index], strength=Strength.WORDS, score=1.0)
        for form, indexes in lexicon.forms.items()
        if any(len(word) <= 200 and re.fullmatch(form, word) for word in words)
        for index in indexes
    ]


def telling(atoms: Sequence[Atom]) -> list[tuple[int, str]]:
    """The words of a sentence that may tell a job, with their place."""
    found: list[tuple[int, str]] = []
    for at, atom in enumerate(atoms):
        if atom.shape is Shape.WORD and atom.text not in FILLERS and stem(atom.text) not in FILLERS:
            pieces = atom.text.replace("_", "-").split("-") if atom.text.isascii() else [atom.text]
            found += [(at, stem(piece)) for piece in pieces if len(piece) > 1]
        elif atom.shape is Shape.HAN and at + 1 < len(atoms) and atoms[at + 1].shape is Shape.HAN:
            found.append((at, atom.text + atoms[at + 1].text))
    return found


def misspelt(lexicon: Lexicon, atoms: Sequence[Atom]) -> list[Ranked]:
    """Names one letter away (two for long ones), of words that are nobody's otherwise."""
    found: list[Ranked] = []
    for first in range(min(len(atoms), 12)):
        key = ""
        found += _shortened(lexicon, atoms, first)
        for last in range(first, min(first + 3, len(atoms))):
            if atoms[last].shape is not Shape.WORD:
                break
            key += compacted(atoms[last].text)
            if not _may_be_misspelt(key, lexicon.known):
                continue
            allowed = 1 if len(key) < 9 else 2
            alike = lexicon.latin.get(key[0], ())
            near = process.extract(key, alike, scorer=OSA.distance, score_cutoff=allowed, limit=3)
            found += [
                Ranked(
                    job=lexicon.jobs[index],
                    strength=Strength.MISSPELT,
                    score=7.5 + min(len(name), 12) * 0.3 - distance,
                    places=tuple(range(first, last + 1)),
                    said=name,
                )
                for name, distance, _ in near
                if not _is_inflected(key, name)
                for index in lexicon.names[name]
            ]
    return found


def _shortened(lexicon: Lexicon, atoms: Sequence[Atom], at: int) -> Iterator[Ranked]:
    """`Bkup` and `rstrt`, of words that are nobody's otherwise."""
    word = atoms[at].text
    if atoms[at].shape is not Shape.WORD or not word.isalpha() or not word.isascii():
        return
    if len(word) < SHORTEST or word in FILLERS or stem(word) in lexicon.known:
        return
    for name in wholes(word, lexicon.latin.get(word[0], ())):
        for index in lexicon.names[name]:
            yield Ranked(
                job=lexicon.jobs[index],
                strength=Strength.MISSPELT,
                score=7.0 + min(len(name), 12) * 0.3,
                places=(at,),
                said=name,
            )


def by_sound(lexicon: Lexicon, atoms: Sequence[Atom]) -> list[Ranked]:
    """Chinese names of which a character was typed for another that sounds alike, or in pinyin."""
    return [
        Ranked(
            job=lexicon.jobs[index],
            strength=Strength.MISSPELT,
            score=7.5 + min(_length(name), 12) * 0.3,
            places=tuple(range(first, last + 1)),
            said=name,
        )
        for first, last, name in sounding(atoms, lexicon.sounds)
        for index in lexicon.names[name]
    ]


def by_other_words(lexicon: Lexicon, atoms: Sequence[Atom]) -> list[Ranked]:
    """Jobs whose Chinese name is said in another way: 扩到 for 扩容."""
    return [
        Ranked(
            job=lexicon.jobs[index],
            strength=Strength.PARTS,
            score=10.0 + 0.3 * (last - first),
            places=tuple(range(first, last + 1)),
            said=key,
        )
        for first, last, key in windows(atoms, lexicon.spoken, longest=5, plural=False)
        for index in lexicon.spoken[key]
    ]


def by_light_verbs(lexicon: Lexicon, atoms: Sequence[Atom]) -> list[Ranked]:
    """Jobs meant by what a light verb is said of; of a version they are sure."""
    return [
        Ranked(
            job=lexicon.jobs[each.job],
            strength=Strength.PARTS if each.is_sure else Strength.WORDS,
            score=9.0 + 0.3 * (each.last - each.first),
            places=tuple(range(each.first, each.last + 1)),
            said="".join(atom.text for atom in atoms[each.first : each.last + 1]),
        )
        for each in light_verbs(lexicon, atoms)
    ]


def _is_inflected(key: str, name: str) -> bool:
    """`restarted` is another word than `restart`, and tells instead of asking."""
    return key.startswith(name) or name.startswith(key) or key.endswith(("ed", "ing"))


def _may_be_misspelt(key: str, known: Collection[str]) -> bool:
    return len(key) >= 5 and key.isalpha() and key not in FILLERS and stem(key) not in known
