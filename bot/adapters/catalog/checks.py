"""What a well-formed job may still get wrong, told before anybody asks for it."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from bot.adapters.catalog.findings import Finding, possible
from bot.adapters.catalog.parameters import check_names, check_parameters
from bot.adapters.yaml_documents import KeyPath
from bot.adapters.yaml_shapes import near
from bot.domain.instances import LOCAL, Instances
from bot.domain.jobs import Job, placeholders
from bot.domain.parameters import Kind

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def check(job: Job, *, instances: Instances, program_path: str) -> Iterator[Finding]:
    """Everything wrong with one job, looked at by itself.

    What a platform's own offer decides is left to `check_fit`.
    """
    where = instances.named.get(job.platform)
    if where is None:
        known = sorted(instances.named)
        hint = near(job.platform, known) or f"; there is {', '.join(known)}."
        yield Finding(path=("platform",), text=f"there is no platform `{job.platform}`{hint}")
    yield from _spans(job)
    if where is not None and where.offers:
        yield from check_names(job)
        return
    if job.remote:
        text = f"`{job.platform}` runs commands: name it alone, and say `run`."
        yield Finding(path=("platform",), text=text)
    yield from check_parameters(job)
    yield from _texts(job)
    yield from _environment(job)
    yield from _conditions(job)
    if job.platform == LOCAL and job.command.groups:
        yield from _program(job, program_path)
        yield from _sandbox_paths(job)


def check_fit(job: Job) -> Iterator[tuple[Finding, bool]]:
    """What does not fit once a job was laid over what its platform offers.

    True with what would be asked of nobody if it ran all the same: then it must not run.
    """
    yield from ((each, False) for each in check_parameters(job))
    if job.concurrency:
        key = _names_in(job, job.concurrency.key, ("concurrency", "key"), secrets=False)
        yield from ((each, False) for each in key)
    yield from ((each, True) for each in (*_environment(job), *_conditions(job)))


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
        if name == "state" and found is None:
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
            yield from possible(found, values, path)


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
