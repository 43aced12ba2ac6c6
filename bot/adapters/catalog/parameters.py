"""What a job's parameters may get wrong: names, limits, choices, conditions, defaults."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.adapters.catalog.findings import Finding, possible
from bot.adapters.catalog.patterns import fault_of
from bot.adapters.yaml_documents import KeyPath
from bot.adapters.yaml_shapes import near
from bot.domain.errors import InvalidValues
from bot.domain.jobs import Job, placeholders
from bot.domain.parameters import Kind, Parameter, is_reference
from bot.domain.readings import read

RESERVED_PARAMETERS = frozenset({"job", "catalog"})
"""Words that a command line or the catalogue itself already uses."""

_RANGED = {Kind.INTEGER, Kind.NUMBER, Kind.DURATION, Kind.MULTI_ENUM, Kind.LIST}
_CHOSEN = {Kind.ENUM, Kind.MULTI_ENUM, Kind.SECRET}
_WRITTEN = {Kind.STRING, Kind.TEXT, Kind.URL, Kind.EMAIL, Kind.FILE}
_LISTED = _WRITTEN - {Kind.TEXT, Kind.FILE} | {
    Kind.INTEGER,
    Kind.NUMBER,
    Kind.BOOLEAN,
    Kind.DATE,
    Kind.TIME,
    Kind.DATETIME,
    Kind.DURATION,
    Kind.USER,
    Kind.CHANNEL,
}
"""What a list may hold."""


def check_parameters(job: Job) -> Iterator[Finding]:
    """Everything wrong with the parameters of a job."""
    yield from check_names(job)
    for index, parameter in enumerate(job.parameters):
        for finding in _parameter(job, index, parameter):
            yield Finding(path=("parameters", index, *finding.path), text=finding.text)


def check_names(job: Job) -> Iterator[Finding]:
    """Parameters that are called alike, or like something else."""
    seen: dict[str, str] = {}
    for index, parameter in enumerate(job.parameters):
        for position, name in enumerate(parameter.names):
            path = ("parameters", index, *(("name",) if position == 0 else ("aliases",)))
            if name.casefold() in RESERVED_PARAMETERS:
                yield Finding(path=path, text=f"`{name}` is a word of the command line; rename it.")
            elif name.casefold() in seen:
                other = seen[name.casefold()]
                yield Finding(path=path, text=f"parameter `{other}` is already called `{name}`.")
            seen.setdefault(name.casefold(), parameter.name)


def _parameter(job: Job, index: int, parameter: Parameter) -> Iterator[Finding]:
    yield from _items(parameter)
    yield from _limits(parameter)
    yield from _choices(job, index, parameter)
    yield from _when(job, index, parameter)
    if parameter.pattern and (fault := fault_of(parameter.pattern)):
        yield Finding(path=("pattern",), text=fault)
        return
    if parameter.default is not None:
        try:
            read(parameter, parameter.default)
        except InvalidValues as error:
            yield Finding(path=("default",), text=f"the default is not possible: {error}")


def _items(parameter: Parameter) -> Iterator[Finding]:
    if parameter.path:
        return  # Over a platform's own, where it says how the value is sent.
    if parameter.items not in _LISTED:
        text = f"a list holds no {parameter.items}; use multi_enum for choices, json for the rest."
        yield Finding(path=("items",), text=text)
    elif parameter.items is not Kind.STRING and parameter.kind is not Kind.LIST:
        text = f"`items` is what a list holds, not type {parameter.kind}."
        yield Finding(path=("items",), text=text)


def _limits(parameter: Parameter) -> Iterator[Finding]:
    kind = parameter.kind
    for key, value in (("min", parameter.minimum), ("max", parameter.maximum)):
        if value is not None and kind not in _RANGED:
            yield Finding(
                path=(key,), text=f"`{key}` bounds numbers and durations, not type {kind}."
            )
    for key, value in (
        ("min_length", parameter.min_length),
        ("max_length", parameter.max_length),
        ("pattern", parameter.pattern or None),
    ):
        written = parameter.items if kind is Kind.LIST else kind
        if value is not None and written not in _WRITTEN and parameter.source is None:
            yield Finding(path=(key,), text=f"`{key}` is for texts, not type {kind}.")
    if _crossed(parameter.minimum, parameter.maximum):
        yield Finding(path=("min",), text="`min` is greater than `max`.")
    if _crossed(parameter.min_length, parameter.max_length):
        yield Finding(path=("min_length",), text="`min_length` is greater than `max_length`.")


def _crossed(low: float | None, high: float | None) -> bool:
    return low is not None and high is not None and low > high


def _choices(job: Job, index: int, parameter: Parameter) -> Iterator[Finding]:
    offers = bool(parameter.choices) or parameter.source is not None
    if parameter.kind in _CHOSEN and not offers:
        text = f"type {parameter.kind} needs `choices`: a list, {{command: […]}} or {{url: …}}."
        yield Finding(path=("choices",), text=text)
    if parameter.kind not in _CHOSEN and offers:
        text = f"type {parameter.kind} has no choices; make it enum or multi_enum."
        yield Finding(path=("choices",), text=text)
    seen: set[str] = set()
    for position, choice in enumerate(parameter.choices):
        for word in dict.fromkeys(w.casefold() for w in (choice.value, *choice.aliases)):
            if word in seen:
                text = f"`{word}` is already a choice."
                yield Finding(path=("choices", position), text=text)
            seen.add(word)
    if parameter.kind is Kind.SECRET:
        yield from _references(parameter)
    if parameter.source is not None:
        yield from _source(job, index, parameter)


def _references(parameter: Parameter) -> Iterator[Finding]:
    if parameter.source is not None:
        yield Finding(path=("choices",), text="a secret's choices are a list of references.")
    for position, choice in enumerate(parameter.choices):
        if not is_reference(choice.value):
            text = (
                "a secret is named by reference, env:NAME, file:/path or store:NAME, and never "
                "written here."
            )
            yield Finding(path=("choices", position), text=text)


def _source(job: Job, index: int, parameter: Parameter) -> Iterator[Finding]:
    source = parameter.source
    assert source is not None
    if bool(source.argv) == bool(source.url):
        yield Finding(path=("choices",), text="give a `command` or a `url`, one of them.")
    for path, text in (
        *((("choices", "command", at), text) for at, text in enumerate(source.argv)),
        (("choices", "url"), source.url),
    ):
        for name in placeholders(text):
            yield from _earlier(job, index, name, path)
    parts = urlsplit(source.url.partition("{")[0])
    if source.url and (parts.scheme not in {"http", "https"} or not parts.path):
        text = "an address such as https://host/path is wanted, its host without {parameters}."
        yield Finding(path=("choices", "url"), text=text)
    if not 0 < source.timeout <= 30:
        yield Finding(path=("choices", "timeout"), text="a timeout from 0.1s to 30s is wanted.")


def _earlier(job: Job, index: int, name: str, path: KeyPath) -> Iterator[Finding]:
    earlier = [each.name for each in job.parameters[:index]]
    other = job.parameter(name)
    if name not in earlier:
        late = f"`{name}` is asked for later; move it up." if other else ""
        text = f"there is no parameter `{name}` before this one{near(name, earlier) or '.'}"
        yield Finding(path=path, text=late or text)
    elif other is not None and other.kind is Kind.SECRET:
        yield Finding(path=path, text=f"`{name}` is a secret and may not stand here.")


def _when(job: Job, index: int, parameter: Parameter) -> Iterator[Finding]:
    if parameter.when is None:
        return
    found = list(_earlier(job, index, parameter.when.parameter, ("when", parameter.when.parameter)))
    yield from found
    other = job.parameter(parameter.when.parameter)
    if other is not None and not found:
        yield from possible(other, parameter.when.values, ("when", other.name))
