"""How a reading is scored against what was expected, by the rules of the sample's README."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

FREE = frozenset({"reason", "message", "args"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """`unsafe` takes every reading that is no question for a run; `started` only real starts."""

    exact: bool
    unsafe: bool
    started_wrongly: bool


def score(
    expected: Mapping[str, Any],
    row: Mapping[str, Any],
    got: Mapping[str, Any],
    defaults: Mapping[str, Mapping[str, Any]],
) -> Score:
    """Exact and unsafe, as the sample's README defines them."""
    is_exact = _is_exact(expected, row, got, defaults)
    runs = got["intent"] in {"run", "schedule"} and not got.get("clarify")
    wrong = runs and not _may_run(expected, row, got, defaults)
    return Score(exact=is_exact, unsafe=wrong, started_wrongly=wrong and bool(got.get("starts")))


def _may_run(expected: Any, row: Any, got: Any, defaults: Any) -> bool:
    asks = expected.get("clarify") is True
    if asks or expected.get("must_not_run") or expected.get("unknown"):
        return False
    if expected["intent"] not in {"run", "schedule"}:
        return False
    return _same_run(expected, row, got, defaults)


def _is_exact(expected: Any, row: Any, got: Any, defaults: Any) -> bool:
    asks = bool(got.get("clarify"))
    if expected.get("unknown"):
        return got["intent"] == "unknown"
    if expected.get("must_not_run"):
        return got["intent"] == "unknown" or asks
    named = [got.get("job"), *got.get("candidates", ())]
    if expected.get("clarify") is True:
        return asks and expected["job"] in named
    if expected.get("clarify") == "allowed" and asks:
        return bool(named) and named[0] == expected["job"]
    if asks:
        return False
    allowed = {expected["intent"], *row.get("accept_intents", ())}
    if got["intent"] not in allowed:
        return False
    if expected["intent"] in {"run", "schedule"}:
        return _same_run(expected, row, got, defaults)
    keys = ("job", "execution", "command", "what", "lines", "limit")
    same = all(_same(expected[key], got.get(key)) for key in keys if key in expected)
    args = all(_same(v, got.get("args", {}).get(k)) for k, v in expected.get("args", {}).items())
    return (same and args) or got["intent"] != expected["intent"]


def _same_run(expected: Any, row: Any, got: Any, defaults: Any) -> bool:
    keys = ("job", "schedule", "target", "recurrence")
    if any(expected.get(key) != got.get(key) for key in keys):
        return False
    return same_values(
        expected.get("params", {}),
        got,
        defaults.get(expected["job"], {}),
        accepted=row.get("accept_params", {}),
    )


def same_values(wanted: Any, got: Any, defaults: Any, *, accepted: Any, implicit: Any = ()) -> bool:
    """Every wanted value is there, and no other but defaults and free text."""
    given = dict(got.get("params", {}))
    if got.get("reason") and "reason" in wanted and "reason" not in given:
        given["reason"] = got["reason"]
    for name, value in wanted.items():
        said = given.pop(name, defaults.get(name))
        if name in FREE:
            if str(value).casefold() not in str(said).casefold():
                return False
        elif not any(_same(each, said) for each in [value, *accepted.get(name, ())]):
            return False
    return all(
        name in FREE or name in implicit or _same(defaults.get(name), value)
        for name, value in given.items()
    )


def _same(wanted: Any, said: Any) -> bool:
    if isinstance(wanted, list):
        wanted = cast("list[Any]", wanted)
        parts = str(said).strip("[]").replace("'", "").split(",")
        return [part.strip() for part in parts] == [str(each) for each in wanted]
    if isinstance(wanted, bool) or isinstance(said, bool):
        return str(wanted).casefold() == str(said).casefold()
    if isinstance(wanted, int | float):
        try:
            return float(said) == float(wanted)
        except (TypeError, ValueError):
            return False
    return said is not None and str(wanted).casefold() == str(said).casefold()
