"""Reading what somebody gave for a parameter into the one canonical value, or saying why not."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import assert_never
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.domain.compounds import MOST_ENTRIES, entries_of, json_of_text
from bot.domain.durations import format_duration, parse_duration
from bot.domain.errors import InvalidValues
from bot.domain.json_texts import is_json
from bot.domain.parameters import Kind, Parameter, Raw, Value, applies, shown
from bot.domain.wording import N_, _

LONGEST_VALUE = 8_000
"""Characters of one value; larger content belongs in a file."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Control characters, and those with which a value reads otherwise than it is."""


_UNSAID = N_("that is no possible value.")
"""What is not for all to see is not quoted in a sentence about it either."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What became of the given values: those that hold, those to ask for, those to mend."""

    values: Mapping[str, Value]
    missing: tuple[str, ...] = ()
    problems: Mapping[str, str]

    @property
    def is_complete(self) -> bool:
        return not self.missing and not self.problems


def read_all(
    parameters: Sequence[Parameter], given: Mapping[str, Raw], *, zone: str = "UTC"
) -> Reading:
    """Read what was given, in the catalogue's order; defaults fill gaps."""
    known = {alias: p.name for p in parameters for alias in (p.name, *p.aliases)}
    by_name = {known[name]: raw for name, raw in given.items() if name in known}
    values: dict[str, Value] = {}
    missing: list[str] = []
    problems = {
        name: _("There is no parameter called `{name}`.").format(name=name)
        for name in given
        if name not in known
    }
    for parameter in parameters:
        if not applies(parameter, values):
            continue
        raw = by_name.get(parameter.name)
        try:
            value = None if _is_blank(raw) else read(parameter, raw, zone=zone)
        except InvalidValues as error:
            problems.update(error.problems)
            continue
        value = parameter.default if value is None or _is_blank(value) else value
        if value is not None:
            values[parameter.name] = value
        elif parameter.required:
            missing.append(parameter.name)
    return Reading(values=values, missing=tuple(missing), problems=problems)


def _is_blank(raw: Raw) -> bool:
    """True for what a person left empty, in whatever shape a form or a command says so."""
    if isinstance(raw, bool | int | float):
        return False
    return not raw or (isinstance(raw, str) and not raw.strip())


def read(parameter: Parameter, raw: Raw, *, zone: str = "UTC") -> Value:
    """The canonical value of what was given. Raises `InvalidValues` with one sentence."""
    try:
        value = _typed(parameter, raw, zone)
    except (ValueError, OverflowError) as error:
        said = _(_UNSAID) if parameter.is_masked else str(error)
        raise InvalidValues({parameter.name: f"{parameter.label}: {said}"}) from None
    return value


def _typed(parameter: Parameter, raw: Raw, zone: str) -> Value:  # noqa: C901  one arm per kind
    match parameter.kind:
        case Kind.STRING | Kind.TEXT | Kind.FILE:
            return _text(parameter, raw)
        case Kind.INTEGER:
            return int(_bounded(parameter, _integer(_word(raw))))
        case Kind.NUMBER:
            return _bounded(parameter, _number(_word(raw)))
        case Kind.BOOLEAN:
            return _boolean(raw)
        case Kind.ENUM | Kind.SECRET:
            return _choice(parameter, _word(raw))
        case Kind.MULTI_ENUM:
            return _choices(parameter, raw)
        case Kind.DATE:
            return date.fromisoformat(_word(raw)).isoformat()
        case Kind.TIME:
            return _clock(_word(raw))
        case Kind.DATETIME:
            return _moment(_word(raw), zone)
        case Kind.DURATION:
            return _duration(parameter, raw)
        case Kind.USER:
            return _reference(
                _word(raw), r"<@([UW][A-Z0-9]{2,})(?:\|[^>]*)?>|([UW][A-Z0-9]{2,})", _("a person")
            )
        case Kind.CHANNEL:
            return _reference(
                _word(raw),
                r"<#([CGD][A-Z0-9]{2,})(?:\|[^>]*)?>|([CGD][A-Z0-9]{2,})",
                _("a channel"),
            )
        case Kind.URL:
            return _url(parameter, _word(raw))
        case Kind.EMAIL:
            return _email(parameter, _word(raw))
        case Kind.LIST:
            return _entries(parameter, raw, zone)
        case Kind.JSON:
            return _json(raw)
        case _:
            assert_never(parameter.kind)


def _word(raw: Raw) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    word = str(raw).strip() if isinstance(raw, str | int | float) else None
    if word is None:
        raise ValueError(_("one value is wanted here."))
    if len(word) > LONGEST_VALUE:
        raise ValueError(
            _("at most {most} characters, this has {count}.").format(
                most=LONGEST_VALUE, count=len(word)
            )
        )
    if _UNSEEN.search(word):
        raise ValueError(_("control characters are not allowed."))
    return word


def _text(parameter: Parameter, raw: Raw) -> str:
    text = raw if isinstance(raw, str) else _word(raw)
    if parameter.kind is not Kind.TEXT:
        text = text.strip()
    if _UNSEEN.search(text) or (parameter.kind is not Kind.TEXT and re.search(r"[\n\t]", text)):
        raise ValueError(_("control characters are not allowed."))
    if parameter.kind is not Kind.TEXT:
        _refuse_dash(parameter, text)
    return _fitting(parameter, text)


def _refuse_dash(parameter: Parameter, text: str) -> None:
    if text.startswith("-") and not parameter.pattern:
        raise ValueError(
            _("it may not begin with a dash, or a program could take it for an option.")
        )


def _fitting(parameter: Parameter, text: str) -> str:
    longest = min(parameter.max_length or LONGEST_VALUE, LONGEST_VALUE)
    if len(text) > longest:
        raise ValueError(
            _("at most {most} characters, this has {count}.").format(most=longest, count=len(text))
        )
    if parameter.min_length is not None and len(text) < parameter.min_length:
        raise ValueError(
            _("at least {least} characters, this has {count}.").format(
                least=parameter.min_length, count=len(text)
            )
        )
    if parameter.pattern and re.fullmatch(parameter.pattern, text) is None:
        raise ValueError(_("it must match `{pattern}`.").format(pattern=parameter.pattern))
    return text


def _integer(word: str) -> float:
    if re.fullmatch(r"[+-]?\d{1,18}", word) is None:
        raise ValueError(_("a whole number is wanted, not `{word}`.").format(word=word[:40]))
    return int(word)


def _number(word: str) -> float:
    try:
        number = float(word)
    except ValueError:
        raise ValueError(_("a number is wanted, not `{word}`.").format(word=word[:40])) from None
    if not math.isfinite(number):
        raise ValueError(_("a finite number is wanted."))
    return number


def _bounded(parameter: Parameter, number: float) -> float:
    if parameter.minimum is not None and number < parameter.minimum:
        raise ValueError(
            _("at least {minimum:g}, this is {number:g}.").format(
                minimum=parameter.minimum, number=number
            )
        )
    if parameter.maximum is not None and number > parameter.maximum:
        raise ValueError(
            _("at most {maximum:g}, this is {number:g}.").format(
                maximum=parameter.maximum, number=number
            )
        )
    return number


def _boolean(raw: Raw) -> bool:
    word = _word(raw).casefold()
    if word in {"true", "yes", "y", "on", "1", "是", "开"}:
        return True
    if word in {"false", "no", "n", "off", "0", "否", "关"}:
        return False
    raise ValueError(_("yes or no is wanted, not `{word}`.").format(word=word[:40]))


def _choice(parameter: Parameter, word: str) -> str:
    if parameter.source is not None:
        return _fitting(parameter, _text(parameter, word))
    folded = word.casefold()
    for choice in parameter.choices:
        if word == choice.value:
            return choice.value
    for choice in parameter.choices:
        if folded in {n.casefold() for n in (choice.value, choice.label, *choice.aliases)}:
            return choice.value
    if not parameter.choices:
        raise ValueError(_("`{word}` is not on offer.").format(word=word[:40]))
    allowed = ", ".join(choice.value for choice in parameter.choices[:8])
    more = ", …" if len(parameter.choices) > 8 else ""
    raise ValueError(
        _("one of {allowed}{more} is wanted, not `{word}`.").format(
            allowed=allowed, more=more, word=word[:40]
        )
    )


def _choices(parameter: Parameter, raw: Raw) -> tuple[str, ...]:
    if isinstance(raw, Sequence) and not isinstance(raw, str):
        words = [str(word) for word in raw]
    else:
        words = _words(_word(raw))
    chosen = tuple(dict.fromkeys(_choice(parameter, word.strip()) for word in words))
    if len(chosen) > 100:
        raise ValueError(_("at most 100 values."))
    _bounded(parameter, len(chosen))
    return chosen


def _words(text: str) -> list[str]:
    if text.startswith("[") and is_json(text):
        return entries_of(text, Kind.STRING)
    return [word for word in re.split(r"[,，、]", text) if word.strip()]


def _entries(parameter: Parameter, raw: Raw, zone: str) -> tuple[str, ...]:
    """Each entry as its kind is kept; limits of a text are those of each entry."""
    entries = entries_of(raw, parameter.items)
    if len(entries) > MOST_ENTRIES:
        raise ValueError(_("at most {most} entries.").format(most=MOST_ENTRIES))
    _bounded(parameter, len(entries))
    each = replace(parameter, kind=parameter.items, minimum=None, maximum=None)
    found: list[str] = []
    for number, entry in enumerate(entries, 1):
        try:
            found.append(shown(_typed(each, entry, zone)))
        except (ValueError, OverflowError) as error:
            wrong = _("entry {number}: {said}").format(number=number, said=error)
            raise ValueError(wrong) from None
    if sum(map(len, found)) > LONGEST_VALUE:
        raise ValueError(_("at most {most} characters in all.").format(most=LONGEST_VALUE))
    return tuple(found)


def _json(raw: Raw) -> str:
    text = json_of_text(raw)
    if len(text) > LONGEST_VALUE:
        raise ValueError(
            _("at most {most} characters, this has {count}.").format(
                most=LONGEST_VALUE, count=len(text)
            )
        )
    if _UNSEEN.search(text):
        raise ValueError(_("control characters are not allowed."))
    return text


def _clock(word: str) -> str:
    return time.fromisoformat(
        word.rjust(5, "0") if re.fullmatch(r"\d:\d\d", word) else word
    ).strftime("%H:%M")


def _moment(word: str, zone: str) -> str:
    if re.fullmatch(r"\d{9,10}", word):
        return datetime.fromtimestamp(int(word), _zone(zone)).isoformat(timespec="minutes")
    moment = datetime.fromisoformat(word)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(zone))
    return moment.isoformat(timespec="minutes")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError):
        # A profile's zone that this machine does not know, or the name of a folder of zones.
        return ZoneInfo("UTC")


def _duration(parameter: Parameter, raw: Raw) -> str:
    span = parse_duration(_word(raw))
    _bounded(parameter, span.total_seconds())
    return format_duration(span)


def _reference(word: str, pattern: str, wanted: str) -> str:
    found = re.fullmatch(pattern, word)
    if found is None:
        raise ValueError(_("{wanted} is wanted: write it as a mention.").format(wanted=wanted))
    return next(group for group in found.groups() if group)


def _url(parameter: Parameter, word: str) -> str:
    word = re.sub(r"^<([^|>]+)(\|[^>]*)?>$", r"\1", word)
    parts = urlsplit(word)
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"\s", word):
        raise ValueError(_("an address beginning with http:// or https:// is wanted."))
    return _fitting(parameter, word)


def _email(parameter: Parameter, word: str) -> str:
    word = re.sub(r"^<mailto:([^|>]+)(\|[^>]*)?>$", r"\1", word)
    if re.fullmatch(r"[^@\s<>,;]{1,64}@[^@\s<>,;]+\.[^@\s<>,;.]{2,}", word) is None:
        raise ValueError(_("an e-mail address is wanted."))
    _refuse_dash(parameter, word)
    return _fitting(parameter, word)
