"""What is found wrong with a job, and what several checks look for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.adapters.yaml_documents import KeyPath
from bot.domain.errors import InvalidValues
from bot.domain.parameters import Parameter, shown
from bot.domain.readings import read


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something to mend at a path of the job; a warning does not keep the file from being used."""

    path: KeyPath
    text: str
    is_warning: bool = False


def possible(parameter: Parameter, values: Sequence[str], path: KeyPath) -> Iterator[Finding]:
    """Conditions compare texts, so each value must be one that reading would give."""
    for value in values:
        try:
            canonical = shown(read(parameter, value))
        except InvalidValues as error:
            yield Finding(path=path, text=f"`{value}` is never its value: {error}")
            continue
        if canonical != value:
            yield Finding(path=path, text=f"write `{canonical}` in place of `{value}`.")
