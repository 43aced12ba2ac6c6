"""Why somebody asks, said without `because`: `restart north, it hangs`; `it hangs, restart it`."""

# ruff: noqa: E501, SIM905  lists of words read best as words
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.domain.parameters import Kind
from bot.language.choosing import DENIALS
from bot.language.claims import Claims
from bot.language.sentences import Atom, Sentence, Shape

_MARKS = frozenset({",", ";", ":", "(", ")", "-", "--", "–", "—", "/"})
_STOP = re.compile(r"[.!?;…\n]")
_PERSONS = frozenset("it she he they there everything everybody everyone nothing".split())
_CONTRACTED = frozenset({"its", "shes", "hes", "theyre", "theres"})
_STATES = frozenset(
    "is are was were am has have had been be keeps keep kept goes went gets got gives gave looks looked "
    "seems seemed feels felt runs ran starts started stopped stops takes took eats uses shows throws "
    "returns returned lost forgot forgets broke hangs hung crashes fails leaks died expires expired "
    "isnt arent wasnt werent doesnt dont didnt wont cant cannot hasnt havent".split()
)
_TROUBLES = frozenset(
    "leak leaks leaking leaked latency hang hangs hanging hung stuck frozen freeze full crash crashes crashing "
    "crashed error errors failing fails slow sluggish timeout timeouts oom panic outage incident degraded "
    "unresponsive broken dead unreachable unhealthy overloaded spike spikes spiking flapping looping "
    "misbehaving down locked stale expired outdated lagging lag 5xx 500s 502s 503s deadlock".split()
)
_ABLE = frozenset("healthy up available alive green reachable ready enough".split())
_UNNEEDED = frozenset(
    "need needed needs require required requires have want wanted necessary urgent important be been "
    "restart redeploy yet now today to going meant supposed matter".split()
)
_SETTLED = frozenset(
    "if unless when whenever once until till before after while whether otherwise provided assuming "
    "should must shall may might would could will need needs want wants "
    "said says say told tells asked asks thinks think wonder guess maybe perhaps probably possibly or "
    "done finished fixed resolved fine ok okay good great better recovered back already over "
    "joke joking kidding mistake urgent asap actually mean meant sorry oops typo that which what why who where how please pls plz then "
    "instead only just also first next same enough".split()
)
"""Words of conditions, wishes, tales, doubts and of what needs nothing more."""
_ORDERS = frozenset(
    "make ensure check verify keep let lets do be use take leave set wait notify tell give put run watch see "
    "note skip drain try start stop ping call ask send add remove but and or so to for with without by in on at "
    "from of as via using can could would".split()
)
"""What no statement begins with."""
_TEXTS = frozenset({Kind.STRING, Kind.TEXT})
_LONGEST_SUBJECT = 4
_LONGEST_TROUBLE = 6


def explanations(sentence: Sentence) -> tuple[tuple[int, int], ...]:
    """Clauses (first and last atom) that state how something is; empty unless others ask."""
    atoms = sentence.atoms
    if len(atoms) < 4 or any(atom.shape is Shape.HAN for atom in atoms):
        return ()
    clauses = list(_clauses(sentence))
    told = tuple(each for each in clauses if _states(atoms[each[0] : each[1] + 1]))
    return told if len(told) < len(clauses) else ()


def spans_of_clauses(
    sentence: Sentence, clauses: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The same in characters of what is shown."""
    return [(sentence.atoms[first].at, sentence.atoms[last].end) for first, last in clauses]


def with_reason(claims: Claims, sentence: Sentence, spans: Sequence[tuple[int, int]]) -> Claims:
    """The same claims of the whole sentence, with what these parts say as the reason."""
    said = "; ".join(sentence.shown[begin:end].strip(" .!") for begin, end in spans)
    parameter = claims.job.parameter("reason")
    if claims.reason or "reason" in claims.given:
        return replace(claims, sentence=sentence)
    if parameter is not None and parameter.kind in _TEXTS and claims.holds(parameter, said):
        return replace(claims, sentence=sentence, given={**claims.given, "reason": said})
    return replace(claims, sentence=sentence, reason=said)


def _clauses(sentence: Sentence) -> Iterator[tuple[int, int]]:
    atoms, first = sentence.atoms, 0
    for at, atom in enumerate(atoms):
        is_mark = atom.shape is Shape.MARK or atom.text in _MARKS
        if at > first and (is_mark or _begins(sentence, at)):
            yield first, at - 1
            first = at
        if is_mark and first == at:
            first = at + 1
    if first < len(atoms):
        yield first, len(atoms) - 1


def _begins(sentence: Sentence, at: int) -> bool:
    """After a full stop; at `it hangs` behind something else; at `so` and `please`."""
    atoms = sentence.atoms
    if _STOP.search(sentence.shown, atoms[at - 1].end, atoms[at].at):
        return True
    text = atoms[at].text
    after = atoms[at + 1].text if at + 1 < len(atoms) else ""
    if text in {"so", "please", "pls", "plz"}:
        return True
    if text in _CONTRACTED and ("'" in atoms[at].raw or "’" in atoms[at].raw):
        return True
    if text == "it":
        return after in _STATES and atoms[at - 1].text not in {
            "if",
            "when",
            "because",
            "since",
            "as",
        }
    return text in {"she", "he", "they"} and bool(after)


def _states(atoms: Sequence[Atom]) -> bool:
    """`It hangs`, `the disk is full`, `qa signed off`, `memory leak`: how something is."""
    # As written: what was brought into its base form since, as `not send`, may tell of trouble.
    words = [_as_written(atom) for atom in atoms if atom.shape is not Shape.MARK]
    while words[:1] and words[0] in {
        "and",
        "as",
        "since",
        "cause",
        "well",
        "btw",
        "fyi",
        "hi",
        "hey",
    }:
        words.pop(0)
    if not words or any(a.shape in {Shape.PAIR, Shape.FLAG, Shape.QUOTED} for a in atoms):
        return False
    if len(words) > 2 and words[:2] == ["so", "that"]:
        return not _SETTLED & {*words[2:]}
    if words[0] in _ORDERS or _SETTLED & {*words} or not _denies_only_trouble(words):
        return False
    if any(a in _PERSONS and b in _STATES for a, b in pairwise(words[1:])):
        # `Make sure it is …` orders something.
        return False
    if words[0] in _PERSONS | _CONTRACTED:
        return len(words) > 1
    if any(word in _STATES or _is_past(word) for word in words[1 : _LONGEST_SUBJECT + 1]):
        return True
    return len(words) <= _LONGEST_TROUBLE and bool(_TROUBLES & {*words})


def _as_written(atom: Atom) -> str:
    raw = atom.raw.lower()
    return raw if raw.isalpha() and raw.endswith("ing") else atom.text


def _is_past(word: str) -> bool:
    return len(word) > 4 and word.endswith("ed") and word not in {"need", "speed", "feed"}


def _denies_only_trouble(words: Sequence[str]) -> bool:
    """`It's not responding` and `can't log in` tell of trouble; `it does not need it` denies."""
    for at, word in enumerate(words):
        if word not in DENIALS or word == "stop":
            continue
        after = words[at + 1 : at + 3]
        if word in {"no", "without", "never"}:
            if not after or after[0] in {"need", "longer", "rush", "hurry", "reason"}:
                return False
        elif word in {"not"}:
            if not after or not (after[0] in _ABLE or after[0].endswith(("ing", "able", "ible"))):
                return False
        elif not word.endswith("nt") and word != "cannot":
            return False
        if _UNNEEDED & {*after}:
            return False
    return True
