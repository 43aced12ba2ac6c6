"""Secrets that somebody typed, taken out of a text before anything of it is kept."""

import difflib
import re
from collections.abc import Callable, Iterator, Sequence

from bot.domain.jobs import Job
from bot.domain.parameters import VEIL, Kind, Parameter, is_reference
from bot.language.normalising import QUOTES, cleaned, compact

LONGEST_TEXT = 40_000
"""Characters in which secrets are looked for; what is beyond is not kept at all."""

_SHAPES = re.compile(
    r"\bxox[a-z]-[\w-]{8,}|\bxapp-[\w-]{8,}|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}"
    r"|\bglpat-[\w-]{16,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bsk-[\w-]{20,}"
    r"|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,}"
    r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*"
)
"""Tokens that anybody can tell by their looks."""

_TELLING = frozenset(
    {"password", "passwd", "passphrase", "pwd", "secret", "apikey", "token", "privatekey", "密码"}
)
"""Names after which a secret stands, whatever the catalogue says of them."""

_NAME = r"[^\W\d](?:[\w.-]{0,63}\w)?"
_SIGNED = re.compile(
    rf"(?:(?:--|－－|[—–―]{{1,2}})(?P<flag>{_NAME})(?:\s*[=:＝：]\s*|\s+)"
    rf"|(?P<key>{_NAME})(?:\s{{1,3}}(?:is|was))?[\"'`”’]?\s{{0,3}}(?:[=＝：]|:(?!/)|:(?=\s))\s*)"
)
_PAIR = re.compile(rf"(?:--|－－|[—–―]{{1,2}})?{_NAME}\s{{0,3}}[=＝：]")
_WORD = re.compile(r"[^\s,，。；;]+")
_TALK = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by can does expires for from has have how i if in is it needed of "
        "on or parameter please that the this to was what when where which will with",
    )
)
"""What stands behind a name that is only talked about."""

_ORDERS = frozenset({"run", "start", "launch", "execute", "运行", "执行", "启动"})


MOST_BEFORE_ORDER = 6
"""The words among which one that orders something stands."""


class Veil:
    """Knows what the parameters of a catalogue are called, and what may be said for a secret."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        parameters = [each for job in jobs for each in job.parameters]
        secrets = [each for each in parameters if each.kind is Kind.SECRET]
        open_ = [each for each in parameters if each.kind is not Kind.SECRET]
        self._open = frozenset(name for each in open_ for name in _names(each))
        self._secret = frozenset(name for each in secrets for name in _names(each))
        words = {word.casefold() for each in secrets for word in _said(each)}
        self._offered = tuple(sorted(words, key=len, reverse=True))
        self._jobs = frozenset(compact(name) for job in jobs for name in (job.name, *job.aliases))
        spoken = sorted({n for p in secrets for n in (p.name, p.title, *p.aliases) if n}, key=len)
        named = "|".join(_loosely(name) for name in reversed(spoken))
        self._spoken = re.compile(rf"(?<!\w)(?:{named})\s+", re.IGNORECASE) if named else None

    def over(self, text: str) -> str:
        """The text up to where a secret was typed; the same text when there is none."""
        looked_at = text[:LONGEST_TEXT]
        at = min(self._places(looked_at), default=None)
        if at is not None:
            return f"{looked_at[:at]}{VEIL}"
        veiled = _SHAPES.sub(VEIL, looked_at)
        return veiled if veiled != looked_at or len(text) > LONGEST_TEXT else text

    def _places(self, text: str) -> Iterator[int]:
        for found in _SIGNED.finditer(text):
            name = compact(found["flag"] or found["key"])
            if self._is_secret(name) and self._is_typed(text[found.end() :]):
                yield found.end()
        if self._spoken is None:
            return
        is_order = self._orders(text)
        for found in self._spoken.finditer(text):
            if self._is_spoken(text[found.end() :], is_order=is_order):
                yield found.end()

    def _is_secret(self, name: str) -> bool:
        if name in self._secret:
            return True
        if name in self._open:
            return False
        near = difflib.get_close_matches(name, self._secret, n=1, cutoff=0.75)
        return bool(near) or name.replace("-", "") in _TELLING

    def _is_typed(self, rest: str) -> bool:
        """True when what follows is a value, and none that is on offer."""
        rest = rest.lstrip("`\t \n" + "".join(QUOTES))
        if not rest or _PAIR.match(rest):
            return False
        word = _WORD.match(rest)
        said = word.group().rstrip("`\"'”’」』.!?") if word else ""
        if not said or is_reference(said) or set(said) == set(VEIL):
            return False
        folded = cleaned(rest).casefold()
        return not any(_begins(folded, offered) for offered in self._offered)

    def _is_spoken(self, rest: str, *, is_order: bool) -> bool:
        """As `_is_typed`, for a name without a sign behind it, which may just be talked about."""
        word = _WORD.match(rest)
        said = word.group().strip("`\"'“”?!.") if word else ""
        if said.casefold() in _TALK or not self._is_typed(rest):
            return False
        looks = len(said) >= 8 or not said.isalpha() or not (said.islower() or said.istitle())
        return is_order or looks

    def _orders(self, text: str) -> bool:
        # `alias pp = run …` orders as well.
        words = [compact(each) for each in cleaned(text).split()[:MOST_BEFORE_ORDER]]
        return any(word in _ORDERS or word in self._jobs for word in words)


class Veils:
    """The veil over the catalogue as it is now, made anew when that changes."""

    def __init__(self, jobs: Callable[[], Sequence[Job]]) -> None:
        self._current = jobs
        self._jobs: Sequence[Job] | None = None
        self._veil = Veil(())

    def over(self, text: str) -> str:
        """The text without what was typed for a secret."""
        jobs = self._current()
        if jobs is not self._jobs:
            self._jobs, self._veil = jobs, Veil(jobs)
        return self._veil.over(text)


def _names(parameter: Parameter) -> Iterator[str]:
    for name in (parameter.name, parameter.title, *parameter.aliases):
        if name:
            yield compact(name)


def _said(parameter: Parameter) -> Iterator[str]:
    for choice in parameter.choices:
        yield from filter(None, (choice.value, choice.label, *choice.aliases))


def _loosely(name: str) -> str:
    """A name however its words are joined."""
    return r"[-_\s]?".join(map(re.escape, re.split(r"[-_\s]+", name)))


def _begins(text: str, offered: str) -> bool:
    after = text[len(offered) : len(offered) + 1]
    return text.startswith(offered) and not (after.isalnum() or after in {"-", "_", "/"})
