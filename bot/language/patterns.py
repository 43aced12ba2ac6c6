"""Texts that are known by their form: versions, hosts, paths, domains, and what is left over."""

import re

from bot.domain.parameters import Kind, Parameter
from bot.language.claims import Claims
from bot.language.lexicons import is_telling
from bot.language.sentences import Shape
from bot.language.stopwords import FILLERS, FREE_NAMES, HOSTS

_TEXTS = (Kind.STRING, Kind.TEXT, Kind.FILE, Kind.URL, Kind.EMAIL)
_LIKE_VERSION = re.compile(r"v?\d+(?:\.[\w-]+)*(?:-[\w.]+)?")
_LIKE_HOST = re.compile(r"(?=.*[\d.-])[a-z][\w.-]*[\w]")
_PLACES = frozenset({"on", "at", "host", "server", "machine", "box", "node", "of", "在"})
_SAID = {
    "latest": ("最新版本", "最新版", "最新的", "最新", "newest"),
    "previous": (
        "上一个版本",
        "上个版本",
        "上一版本",
        "上一版",
        "上版本",
        "前一个版本",
        "前一版本",
        "前一版",
        "前个版本",
        "之前的版本",
        "之前版本",
        "prior version",
        "last version",
    ),
}


def fill_patterns(claims: Claims) -> None:
    """Telling forms first; then what looks like a name of a machine, where one is wanted."""
    for parameter in claims.open_of(*_TEXTS):
        has_form = bool(parameter.pattern) and is_telling(parameter.pattern)
        if has_form or parameter.kind in {Kind.URL, Kind.EMAIL}:
            _telling(claims, parameter)
    for parameter in claims.open_of(*_TEXTS):
        is_loose = parameter.pattern and not is_telling(parameter.pattern)
        if is_loose and parameter.name.lower() not in FREE_NAMES:
            _loose(claims, parameter)
    for parameter in claims.open_of(*_TEXTS):
        if parameter.pattern and is_telling(parameter.pattern):
            _near_miss(claims, parameter)
    _said_again(claims)


def _is_former(claims: Claims, at: int) -> bool:
    """从 1.2.2 升级到 1.2.3: what it was before."""
    after = "".join(atom.text for atom in claims.atoms[at + 1 : at + 7])
    return at > 0 and claims.atoms[at - 1].text in {"从", "由"} and _GOAL.match(after) is not None


_GOAL = re.compile(r"\D{0,4}[到至成]v?\d")


def _is_left_behind(claims: Claims, parameter: Parameter, at: int) -> bool:
    """`From 1.2.4` is not where `to_version` goes."""
    if _is_former(claims, at):
        return True
    wants_goal = parameter.name.lower().startswith("to_")
    return wants_goal and at > 0 and claims.atoms[at - 1].text in {"from", "从"}


def _telling(claims: Claims, parameter: Parameter) -> None:
    _spoken(claims, parameter)
    for at in [*claims.free()]:
        if not claims.is_open(parameter):
            return
        if claims.atoms[at].shape is not Shape.WORD and claims.atoms[at].shape is not Shape.QUOTED:
            continue
        if _is_left_behind(claims, parameter, at):
            continue
        last, value = claims.chunk(at)
        raw = claims.atoms[at].raw
        host = re.sub(r"^https?://|/$", "", raw)
        for each, end in ((value, last), (raw, at), (host, at)):
            if claims.is_free(at, end) and claims.holds(parameter, each):
                claims.put(parameter, each, at, end)
                _claim_kind(claims, parameter, at)
                break


_KINDS = frozenset({"commit", "sha", "hash", "tag", "build", "release", "revision"})
"""What a version may be called before it is said: `to commit 9f8e7d6`."""


def _claim_kind(claims: Claims, parameter: Parameter, at: int) -> None:
    wants_version = re.fullmatch(parameter.pattern or "$", "1.2.3") is not None
    if wants_version and at and claims.atoms[at - 1].text in _KINDS:
        claims.claim(at - 1, at - 1, parameter.name)


_FURTHER = re.compile(r"(?:上上|前前|再[上前]|[上前][两二三几])一?个?版")
"""上上个版本 is the one before the one before."""


def _spoken(claims: Claims, parameter: Parameter) -> None:
    """`最新版` is `latest` where that is a value."""
    for value, phrases in _SAID.items():
        if re.fullmatch(parameter.pattern or "$", value) is None:
            continue
        text = claims.sentence.folded
        if value == "previous" and _FURTHER.search(text):
            claims.unsure.append(parameter.name)
            return
        # Written out beside its Chinese name, as 最新版 latest, the word itself is the value.
        for phrase in (*phrases, value):
            start = text.find(phrase)
            covered = claims.sentence.within(start, start + len(phrase)) if start >= 0 else ()
            if covered and _is_of_the_next(claims, parameter, covered[-1] + 1):
                continue
            if covered and claims.is_free(covered[0], covered[-1]):
                if not claims.is_open(parameter) and claims.given.get(parameter.name) != value:
                    return
                claims.put(parameter, value, covered[0], covered[-1])


def _is_of_the_next(claims: Claims, parameter: Parameter, at: int) -> bool:
    """最新的 4f9c2ab: that one is the value."""
    at += at < len(claims.atoms) and claims.atoms[at].text == "的"
    if at >= len(claims.atoms) or claims.atoms[at].shape is not Shape.WORD:
        return False
    raw = claims.atoms[at].raw
    return any(c.isdigit() for c in raw) and claims.holds(parameter, raw)


def _loose(claims: Claims, parameter: Parameter) -> None:
    free = [at for at in claims.free() if claims.atoms[at].shape is Shape.WORD]
    likely = [at for at in free if _LIKE_HOST.fullmatch(claims.atoms[at].text)]
    likely += [at for at in free if at not in likely and _has_sign(claims.atoms[at].raw)]
    for at in likely:
        last, value = claims.chunk(at)
        if last == at and claims.is_free(at, last) and claims.holds(parameter, value):
            if not claims.is_open(parameter):
                break
            claims.put(parameter, value, at, last)
    if claims.is_open(parameter) and parameter.required:
        _after_place(claims, parameter, free)


def _has_sign(raw: str) -> bool:
    return any(sign in raw.strip("/._-") for sign in "/_")


def _after_place(claims: Claims, parameter: Parameter, free: list[int]) -> None:
    """`reboot host bastion`: a word of no other meaning where a machine's name would stand."""
    for at in free:
        atom = claims.atoms[at]
        before = claims.atoms[at - 1].text if at else ""
        after = claims.atoms[at + 1].text if at + 1 < len(claims.atoms) else ""
        near = before in _PLACES | HOSTS or after in HOSTS or after == "上"
        if near and atom.text not in FILLERS and claims.holds(parameter, atom.raw):
            claims.put(parameter, atom.raw, at, at)
            return


def _near_miss(claims: Claims, parameter: Parameter) -> None:
    """`1.4` where 1.4.0 is wanted: wrong rather than missing."""
    wants_version = re.fullmatch(parameter.pattern, "1.2.3") is not None
    wants_domain = re.fullmatch(parameter.pattern, "www.example.com") is not None
    wants_path = re.fullmatch(parameter.pattern, "/tmp/x") is not None  # noqa: S108  a probe
    for at in [*claims.free()]:
        atom = claims.atoms[at]
        if atom.shape is not Shape.WORD or not claims.is_open(parameter):
            continue
        if _is_left_behind(claims, parameter, at):
            continue
        misses = (
            (
                wants_version
                and _LIKE_VERSION.fullmatch(atom.text)
                and any(c.isdigit() for c in atom.text)
            )
            or (wants_domain and "." in atom.text.strip("."))
            or (wants_path and "/" in atom.text)
        )
        if misses:
            claims.put(parameter, atom.raw, at, at)
            return


def _said_again(claims: Claims) -> None:
    """A second value of the same form may be a correction, else nobody knows which is meant."""
    for parameter in claims.job.parameters:
        place = claims.places.get(parameter.name)
        if parameter.kind not in _TEXTS or not parameter.pattern or place is None:
            continue
        if not is_telling(parameter.pattern) or parameter.name in claims.invalid:
            continue
        for at in [*claims.free()]:
            atom = claims.atoms[at]
            if atom.shape is Shape.WORD and claims.holds(parameter, atom.raw):
                claims.claim(at, at, "again:" + parameter.name)
                if _is_former(claims, at):
                    continue
                if atom.raw != claims.given.get(parameter.name):
                    claims.unsure.append(parameter.name)
