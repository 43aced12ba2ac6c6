"""Plain Python values as a person's input: names, dates, option words, files."""

import datetime as dt

from simulator.blocks import options_of
from simulator.files import File, file_object, mimetype
from simulator.gestures.suggestions import suggest
from simulator.gestures.surfaces import Surface
from simulator.inputs import KEYS, empty, value_object
from simulator.people import User
from simulator.readings import Placed
from simulator.shapes import JsonObject, is_list, is_object, objects, text_of
from simulator.teams import Team


async def filled(
    team: Team, user: User, surface: Surface, one: Placed, value: object
) -> JsonObject:
    """The value object of an element; LookupError when there is no such option or name."""
    if one.type == "overflow":
        option = _option(options_of(one.element), value)
        return {"type": "overflow", "selected_option": option}
    if one.type not in KEYS:
        raise LookupError(f"{one.action_id} is a {one.type} and takes no value")
    if value is None:
        return value_object(one.element, empty(one.type))
    return value_object(one.element, await _content(team, user, surface, one, value))


def upload(team: Team, user: User, name: str, content: bytes) -> File:
    """A file of a person, as a file input or a message takes it."""
    file = File(
        id=team.files.new_id(),
        name=name,
        title=name,
        user=user.id,
        size=len(content),
        created=int(team.clock.now()),
        mimetype=mimetype(name),
    )
    team.journal.add("file", user.id, {"change": "added", "file": file.id, "name": name})
    return team.files.put(file, content)


async def _content(team: Team, user: User, surface: Surface, one: Placed, value: object) -> object:
    match one.type:
        case "static_select" | "radio_buttons":
            return _option(options_of(one.element), value)
        case "multi_static_select" | "checkboxes":
            return [_option(options_of(one.element), item) for item in _several(value)]
        case "external_select":
            return await _external(team, user, surface, one, value)
        case "multi_external_select":
            return [await _external(team, user, surface, one, v) for v in _several(value)]
        case "file_input":
            return [_file(team, user, item) for item in _several(value)]
        case "rich_text_input":
            return value if is_object(value) else _rich(str(value))
        case "datepicker" | "timepicker" | "datetimepicker":
            return _moment(one.type, value)
        case _:
            return _named(team, one.type, value)


def _named(team: Team, kind: str, value: object) -> object:
    match kind:
        case "users_select":
            return team.people.get(str(value)).id
        case "multi_users_select":
            return [team.people.get(str(item)).id for item in _several(value)]
        case "channels_select" | "conversations_select":
            return team.channels.get(str(value)).id
        case "multi_channels_select" | "multi_conversations_select":
            return [team.channels.get(str(item)).id for item in _several(value)]
        case _:
            # an emptied text field is null in state.values
            return str(value) or None


def _several(value: object) -> list[object]:
    """A list as it is; anything else is the only item, a (name, bytes) pair too."""
    return list(value) if is_list(value) else [value]


def _option(options: list[JsonObject], value: object) -> JsonObject:
    wanted = value.get("value") if is_object(value) else str(value)
    for option in options:
        if option.get("value") == wanted:
            return option
    for option in options:
        if text_of(option.get("text")) == wanted:
            return option
    listed = ", ".join(str(option.get("value")) for option in options) or "none"
    raise LookupError(f"no option {value!r}; there are {listed}")


async def _external(
    team: Team, user: User, surface: Surface, one: Placed, value: object
) -> JsonObject:
    """An option the app offered: given whole, or looked up by typing it."""
    if is_object(value):
        return value
    found = await suggest(team, user, surface, one, str(value))
    flat = [option for item in found for option in objects(item.get("options")) or [item]]
    return _option(flat, value)


def _moment(kind: str, value: object) -> object:
    match kind, value:
        case "datetimepicker", dt.datetime():
            return int(value.timestamp())
        case "datetimepicker", str() if not value.isdigit():
            return int(dt.datetime.fromisoformat(value).timestamp())
        case "datetimepicker", int() | float() | str():
            return int(value)
        case "datepicker", dt.date():
            return value.isoformat()[:10]
        case "timepicker", dt.time():
            return value.isoformat("minutes")
        case _:
            return str(value) or None


def _file(team: Team, user: User, value: object) -> JsonObject:
    match value:
        case File():
            file = value
        case (str() as name, bytes() as content):
            file = upload(team, user, name, content)
        case _:
            known = value.get("id") if is_object(value) else value
            if (found := team.files.find(str(known))) is None:
                raise LookupError(f"no file {value!r}")
            file = found
    return file_object(file, base_url=team.base_url, team_id=team.id)


def _rich(text: str) -> JsonObject:
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [line]}
