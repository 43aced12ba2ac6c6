"""What a JSON Schema finds wrong with arguments, told of the parameters that people know."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jsonschema import ValidationError

from bot.adapters.platforms.schemas.documents import ENDLESS, Node, taken_in
from bot.adapters.platforms.schemas.fields import MOST_PARAMETERS
from bot.adapters.platforms.schemas.sentences import sentence
from bot.adapters.platforms.schemas.shapes import TooTangled, properties_of, shape_of
from bot.adapters.platforms.schemas.validators import TooMuch, errors_of
from bot.domain.arguments import place_of
from bot.domain.errors import Permanent
from bot.domain.json_texts import list_of, object_of
from bot.domain.parameters import Parameter
from bot.domain.wording import _

_MOST_ERRORS = MOST_PARAMETERS


def problems(
    schema: Node | str, arguments: Mapping[str, Any], parameters: Sequence[Parameter] = ()
) -> dict[str, str]:
    """A sentence by the name of the parameter, or by none for what is wrong with all together.

    Arguments that the schema does not know are refused, unless it says that others may be given.
    The time and depth of a check are bounded. Raises `Permanent` when the schema is none.
    """
    root = taken_in(schema)
    found: dict[str, str] = {}
    for name in _unknown(root, arguments):
        found[name] = _("There is no parameter called `{name}`.").format(name=name[:40])
    try:
        for error in errors_of(root, dict(arguments), most=_MOST_ERRORS):
            _tell(found, _nearest(error), parameters)
    except TooMuch:
        found.setdefault("", _("These values are too large to be checked."))
    return found


def _unknown(root: Node, arguments: Mapping[str, Any]) -> Iterator[str]:
    try:
        whole = shape_of(root, root)
    except TooTangled:
        raise Permanent(ENDLESS) from None
    if whole.node.get("additionalProperties") in (None, False):
        yield from (name for name in arguments if name not in properties_of(whole))


def _tell(found: dict[str, str], error: ValidationError, parameters: Sequence[Parameter]) -> None:
    """Put an error where a person can mend it; the first one of a parameter is told."""
    path = tuple(error.absolute_path)
    steps = [(*path, missing) for missing in _missing(error)] or [path]
    for step in steps:
        parameter, rest = _asked(step, parameters)
        if parameter is not None:
            found.setdefault(parameter.name, sentence(error, parameter, rest))
        elif step and isinstance(step[0], str) and not parameters:
            found.setdefault(step[0], sentence(error, None, step[1:]))
        elif step and step[0] in found:
            continue
        else:
            found.setdefault("", sentence(error, None, step))


def _nearest(error: ValidationError) -> ValidationError:
    """Of alternatives, what is wrong with the one that was most likely meant."""

    def is_far(each: ValidationError) -> tuple[bool, bool, int]:
        return each.validator_value == "null", each.validator == "type", -len(each.path)

    while error.context:
        error = min(error.context, key=is_far)
    return error


def _missing(error: ValidationError) -> list[str]:
    """Names that are required and not there, of which the library tells one at a time."""
    if error.validator != "required":
        return []
    given, required = object_of(error.instance), list_of(error.validator_value)
    return [each for each in required if isinstance(each, str) and each not in given]


def _asked(
    path: Sequence[str | int], parameters: Sequence[Parameter]
) -> tuple[Parameter | None, Sequence[str | int]]:
    """The parameter that stands at a path or above it, and the rest of the path."""
    for parameter in parameters:
        place = place_of(parameter)
        if tuple(path[: len(place)]) == place:
            return parameter, path[len(place) :]
    return None, path
