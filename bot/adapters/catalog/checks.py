"""What a well-formed job may still get wrong, told before anybody asks for it."""

import re
import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.adapters.catalog.patterns import fault_of
from bot.adapters.yaml_files import KeyPath
from bot.adapters.yaml_shapes import near
from bot.domain.errors import InvalidValues
from bot.domain.jobs import Job, placeholders
from bot.domain.parameters import Kind, Parameter, shown
from bot.domain.readings import read

RESERVED_PARAMETERS = frozenset({"job", "name", "reason", "help", "catalog", "state"})
"""Words that a command line or the catalogue itself already uses."""

_RANGED = {Kind.INTEGER, Kind.NUMBER, Kind.DURATION, Kind.MULTI_ENUM}
_CHOSEN = {Kind.ENUM, Kind.MULTI_ENUM, Kind.SECRET}
_WRITTEN = {Kind.STRING, Kind.TEXT, Kind.URL, Kind.EMAIL, Kind.FILE}
_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:/.+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something to mend at a path of the job; a warning does not keep the file from being used."""

    path: KeyPath
    text: str
    is_warning: bool = False


def check(job: Job, *, platforms: Collection[str], program_path: str) -> Iterator[Finding]:
    """Everything wrong with one job, looked at by itself."""
    if job.platform not in platforms:
        hint = near(job.platform, sorted(platforms)) or f"; there is {', '.join(platforms)}."
        yield Finding(path=("platform",), text=f"there is no platform `{job.platform}`{hint}")
    yield from _names(job)
    for index, parameter in enumerate(job.parameters):
        for finding in _parameter(job, index, parameter):
            yield Finding(path=("parameters", index, *finding.path), text=finding.text)
    yield from _texts(job)
    yield from _environment(job)
    yield from _conditions(job)
    yield from _spans(job)
    if job.platform == "local":
        yield from _program(job, program_path)
        yield from _sandbox_paths(job)


def _names(job: Job) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for index, parameter in enumerate(job.parameters):
        for position, name in enumerate((parameter.name, *parameter.aliases)):
            path = ("parameters", index, *(("name",) if position == 0 else ("aliases",)))
            if name.casefold() in RESERVED_PARAMETERS:
                yield Finding(path=path, text=f"`{name}` is a word of the command line; rename it.")
            elif name.casefold() in seen:
                other = seen[name.casefold()]
                yield Finding(path=path, text=f"parameter `{other}` is already called `{name}`.")
            seen.setdefault(name.casefold(), parameter.name)


def _parameter(job: Job, index: int, parameter: Parameter) -> Iterator[Finding]:
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
        if value is not None and kind not in _WRITTEN and parameter.source is None:
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
        if _REFERENCE.fullmatch(choice.value) is None:
            text = "a secret is named by reference, env:NAME or file:/path, and never written here."
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
        yield from _possible(other, parameter.when.values, ("when", other.name))


def _possible(parameter: Parameter, values: Sequence[str], path: KeyPath) -> Iterator[Finding]:
    """Conditions compare texts, so each value must be one that reading would give."""
    for value in values:
        try:
            canonical = shown(read(parameter, value))
        except InvalidValues as error:
            yield Finding(path=path, text=f"`{value}` is never its value: {error}")
            continue
        if canonical != value:
            yield Finding(path=path, text=f"write `{canonical}` in place of `{value}`.")


def _texts(job: Job) -> Iterator[Finding]:
    """Every `{name}` outside the parameters themselves."""
    for at, group in enumerate(job.command.groups):
        for text in group:
            yield from _names_in(job, text, ("run", at))
            for name in placeholders(text):
                if (found := job.parameter(name)) and found.kind is Kind.SECRET:
                    yield Finding(path=("run", at), text=_secret_in_arguments(name))
    for key, text in job.command.environment.items():
        yield from _variable(job, key, text)
    yield from _names_in(job, job.command.cwd, ("cwd",), secrets=False)
    if job.concurrency:
        yield from _names_in(job, job.concurrency.key, ("concurrency", "key"), secrets=False)
    for key, paths in (("read", job.sandbox.read), ("write", job.sandbox.write)):
        for text in paths:
            yield from _names_in(job, text, ("sandbox", key), secrets=False)


def _names_in(job: Job, text: str, path: KeyPath, *, secrets: bool = True) -> Iterator[Finding]:
    known = [each.name for each in job.parameters]
    for name in placeholders(text):
        found = job.parameter(name)
        if name == "state":
            text = "`{state}` is used here, and no state folder is set."
            yield Finding(path=path, text=text)
        elif found is None:
            hint = near(name, known) or "; add it to `parameters`."
            yield Finding(path=path, text=f"`{{{name}}}` is no parameter of this job{hint}")
        elif found.kind is Kind.SECRET and not secrets:
            yield Finding(path=path, text=f"`{name}` is a secret and may not stand here.")


def _secret_in_arguments(name: str) -> str:
    return (
        f"`{name}` is a secret: arguments are seen by everybody on the machine. Hand it over as "
        f'`env: {{{name.upper().replace("-", "_")}: "{{{name}}}"}}`.'
    )


def _variable(job: Job, key: str, text: str) -> Iterator[Finding]:
    path = ("env", key)
    if _VARIABLE.fullmatch(key) is None:
        yield Finding(path=path, text="a variable's name has letters, digits and `_`.")
    if key.startswith("JOBTHREAD_") or key in {"LD_PRELOAD", "LD_LIBRARY_PATH"}:
        yield Finding(path=path, text=f"`{key}` is set by Jobthread or not at all.")
    alone = len(placeholders(text)) == 1 and text == f"{{{placeholders(text)[0]}}}"
    yield from _names_in(job, text, path, secrets=alone)


def _environment(job: Job) -> Iterator[Finding]:
    if not job.environment_parameter:
        return
    found = job.parameter(job.environment_parameter)
    if found is None:
        known = [each.name for each in job.parameters]
        hint = near(job.environment_parameter, known) or "; it names the parameter to look at."
        text = f"there is no parameter `{job.environment_parameter}`{hint}"
        yield Finding(path=("environment",), text=text)
    elif found.kind is not Kind.ENUM:
        text = f"`{found.name}` must be an enum, so that policies can name its values."
        yield Finding(path=("environment",), text=text)


def _conditions(job: Job) -> Iterator[Finding]:
    for name, values in job.approval.when.items() if job.approval else ():
        found = job.parameter(name)
        path = ("approval", "when", name)
        if found is None:
            known = [each.name for each in job.parameters]
            yield Finding(
                path=path, text=f"there is no parameter `{name}`{near(name, known) or '.'}"
            )
        else:
            yield from _possible(found, values, path)


def _spans(job: Job) -> Iterator[Finding]:
    if not 1 <= job.timeout.total_seconds() <= 7 * 86_400:
        yield Finding(path=("timeout",), text="a timeout from 1s to 7d is wanted.")
    if job.approval and not 60 <= job.approval.expires.total_seconds() <= 30 * 86_400:
        yield Finding(path=("approval", "expires"), text="an expiry from 1m to 30d is wanted.")


def _program(job: Job, program_path: str) -> Iterator[Finding]:
    program = job.command.groups[0][0]
    if placeholders(program):
        text = "the program itself may not be a parameter; a person could name any program."
        yield Finding(path=("run", 0), text=text)
    elif shutil.which(program, path=program_path) is None:
        reason = "is not executable; chmod +x it" if Path(program).is_file() else "is not found"
        yield Finding(path=("run", 0), text=f"the program `{program}` {reason}.", is_warning=True)


def _sandbox_paths(job: Job) -> Iterator[Finding]:
    for key, paths in (("read", job.sandbox.read), ("write", job.sandbox.write)):
        for text in paths:
            yield from _folder(job, text, ("sandbox", key))


def _folder(job: Job, text: str, path: KeyPath) -> Iterator[Finding]:
    names = placeholders(text)
    if not text.startswith(("/", "{")):
        yield Finding(path=path, text=f"`{text}` must be absolute, or begin with {{state}}.")
    for name in names:
        found = job.parameter(name)
        if found and not (found.choices or found.source or found.pattern):
            warning = f"`{name}` lets a person open any folder to this job; give it a pattern."
            yield Finding(path=path, text=warning, is_warning=True)
