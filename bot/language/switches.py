"""Yes and no: what is named is meant, unless the words around it deny it."""

from bot.domain.parameters import Kind
from bot.language.choosing import REACH, is_denial
from bot.language.claims import Claims
from bot.language.frames import claim_then
from bot.language.phrases import windows
from bot.language.stopwords import FILLERS


def fill_booleans(claims: Claims) -> None:
    """A yes/no parameter that is named is meant, unless the words before deny it."""
    for first, last, key in sorted(
        windows(claims.atoms, claims.words.parameters), key=lambda w: (w[0] - w[1], w[0])
    ):
        for name in claims.words.parameters[key]:
            parameter = claims.job.parameter(name)
            if parameter is None or parameter.kind is not Kind.BOOLEAN:
                continue
            if not claims.is_free(first, last) or not claims.is_open(parameter):
                continue
            denial = _denial_of(claims, first)
            if denial is None:
                denial = _off_after(claims, last)
            claims.put(parameter, "false" if denial is not None else "true", first, last)
            if denial is not None:
                low, high = min(denial, first), max(denial, last)
                if (
                    low
                    and claims.atoms[low - 1].text in {"but", "and"}
                    and claims.is_free(low - 1, low - 1)
                ):
                    low -= 1
                claims.claim(low, high, parameter.name)
            _claim_order(claims, last)
            claim_then(claims, first)


def _claim_order(claims: Claims, last: int) -> None:
    """`Patch it and reboot afterwards`: when a switch takes effect is the job's own affair."""
    if last + 1 < len(claims.atoms) and claims.atoms[last + 1].text in _AFTERWARDS:
        claims.claim(last + 1, last + 1, "filler")


_AFTERWARDS = frozenset({"afterwards", "afterward", "too"})


def _denial_of(claims: Claims, first: int) -> int | None:
    """`without notifying`, `不用通知`, `no compression`, `don't compress`."""
    for place in range(first - 1, max(first - REACH - 1, -1), -1):
        atom = claims.atoms[place]
        if claims.owner[place]:
            return None
        if is_denial(claims, place):
            return place
        is_tie = atom.text in FILLERS or atom.text in _BEFORE_SWITCH
        if not is_tie and atom.text not in "用要必需进行做了去发送给":
            return None
    return None


_BEFORE_SWITCH = frozenset({"to", "need", "being", "any", "send", "sending"})
"""`No need to be`, `without being`, `don't send any`."""


def _off_after(claims: Claims, last: int) -> int | None:
    """`notify off`, `graceful = false`."""
    for place in range(last + 1, min(last + 3, len(claims.atoms))):
        if claims.atoms[place].text in {"off", "false", "disabled", "关", "否"}:
            return place
        if claims.atoms[place].text not in {"=", ":", "is", "："}:
            return None
    return None
