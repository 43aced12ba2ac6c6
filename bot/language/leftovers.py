"""Words without a meaning of their own, as values of texts that nothing bounds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.parameters import Kind, Parameter
from bot.language.claims import Claims
from bot.language.lexicons import stem, tokens_in
from bot.language.sentences import Shape
from bot.language.stopwords import FILLERS, FREE_NAMES

_TEXTS = frozenset({Kind.STRING, Kind.FILE, Kind.URL, Kind.EMAIL, Kind.LIST})
_TIES = frozenset({"for", "of", "to", "from", "in", "on", "at", "with", "by", "named", "called"})
_KINDS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (re.compile(r"/\S*"), frozenset({"path", "dir", "directory", "folder", "file"})),
    (re.compile(r"\d+\.\d+\.\d+\.\d+/\d+"), frozenset({"prefix", "subnet", "cidr", "network"})),
    (re.compile(r"\d+\.\d+\.\d+\.\d+"), frozenset({"ip", "address", "host", "device"})),
    (
        re.compile(r"[@<]\S+"),
        frozenset({"user", "owner", "person", "recipient", "member", "assignee"}),
    ),
    (
        re.compile(r"[a-z][\w.]*-[\w.-]*\d|[a-z]+\d+|[\w-]+(?:\.[\w-]+)+"),
        frozenset({"host", "hostname", "node", "server", "machine", "instance", "vm", "device"}),
    ),
    (
        re.compile(r"[\w.-]+/[\w./-]+"),
        frozenset({"repository", "repo", "branch", "project", "path"}),
    ),
)


@dataclass(frozen=True, slots=True)
class Group:
    """A value up to the next blank, with its first and last atom."""

    first: int
    last: int
    value: str
    is_telling: bool


def fill_leftovers(claims: Claims, left: Sequence[int]) -> None:
    """As many as are required are taken in order; any more are guesses, which only are offered."""
    wanting = [p for p in claims.job.parameters if p.kind in _TEXTS and _is_boundless(claims, p)]
    required = [p for p in wanting if p.required]
    groups = _chosen(claims, _groups(claims, left))
    if required and len(groups) == len(required):
        for parameter, group in _paired(claims, required, groups):
            claims.put(parameter, group.value, group.first, group.last)
        return
    for group in groups:
        _guess(claims, wanting, group)


def _paired(
    claims: Claims, required: Sequence[Parameter], groups: Sequence[Group]
) -> list[tuple[Parameter, Group]]:
    """In order, but where a value plainly belongs to another."""
    if len(required) == 2:
        straight = sum(_likeness(claims, p, g) for p, g in zip(required, groups, strict=True))
        crossed = sum(_likeness(claims, p, g) for p, g in zip(required, groups[::-1], strict=True))
        if crossed > straight:
            groups = groups[::-1]
    return list(zip(required, groups, strict=True))


def _guess(claims: Claims, wanting: Sequence[Parameter], group: Group) -> None:
    open_ones = [p for p in wanting if p.name not in claims.guessed and claims.is_open(p)]
    if group.value.isdecimal():
        numeric = [p for p in claims.open_of(Kind.INTEGER) if p.name not in claims.guessed]
        open_ones = numeric if len(numeric) == 1 else open_ones
    fitting = [p for p in open_ones if claims.holds(p, group.value)]
    if fitting:
        best = max(
            fitting, key=lambda p: (_likeness(claims, p, group), p.required, p.default is None)
        )
        claims.guessed[best.name] = group.value


def _is_boundless(claims: Claims, parameter: Parameter) -> bool:
    is_free = parameter.name.lower() in FREE_NAMES | {"reason"}
    settled = parameter.default is not None and parameter.required
    return claims.is_open(parameter) and not parameter.pattern and not is_free and not settled


def _groups(claims: Claims, left: Sequence[int]) -> list[Group]:
    groups: list[Group] = []
    for at in left:
        atom = claims.atoms[at]
        if groups and at <= groups[-1].last:
            continue
        if atom.shape not in {Shape.WORD, Shape.QUOTED, Shape.REFERENCE}:
            continue
        last, value = claims.chunk(at)
        telling = atom.shape is not Shape.WORD or not value.isalpha()
        groups.append(Group(at, last, value, telling))
    return groups


def _chosen(claims: Claims, groups: Sequence[Group]) -> list[Group]:
    """Where some look like values, a plain word is one only after a tie, as in `for ana`."""
    if not any(group.is_telling for group in groups):
        return list(groups)
    return [
        group
        for group in groups
        if group.is_telling or (group.first and claims.atoms[group.first - 1].text in _TIES)
    ]


def _likeness(claims: Claims, parameter: Parameter, group: Group) -> int:
    """How much a parameter's words have to do with a value and with what stands around it."""
    named = {*tokens_in(parameter.name)}
    words = named | {*tokens_in(parameter.description)}
    inside = {stem(piece) for piece in re.split(r"[^a-z0-9]+", group.value.lower()) if piece}
    first, last = group.first, group.last
    near = (*claims.atoms[max(first - 2, 0) : first], *claims.atoms[last + 1 : last + 2])
    around = {stem(atom.text) for atom in near if atom.text not in FILLERS}
    kind = next((w for pattern, w in _KINDS if pattern.fullmatch(group.value.lower())), None)
    score = 3 * len(inside & named) + 2 * bool(kind and kind & words) + len(around & words)
    return score + (2 if group.value.startswith("[") and parameter.name.endswith("s") else 0)
