"""A sentence cut into atoms, each knowing where it stood in the text as it was given."""

# ruff: noqa: SIM905  patterns read best on one line
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

LONGEST_SENTENCE = 1_000
"""Characters of a text that are read as plain language; a longer one is not a request."""

MOST_ATOMS = 400

HAN = r"\u3400-\u9fff\uf900-\ufaff"
_KEPT = frozenset("，。；！？：、（）【】《》“”‘’「」")
_ODD = re.compile(
    r"<((?:https?://|mailto:|tel:)[^|<>\n]{1,2000})(?:\|([^<>\n]{0,2000}))?>|&(?:amp|lt|gt);|(?<=[\s\w])[-=](?:>|&gt;)|[→➜➡⇒]"
)
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")

_QUOTED = (
    r"\"[^\"\n]{0,800}\"|“[^”\n]{0,800}”|‘[^’\n]{0,800}’|「[^」\n]{0,800}」|`[^`\n]{1,800}`"
    r"|(?<![\w'])'[^'\n]{1,800}'(?!\w)"
)
_BRACKETED = r"\[(?:[^\[\]\n]|\[[^\[\]\n]*\]){0,400}\]|\{(?:[^{}\n]|\{[^{}\n]*\}){0,800}\}"
_VALUE = rf"(?:{_QUOTED}|{_BRACKETED}|[^\s，。；！？、]*)"
_ATOM = re.compile(
    rf"(?P<reference><[@#!][^<>\s]{{1,80}}>)"
    r"|(?P<emoji>(?<!\S):[a-z0-9_+'-]{1,40}:(?=\s|$))"
    rf"|(?<![^\s,，;；(（{HAN}])(?P<pair>(?P<key>[A-Za-z_][\w-]{{0,40}}|[{HAN}]{{1,8}})=(?P<value>{_VALUE}))"
    rf"|(?<!\S)(?P<flag>(?:--|—)(?P<name>[A-Za-z][\w-]{{0,40}})(?:=(?P<set>{_VALUE}))?)(?=[\s,，.!?]|$)"
    rf"|(?P<quoted>{_QUOTED})"
    rf"|(?P<bracketed>(?<!\S)(?:{_BRACKETED}))"
    rf"|(?P<han>[{HAN}])"
    rf"|(?P<word>(?:[^\s{HAN}，。；！？：、（）【】《》“”‘’「」\"`<>,;!?()]|(?<=[\w])[!?](?=\w))+)"
    r"|(?P<mark>\S)"
)
_VERSIONED = re.compile(r"([a-z][a-z-]*[a-z])[@:](v?\d+\.[\w.-]+|latest)")
_EMPHASIS = re.compile(r"[*_~](\w[\w.-]*\w)[*_~]")
_TRAILING = ".:'!?~…"
_CONTRACTED = frozenset("what's let's it's how's that's who's where's there's he's she's".split())


class Shape(StrEnum):
    """What an atom is: Chinese is cut into single characters."""

    WORD = "word"
    HAN = "han"
    PAIR = "pair"
    FLAG = "flag"
    QUOTED = "quoted"
    REFERENCE = "reference"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Atom:
    """`text` is folded, `raw` as written; `at` and `end` count in the sentence's `shown`.

    A pair or flag has its name in `key` and its value in `raw`; `glued`: no blank before it.
    """

    shape: Shape
    text: str
    raw: str
    at: int
    end: int
    glued: bool = False
    key: str = ""

    @property
    def is_word(self) -> bool:
        return self.shape is Shape.WORD or self.shape is Shape.HAN


def _start(atom: Atom) -> int:
    return atom.at


def _end(atom: Atom) -> int:
    return atom.end


@dataclass(frozen=True, slots=True)
class Sentence:
    """`shown` is the text in one spelling, `folded` the same in lower case, of equal length.

    `places[i]` is where character `i` of `shown` stood in `text`.
    """

    text: str
    shown: str
    folded: str
    places: tuple[int, ...]
    atoms: tuple[Atom, ...] = field(default=())

    def original(self, at: int, end: int) -> tuple[int, int]:
        """Where a part of `shown` stood in the text."""
        if at >= end or not self.places:
            return 0, 0
        last = self.places[end] if end < len(self.places) else len(self.text)
        return self.places[at], last

    def within(self, at: int, end: int) -> range:
        """The atoms (their places) of which some part lies between two places of `shown`."""
        first = bisect_right(self.atoms, at, key=_end)
        return range(first, max(bisect_left(self.atoms, end, key=_start), first))

    def words(self, first: int, last: int) -> str:
        """What was written from one atom to another, both included."""
        return self.shown[self.atoms[first].at : self.atoms[last].end]


def sentence_of(text: str) -> Sentence:
    """Never raises; takes time in proportion to the text's length."""
    text = text[:LONGEST_SENTENCE]
    pieces = list(_pieces(text))
    shown = "".join(piece for piece, _ in pieces)
    places = tuple(place for piece, place in pieces for _ in piece)
    folded = "".join(_lower(character) for character in shown)
    atoms = tuple(_atoms(shown, folded))[:MOST_ATOMS]
    return Sentence(text=text, shown=shown, folded=folded, places=places, atoms=atoms)


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    at = 0
    for found in _ODD.finditer(text):
        yield from ((_plain(text[i]), i) for i in range(at, found.start()))
        yield _decoded(found), found.start()
        at = found.end()
    yield from ((_plain(text[i]), i) for i in range(at, len(text)))


def _decoded(found: re.Match[str]) -> str:
    if entity := _ENTITIES.get(found.group()):
        return entity
    if found.group(1) is None:
        return "到"
    target = found.group(1).removeprefix("mailto:").removeprefix("tel:")
    label = found.group(2) or ""
    # Slack makes links of what was typed; a label that is not its end may mislead.
    return label if label and target.rstrip("/").endswith(label.rstrip("/")) else target


@lru_cache(maxsize=8_192)
def _plain(character: str) -> str:
    if character in _KEPT:
        return "'" if character == "’" else character
    if _INVISIBLE.match(character):
        return ""
    plain = unicodedata.normalize("NFKC", character)
    if plain.isspace() or unicodedata.category(plain[:1] or " ") in {"Cc", "Zs", "Zl", "Zp"}:
        return " "
    return "-" if plain in "‐‑‒–" else plain


@lru_cache(maxsize=8_192)
def _lower(character: str) -> str:
    lower = character.lower()
    return lower if len(lower) == 1 else character


def _atoms(shown: str, folded: str) -> Iterator[Atom]:
    before = -1
    for found in _ATOM.finditer(shown):
        atom = _atom(found, folded)
        if pair := _VERSIONED.fullmatch(atom.text) if atom.shape is Shape.WORD else None:
            # `api@1.4.2` is a name and its version.
            cut = atom.at + pair.end(1)
            yield Atom(Shape.WORD, pair[1], shown[atom.at : cut], atom.at, cut, atom.at == before)
            yield Atom(Shape.WORD, pair[2], shown[cut + 1 : atom.end], cut + 1, atom.end)
            before = found.end()
            continue
        yield Atom(atom.shape, atom.text, atom.raw, atom.at, atom.end, atom.at == before, atom.key)
        before = found.end()


def _atom(found: re.Match[str], folded: str) -> Atom:
    at, end = found.span()
    match found.lastgroup if found.lastgroup in _DIRECT else _group(found):
        case "pair":
            value = unquoted(found["value"])
            return Atom(Shape.PAIR, value.lower(), value, at, end, key=found["key"])
        case "flag":
            value = unquoted(found["set"] or "")
            return Atom(Shape.FLAG, value.lower(), value, at, end, key=found["name"])
        case "quoted":
            inside = unquoted(found.group())
            return Atom(Shape.QUOTED, inside.lower(), inside, at, end)
        case "bracketed":
            return Atom(Shape.QUOTED, folded[at:end], found.group(), at, end)
        case "reference":
            return Atom(Shape.REFERENCE, found.group(), found.group(), at, end)
        case "han":
            return Atom(Shape.HAN, folded[at:end], found.group(), at, end)
        case "word":
            return _word(found, folded)
        case _:  # marks and emoji
            return Atom(Shape.MARK, found.group(), found.group(), at, end)


_DIRECT = frozenset({"reference", "emoji", "quoted", "bracketed", "han", "word", "mark"})


def _group(found: re.Match[str]) -> str:
    return "pair" if found["pair"] is not None else "flag"


def _word(found: re.Match[str], folded: str) -> Atom:
    at = found.start()
    raw = found.group().rstrip(_TRAILING) or found.group()
    if emphasis := _EMPHASIS.fullmatch(raw):
        at, raw = at + 1, emphasis[1]
    text = folded[at : at + len(raw)]
    if text in _CONTRACTED or "'" not in text:
        text = text.replace("'", "")
    elif text.endswith("'s"):
        raw, text = raw[:-2], text[:-2]
    else:
        text = text.replace("'", "")
    if not any(c.isalnum() or c in "/*.%@#$-~_&+" for c in text):
        return Atom(Shape.MARK, raw, raw, at, found.end())
    return Atom(Shape.WORD, text, raw, at, at + len(raw))


def without(
    sentence: Sentence, spans: Sequence[tuple[int, int]], *, kept: bool = False
) -> Sentence:
    """The sentence with these parts blank; `kept` atoms of them stay, without words."""
    if not spans:
        return sentence
    shown, folded = sentence.shown, sentence.folded
    for begin, end in spans:
        blank = " " * (end - begin)
        shown = shown[:begin] + blank + shown[end:]
        folded = folded[:begin] + blank + folded[end:]
    atoms: list[Atom] = []
    for atom in sentence.atoms:
        if not any(begin <= atom.at < end for begin, end in spans):
            atoms.append(atom)
        elif kept:
            atoms.append(Atom(Shape.MARK, "", "", atom.at, atom.end))
    return replace(sentence, shown=shown, folded=folded, atoms=tuple(atoms))


def unquoted(value: str) -> str:
    """A value without the quotes around it."""
    if len(value) >= 2 and (value[0], value[-1]) in _PAIRS:
        return value[1:-1]
    return value


_PAIRS = frozenset({('"', '"'), ("'", "'"), ("“", "”"), ("‘", "’"), ("「", "」"), ("`", "`")})


def key_of(atoms: Sequence[Atom]) -> str:
    """What phrases are compared by: without blanks, dashes and underscores."""
    return "".join(compacted(atom.text) for atom in atoms)


@lru_cache(maxsize=16_384)
def compacted(word: str) -> str:
    return word.replace("-", "").replace("_", "") or word
