"""Secret references turned into values, as late as can be."""

from collections.abc import Mapping
from pathlib import Path

_LARGEST = 128 * 1024


class Unresolved(Exception):
    """A reference leads nowhere; the sentence names the reference and never a value."""


def resolve(secrets: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """Each variable's value: `env:NAME` from the environment, `file:PATH` from a file.

    One line end at a file's end is not part of the secret. Raises Unresolved.
    """
    return {name: _value(reference, environment) for name, reference in secrets.items()}


def names_in_environment(secrets: Mapping[str, str]) -> tuple[str, ...]:
    """The environment variables that the references need."""
    return tuple(r.removeprefix("env:") for r in secrets.values() if r.startswith("env:"))


def _value(reference: str, environment: Mapping[str, str]) -> str:
    kind, _, place = reference.partition(":")
    match kind:
        case "env" if place in environment:
            return environment[place]
        case "env":
            raise Unresolved(f"The secret `{reference}` is not set where the bot runs.")
        case "file":
            return _content(reference, Path(place))
        case _:
            raise Unresolved(f"`{reference}` is no secret reference: env:NAME or file:PATH is.")


def _content(reference: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise Unresolved(f"The secret `{reference}` cannot be read: {error.strerror}.") from error
    if len(content) > _LARGEST or b"\0" in content:
        raise Unresolved(f"The secret `{reference}` is not text of at most {_LARGEST} bytes.")
    return content.decode(errors="surrogateescape").removesuffix("\n").removesuffix("\r")
