"""Secret references turned into values, as late as can be."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.domain.errors import Permanent
from bot.domain.wording import at_rest

LARGEST = 16 * 1024
"""Bytes of a secret; all that can be masked without the supervisor growing large."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


_NO_FAIR_TEXT = at_rest("The secret `{reference}` is not text of at most {most} bytes.")
_EMPTY = at_rest("The secret `{reference}` is empty.")
_NOT_SET = at_rest("The secret `{reference}` is not set where the bot runs.")
_NO_STORE = at_rest("The secret `{reference}` needs JOBTHREAD_JOB_SECRETS to be set.")
_NO_REFERENCE = at_rest("No secret reference: env:NAME, file:PATH or store:NAME is one.")
_UNREADABLE = at_rest("The secret `{reference}` cannot be read: {why}.")


class Unresolved(Exception):
    """A reference leads nowhere; the sentence names the reference and never a value."""


def resolve(
    secrets: Mapping[str, str], environment: Mapping[str, str], store: str = ""
) -> dict[str, str]:
    """Each variable's value: `env:NAME` from the environment, `file:PATH` from a file.

    `store:NAME` is the file of that name in the folder `store`. One line end at a file's end is
    not part of the secret. Raises Unresolved.
    """
    return {name: _value(reference, environment, store) for name, reference in secrets.items()}


def secret_reader(environment: Mapping[str, str], store: str = "") -> Callable[[str], str]:
    """Reads one reference, anew at each call; what it reads raises `Permanent` without a value."""

    def read(reference: str) -> str:
        try:
            return _value(reference, environment, store)
        except Unresolved as error:
            raise Permanent(str(error), code="no_secret") from error

    return read


def names_in_environment(secrets: Mapping[str, str]) -> tuple[str, ...]:
    """The environment variables that the references need."""
    return tuple(r.removeprefix("env:") for r in secrets.values() if r.startswith("env:"))


def _value(reference: str, environment: Mapping[str, str], store: str) -> str:
    kind, _, place = reference.partition(":")
    match kind:
        case "env" if place in environment:
            return _fair(reference, os.fsencode(environment[place]))
        case "env":
            raise Unresolved(_NOT_SET.format(reference=reference))
        case "file":
            return _content(reference, Path(place))
        case "store" if not store:
            raise Unresolved(_NO_STORE.format(reference=reference))
        case "store" if _NAME.fullmatch(place):
            return _content(reference, Path(store) / place)
        case _:
            # What is no reference may be a secret that somebody wrote down by mistake.
            raise Unresolved(_NO_REFERENCE)


def _content(reference: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 3)
    except OSError as error:
        raise Unresolved(_UNREADABLE.format(reference=reference, why=error.strerror)) from error
    return _fair(reference, content.removesuffix(b"\n").removesuffix(b"\r"))


def _fair(reference: str, content: bytes) -> str:
    if len(content) > LARGEST or b"\0" in content:
        raise Unresolved(_NO_FAIR_TEXT.format(reference=reference, most=LARGEST))
    if not content:
        raise Unresolved(_EMPTY.format(reference=reference))
    return os.fsdecode(content)
