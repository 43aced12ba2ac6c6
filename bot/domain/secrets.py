"""Secrets that somebody typed although they are chosen by name: told from what is on offer."""

from collections.abc import Mapping

from bot.domain.errors import Refused
from bot.domain.jobs import Job
from bot.domain.parameters import Kind, Raw, is_on_offer
from bot.domain.wording import N_, _

NEVER_TYPED = "secrets are never typed"

_TYPED = N_(
    "There is a secret in that. Secrets are chosen by name in the form and never "
    "typed, so I did nothing and kept nothing of it. Slack has seen it: delete "
    "your message if you can, and change the secret if it was a real one."
)


def typed_secret_refused() -> Refused:
    """What whoever types a secret is told."""
    return Refused(_(_TYPED), rule=NEVER_TYPED)


def has_typed_secret(job: Job, given: Mapping[str, Raw]) -> bool:
    """True when something was given for a secret that is none of those on offer."""
    return any(_is_typed(job, name, raw) for name, raw in given.items())


def without_typed_secrets(job: Job | None, given: Mapping[str, Raw]) -> dict[str, Raw]:
    """What was given, but for what was given for a secret and is none of those on offer."""
    return {
        name: raw for name, raw in given.items() if job is None or not _is_typed(job, name, raw)
    }


def _is_typed(job: Job, name: str, raw: Raw) -> bool:
    parameter = job.called(name)
    if parameter is None or parameter.kind is not Kind.SECRET or not raw:
        return False
    return not (isinstance(raw, str) and is_on_offer(parameter, raw))
