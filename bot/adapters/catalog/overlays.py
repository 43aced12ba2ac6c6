"""What a file says of a job laid over what its platform offers: names, choices, limits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.adapters.catalog.findings import Finding
from bot.adapters.catalog.jobs import joined
from bot.adapters.yaml_shapes import near
from bot.domain.arguments import placed
from bot.domain.errors import InvalidValues
from bot.domain.jobs import Job
from bot.domain.parameters import Choice, Kind, Parameter
from bot.domain.readings import read

_ENVIRONMENTS = ("env", "environment")
"""Parameters that say where a job is aimed, where nobody says which one does."""


def overlaid(own: Job, offered: Job) -> tuple[Job, Sequence[Finding]]:
    """The whole job, and what the file says that the platform does not take.

    Parameters of the file come first and in its order, the others follow as the platform has them.
    A platform that tells no schema takes what the file says.
    """
    parameters, findings = _parameters(own, offered)
    whole = replace(
        own,
        title=own.title or offered.title,
        description=own.description or offered.description,
        examples=own.examples or offered.examples,
        tags=joined(own.tags, offered.tags),
        remote=offered.remote or offered.name,
        schema=offered.schema,
        parameters=parameters,
    )
    aimed = own.environment_parameter or environment_among(parameters)
    return replace(whole, environment_parameter=aimed), findings


def environment_among(parameters: Sequence[Parameter]) -> str:
    """The parameter by which policies tell environments apart; empty when there is none."""
    chosen = [each.name for each in parameters if each.kind is Kind.ENUM]
    return next((name for name in _ENVIRONMENTS if name in chosen), "")


def _parameters(own: Job, offered: Job) -> tuple[tuple[Parameter, ...], Sequence[Finding]]:
    known = {each.name: each for each in offered.parameters}
    kept: list[Parameter] = []
    findings: list[Finding] = []
    for at, written in enumerate(own.parameters):
        path = ("parameters", at)
        found = known.get(written.name)
        if found is None and offered.schema:
            text = _not_taken(written.name, offered, known)
            findings.append(Finding(path=(*path, "name"), text=text, is_warning=True))
            continue
        over = written if found is None else _over(written, found)
        if found is not None:
            findings += [
                Finding(path=(*path, "choices", number), text=text, is_warning=True)
                for number, text in _strange_choices(written, found)
            ]
        over, wrong = _with_default(over)
        if wrong:
            findings.append(Finding(path=(*path, "default"), text=wrong, is_warning=True))
        kept.append(over)
    names = {each.name for each in kept}
    others = (each for each in offered.parameters if each.name not in names)
    return (*kept, *others), findings


def _not_taken(name: str, offered: Job, known: Mapping[str, Parameter]) -> str:
    there = f"; it takes {', '.join(known)}." if known else "; it takes none."
    return f"`{offered.remote}` takes no parameter `{name}`{near(name, list(known)) or there}"


def _over(written: Parameter, found: Parameter) -> Parameter:
    """What the file says of a parameter, and of the rest what the platform says."""
    offers = bool(written.choices) or written.source is not None
    whole = replace(
        written,
        kind=_kind(written, found, offers=offers),
        title=written.title or found.title,
        description=written.description or found.description,
        required=written.required or found.required,
        default=found.default if written.default is None else written.default,
        minimum=found.minimum if written.minimum is None else written.minimum,
        maximum=found.maximum if written.maximum is None else written.maximum,
        min_length=found.min_length if written.min_length is None else written.min_length,
        max_length=found.max_length if written.max_length is None else written.max_length,
        pattern=written.pattern or found.pattern,
        choices=_choices(written, found) if written.source is None else (),
        sensitive=written.sensitive or found.sensitive,
    )
    return placed(_bounded(whole, found), found)


def _bounded(whole: Parameter, found: Parameter) -> Parameter:
    """Without bounds of numbers or of texts that its own kind does not know."""
    if whole.kind is found.kind:
        return whole
    if whole.kind in {Kind.ENUM, Kind.MULTI_ENUM, Kind.SECRET}:
        # What may be chosen is said; the platform looks at the rest.
        several = whole.kind is Kind.MULTI_ENUM
        return replace(
            whole,
            minimum=whole.minimum if several else None,
            maximum=whole.maximum if several else None,
            min_length=None,
            max_length=None,
            pattern="",
        )
    return whole


def _kind(written: Parameter, found: Parameter, *, offers: bool) -> Kind:
    """`string` and a bare `enum` are what a file's parameter is when it says no type."""
    if written.kind is Kind.STRING:
        return found.kind
    several = found.kind in {Kind.LIST, Kind.MULTI_ENUM}
    return Kind.MULTI_ENUM if written.kind is Kind.ENUM and offers and several else written.kind


def _choices(written: Parameter, found: Parameter) -> tuple[Choice, ...]:
    if not found.choices or not written.choices:
        return written.choices or found.choices
    possible = {each.value for each in found.choices}
    kept = tuple(each for each in written.choices if each.value in possible)
    return kept or found.choices


def _strange_choices(written: Parameter, found: Parameter) -> Iterator[tuple[int, str]]:
    possible = [each.value for each in found.choices]
    for number, choice in enumerate(written.choices):
        if possible and choice.value not in possible:
            hint = near(choice.value, possible) or f"; there is {', '.join(possible[:10])}."
            yield number, f"`{choice.value}` is none of its choices there{hint}"


def _with_default(parameter: Parameter) -> tuple[Parameter, str]:
    """The default as reading makes it; without it, and why, where it is none."""
    if parameter.default is None:
        return parameter, ""
    try:
        default = read(parameter, parameter.default)
    except InvalidValues as error:
        return replace(parameter, default=None), f"the default is not possible: {error}"
    return replace(parameter, default=default), ""
