"""Verbs so light that only the value behind them tells the job: 上测试环境, 换成 1.2.3."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.language.lexicons import Lexicon
from bot.language.phrases import windows
from bot.language.sentences import Atom, Shape

MOST_JOBS = 20
"""Jobs of one verb whose values are looked at; a catalogue with more means none of them."""

_VERSION = re.compile(r"v?\d+\.\d+[\w.-]*|latest|(?=.*\d)[0-9a-f]{7,40}")
_TIES = frozenset({"到", "去", "至", "往", "了", "个", "上", "为", "成"})
_BEFORE_CHOICES: Mapping[str, tuple[str, ...]] = {"发到": ("上", "发", "推", "发往", "推送")}
"""By what is said for the same where another word tells: see `colloquial`."""
_BEFORE_VERSIONS: Mapping[str, tuple[str, ...]] = {
    "发到": ("换成", "换到", "更新成", "升成", "升至", "用上", "切到", "升", "发", "上", "更新"),
    "退回": ("回到", "退成", "退至", "恢复到", "降回"),
}
_WITHIN = frozenset(
    "线上 晚上 早上 马上 以上 加上 关上 器上 机上 台上 境上 务上 上上 开发 触发 研发 并发 出发 转发 群发 签发".split()  # noqa: SIM905, E501
)
"""Words that such a character ends."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A verb's atoms and the job that it may mean; `is_sure` when a version is said too."""

    first: int
    last: int
    job: int
    is_sure: bool


def light_verbs(lexicon: Lexicon, atoms: Sequence[Atom]) -> Iterator[Spoken]:
    """For texts that name no job outright."""
    versions = {at for at, a in enumerate(atoms) if _VERSION.fullmatch(a.text) and a.is_word}
    for anchor, verbs in _BEFORE_CHOICES.items():
        for first, last, after in _said(atoms, verbs):
            for job in _jobs(lexicon, anchor):
                if _is_before_choice(lexicon, job, atoms, first, after):
                    yield Spoken(first, last, job, bool(versions))
    for anchor, verbs in _BEFORE_VERSIONS.items():
        for first, last, after in _said(atoms, verbs):
            if after in versions:
                yield from (Spoken(first, last, job, True) for job in _jobs(lexicon, anchor))


def _jobs(lexicon: Lexicon, anchor: str) -> tuple[int, ...]:
    found = lexicon.spoken.get(anchor) or lexicon.names.get(anchor, ())
    return found if len(found) <= MOST_JOBS else ()


def _said(atoms: Sequence[Atom], verbs: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """First and last atom of each verb, and what stands behind it."""
    for at, atom in enumerate(atoms):
        if atom.shape is not Shape.HAN:
            continue
        verb = next((v for v in verbs if _stands(atoms, at, v)), "")
        is_within = at > 0 and atoms[at - 1].text + atom.text in _WITHIN
        if not verb or is_within or _is_place(atoms, at):
            continue
        after = at + len(verb)
        while after < len(atoms) and atoms[after].text in _TIES:
            after += 1
        yield at, at + len(verb) - 1, after


def _stands(atoms: Sequence[Atom], at: int, verb: str) -> bool:
    return "".join(atom.text for atom in atoms[at : at + len(verb)]) == verb


def _is_before_choice(
    lexicon: Lexicon, job: int, atoms: Sequence[Atom], at: int, after: int
) -> bool:
    """A choice stands behind it, and the 发 of 预发 is no verb."""
    choices = lexicon.words_of(lexicon.jobs[job]).choices
    start = max(at - 4, 0)
    if any(f + start < at <= e + start for f, e, _ in windows(atoms[start : at + 4], choices)):
        return False
    return any(first == 0 for first, _, _ in windows(atoms[after : after + 8], choices))


def _is_place(atoms: Sequence[Atom], at: int) -> bool:
    """在 web-01 上: where it is, and nothing that is put there."""
    before = [atom.text for atom in atoms[max(at - 8, 0) : at]]
    last = max((i for i, text in enumerate(before) if text in "，,。；;"), default=-1)
    return atoms[at].text == "上" and "在" in before[last + 1 :]
