"""A verb said of a machine that the catalogue knows for services too: `restart web-03`."""

import re
from collections.abc import Sequence

from bot.domain.jobs import Job
from bot.domain.parameters import Kind, Parameter
from bot.language.claims import Claims
from bot.language.lexicons import called, phrase_key, tokens_in
from bot.language.stopwords import HOSTS

_NUMBERED = re.compile(r"[a-z][a-z0-9]*(?:-[a-z][a-z0-9]*)*?-?\d{1,4}(?:\.[a-z0-9.-]+)?")
_NUMBER = re.compile(r"[-_]?\d{1,4}(?:\..*)?$")
_HOSTS = HOSTS | {"hostname"}


def is_of_machine(claims: Claims, left: Sequence[int], verb: str, other: Job) -> bool:
    """Whether `left`, which the `other` job of this verb could not place, are this job's machine.

    `payments-2` may as well be one of the instances of a service called `payments`.
    """
    if not left or not any(_begins(said, verb) for said in called(claims.job)):
        return False
    machines = {p.name for p in claims.job.parameters if _is_machine(p) and p.name in claims.given}
    return all(
        claims.owner[at] in machines
        and _NUMBERED.fullmatch(claims.atoms[at].text) is not None
        and not _is_choice(_NUMBER.sub("", claims.atoms[at].text), other)
        for at in left
    )


def _begins(said: str, verb: str) -> bool:
    """重启 begins 重启主机, `restart` begins `restart host`."""
    key = phrase_key(said)
    return key.startswith(verb) and key != verb


def _is_machine(parameter: Parameter) -> bool:
    said = (parameter.name, parameter.title, *parameter.aliases)
    return parameter.kind is Kind.STRING and any(
        word in _HOSTS for each in said for word in (each, *tokens_in(each))
    )


def _is_choice(name: str, job: Job) -> bool:
    key = phrase_key(name)
    return any(key == phrase_key(c.value) for p in job.parameters for c in p.choices)
