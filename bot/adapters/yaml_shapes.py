"""Documents held against pydantic models: every mismatch with its line and how to mend it."""

import inspect
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from bot.adapters.yaml_documents import Document, FileMistake, KeyPath, Plain, inside

_Model = TypeVar("_Model", bound=BaseModel)


class Entry(BaseModel):
    """What a part of a YAML file may hold: these keys and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def shaped(
    document: Document, value: Plain, model: type[_Model], path: KeyPath = ()
) -> tuple[_Model | None, list[FileMistake]]:
    """The value as the model, or None; and what is wrong with it.

    Unknown keys are told and left out, so that they do not hide mistakes in the rest.
    """
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    mistakes = [_mistake(document, value, model, path, detail) for detail in details]
    strangers = [detail for detail in details if detail["type"] == "extra_forbidden"]
    if len(strangers) < len(details):
        return None, _without_repeats(mistakes)
    rest = _without(value, [_real_path(value, detail["loc"]) for detail in strangers])
    found, more = shaped(document, rest, model, path)
    return found, _without_repeats([*mistakes, *more])


def near(word: str, known: Sequence[str]) -> str:
    """`; did you mean `x`?` when something known is close, else an empty string."""
    best = process.extractOne(word.casefold(), known, scorer=fuzz.ratio, score_cutoff=65)
    return f"; did you mean `{best[0]}`?" if best else ""


def _mistake(
    document: Document, value: Plain, model: type[BaseModel], base: KeyPath, detail: ErrorDetails
) -> FileMistake:
    path = _real_path(value, detail["loc"], with_absent=detail["type"] == "missing")
    holder = _model_at(model, value, path[:-1])
    return document.mistake((*base, *path), _sentence(holder, path, detail))


_SENTENCES = {
    "int_parsing": "a whole number is wanted, not `{}`.",
    "int_from_float": "a whole number is wanted, not `{}`.",
    "int_type": "a whole number is wanted, not `{}`.",
    "float_parsing": "a number is wanted, not `{}`.",
    "float_type": "a number is wanted, not `{}`.",
    "finite_number": "a number is wanted, not `{}`.",
    "bool_parsing": "true or false is wanted, not `{}`.",
    "bool_type": "true or false is wanted, not `{}`.",
    "string_type": "text is wanted here, not a list or keys.",
    "list_type": "a list is wanted: [one, two], or one `- item` a line.",
    "tuple_type": "a list is wanted: [one, two], or one `- item` a line.",
    "dict_type": "keys and values are wanted, not `{}`.",
    "model_type": "keys and values are wanted, not `{}`.",
}


def _sentence(holder: type[BaseModel], path: KeyPath, detail: ErrorDetails) -> str:
    kind, given = detail["type"], str(detail["input"])[:40]
    limits = detail.get("ctx", {})
    if kind in _SENTENCES:
        return _SENTENCES[kind].format(given)
    match kind:
        case "extra_forbidden":
            return _stranger(holder, str(path[-1]))
        case "missing":
            return f"it is missing{_wanted(holder, path)}."
        case "enum" | "literal_error":
            known = str(limits["expected"]).replace(" or ", ", ").replace("'", "").split(", ")
            return f"one of {', '.join(known)} is wanted, not `{given}`{near(given, known) or '.'}"
        case "too_short":
            return f"at least {limits['min_length']} is wanted."
        case "too_long":
            return f"at most {limits['max_length']} are possible."
        case "string_pattern_mismatch":
            return f"`{given}` is not possible{_wanted(holder, path)}."
        case "value_error":
            return f"{limits['error']}."
        case _:
            text = detail["msg"]
            return f"{text[0].lower()}{text[1:]}."


def _stranger(holder: type[BaseModel], word: str) -> str:
    known = sorted(_fields(holder))
    others = f"; there are {', '.join(known)}."
    return f"there is no key `{word[:40]}` here{near(word, known) or others}"


def _wanted(holder: type[BaseModel], path: KeyPath) -> str:
    """What the field says about itself, to be put behind a mistake."""
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    for key, field in _fields(holder).items():
        if key == name and field.description:
            return f" ({field.description.splitlines()[0].rstrip('.')})"
    return ""


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _model_at(model: type[BaseModel], value: Plain, path: KeyPath) -> type[BaseModel]:
    """The model that describes what stands at a path: of a union, the one that fits best."""
    candidates = [model]
    here: Plain | None = value
    for part in path:
        here = inside(here, part)
        field = _fields(model).get(str(part))
        candidates = list(_models_in(field.annotation)) if field else candidates
        given: list[str] = list(here) if isinstance(here, dict) else []
        model = max(candidates, key=lambda each: _likeness(each, given), default=model)
    return model


def _likeness(model: type[BaseModel], keys: Sequence[str]) -> float:
    known = list(_fields(model))
    return sum(max(fuzz.ratio(key, each) for each in known) for key in keys)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if get_origin(annotation) is None and inspect.isclass(annotation):
        if issubclass(annotation, BaseModel):
            yield annotation
        return
    for part in get_args(annotation):
        yield from _models_in(part)


def _real_path(value: Plain, loc: Sequence[str | int], *, with_absent: bool = False) -> KeyPath:
    """The part of pydantic's location that stands in the file: it names union members as well.

    The last part of a missing key's location stands nowhere, and belongs to the path all the same.
    """
    path: list[str | int] = []
    here: Plain | None = value
    for position, part in enumerate(loc, start=1):
        inner = inside(here, part)
        if inner is not None:
            here = inner
        if inner is not None or (with_absent and position == len(loc)):
            path.append(part)
    return tuple(path)


def _without(value: Plain, paths: Sequence[KeyPath]) -> Plain:
    """A copy that leaves out what stands at these paths."""
    if isinstance(value, dict):
        return {
            key: _without(inner, _below(paths, key))
            for key, inner in value.items()
            if (key,) not in paths
        }
    if isinstance(value, list):
        return [_without(inner, _below(paths, index)) for index, inner in enumerate(value)]
    return value


def _below(paths: Sequence[KeyPath], part: str | int) -> list[KeyPath]:
    return [path[1:] for path in paths if path[:1] == (part,)]


def _without_repeats(mistakes: Sequence[FileMistake]) -> list[FileMistake]:
    """One mistake a place: the members of a union each complain about the same thing."""
    return list({(each.line, each.path): each for each in reversed(mistakes)}.values())[::-1]
