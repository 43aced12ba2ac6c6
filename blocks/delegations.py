"""Being away: the form that names a stand-in, and who stands in for whom."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import cast

from blocks import ids
from blocks.elements import (
    Block,
    Message,
    View,
    actions,
    button,
    confirmation,
    labelled,
    modal,
    moment_picker,
    section,
    words_input,
)
from blocks.inputs import read_input
from blocks.texts import brief, joined, moment, safe
from bot.domain.actors import PersonId
from bot.domain.delegations import AwayAsked, Delegation
from bot.domain.wording import N_, _

_MOST = 12
_LONGEST_REASON = 300
_DIGITS = 10
"""Of seconds since 1970: enough until the year 2286."""

_TITLE, _SUBMIT, _CLOSE = N_("While you are away"), N_("Delegate"), N_("Close")
_ABOUT = N_(
    "Whoever stands in for you says yes and no where your own answer would count, and nothing "
    "else. They are told now; you can end it at any time."
)
_WHO, _WHO_HINT = N_("Who stands in?"), N_("Never for what they asked for themselves.")
_BEGINS, _BEGINS_HINT = N_("From"), N_("Left empty: from now on.")
_ENDS, _ENDS_HINT = N_("Until"), N_("It ends then by itself.")
_WHY, _WHY_HINT = N_("Why?"), N_("They read it; the audit log keeps it.")

_THEY_DO = N_("*{delegate}* stands in for you until {ends}.")
_THEY_WILL = N_("*{delegate}* will stand in for you from {begins} until {ends}.")
_YOU_DO = N_("You stand in for *{absent}* until {ends}.")
_YOU_WILL = N_("You will stand in for *{absent}* from {begins} until {ends}.")
_OTHERS = N_("*{delegate}* stands in for *{absent}* until {ends}.")
_NONE = N_("Nobody stands in for you, and you stand in for nobody.")
_NONE_AT_ALL = N_("Nobody stands in for anybody now.")
_HOW = N_("Say `/job away until friday 18:00 @bo because vacation`, or fill it in.")
_MISSING = N_("I need to know who stands in and until when.")
_UNREAD = N_("I did not understand “{words}”.")
_FILL_IN, _END = N_("Away…"), N_("End")
_SURE, _SURE_TEXT = (
    N_("End it now?"),
    N_("What they said yes to and has not started is asked anew."),
)
_KEEP = N_("Keep it")
_IS_ENDED = N_("It is ended: {delegate} does not stand in for {absent} any more.")


def away_button(asked: AwayAsked | None = None) -> Block:
    """Opens the form, with what was said already."""
    return button(_(_FILL_IN), ids.AWAY, _encoded(asked or AwayAsked()))


def away_view(asked: AwayAsked) -> View:
    """Asks who stands in, from when, until when and why. Read by `read_away`."""
    who: Block = {"type": "users_select", "action_id": ids.STAND_IN}
    if asked.user:
        who["initial_user"] = asked.user
    return modal(
        callback=ids.AWAY_VIEW,
        title=_(_TITLE),
        blocks=[
            section(_(_ABOUT)),
            labelled(ids.STAND_IN, _(_WHO), _(_WHO_HINT), who),
            labelled(
                ids.BEGINS,
                _(_BEGINS),
                _(_BEGINS_HINT),
                moment_picker(ids.BEGINS, asked.begins),
                optional=True,
            ),
            labelled(ids.ENDS, _(_ENDS), _(_ENDS_HINT), moment_picker(ids.ENDS, asked.ends)),
            words_input(
                ids.REASON,
                ids.REASON,
                _(_WHY),
                _(_WHY_HINT),
                longest=_LONGEST_REASON,
                optional=True,
                initial=asked.reason,
            ),
        ],
        close=_(_CLOSE),
        submit=_(_SUBMIT),
    )


def read_away(state: object) -> AwayAsked:
    """From `view["state"]["values"]`; what is not there, or is broken, is empty."""
    return AwayAsked(
        user=_word(state, ids.STAND_IN),
        begins=_at(_word(state, ids.BEGINS)),
        ends=_at(_word(state, ids.ENDS)),
        reason=_word(state, ids.REASON)[:_LONGEST_REASON].strip(),
    )


def read_asked(value: object) -> AwayAsked:
    """What a button that opens the form carries; nothing when it is broken or forged."""
    found: object = None
    if isinstance(value, str) and len(value) <= ids.VALUE_LIMIT:
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            found = None
    said = cast("dict[str, object]", found) if isinstance(found, dict) else {}
    words = {name: word for name, word in said.items() if isinstance(word, str)}
    return AwayAsked(
        user=words.get("u", "")[:32],
        begins=_at(words.get("b", "")),
        ends=_at(words.get("e", "")),
        reason=words.get("r", "")[:_LONGEST_REASON],
    )


def away_incomplete(asked: AwayAsked) -> Message:
    """What is missing, and a button that opens the form with the rest."""
    unread = _(_UNREAD).format(words=safe(asked.unread, 200)) if asked.unread else ""
    text = joined([unread or _(_MISSING), _(_HOW)], " ")
    return Message(text=text, blocks=(section(text), actions(away_button(asked))))


def away_listing(
    found: Sequence[Delegation], reader: PersonId, now: datetime, *, may_delegate: bool
) -> Message:
    """Who stands in for the reader, and for whom they do, each with a button that ends it."""
    lines = away_lines(found, reader, now)
    said = lines or [section(_(_NONE))]
    more = [section(_(_HOW)), actions(away_button())] if may_delegate else []
    text = joined([away_line(each, reader, now) for each in found[:3]], " ") or _(_NONE)
    return Message(text=text, blocks=(*said, *more))


def away_of_all(found: Sequence[Delegation], reader: PersonId, now: datetime) -> Message:
    """Who stands in for whom now, for admins."""
    said = away_lines(found, reader, now) or [section(_(_NONE_AT_ALL))]
    text = joined([away_line(each, reader, now) for each in found[:3]], " ") or _(_NONE_AT_ALL)
    return Message(text=text, blocks=tuple(said))


def away_lines(found: Sequence[Delegation], reader: PersonId, now: datetime) -> list[Block]:
    """A line for each, with its button."""
    return [
        section(
            joined([away_line(each, reader, now), safe(brief(each.reason, 120), 300)], "\n"),
            accessory=_end_button(each, number),
        )
        for number, each in enumerate(found[:_MOST])
    ]


def away_line(delegation: Delegation, reader: PersonId, now: datetime) -> str:
    """`Bo stands in for you until Friday`, as the reader has part in it."""
    is_begun = delegation.begins <= now
    if delegation.absent.is_same_person(reader):
        pattern = _THEY_DO if is_begun else _THEY_WILL
    elif delegation.delegate.is_same_person(reader):
        pattern = _YOU_DO if is_begun else _YOU_WILL
    else:
        pattern = _OTHERS
    return _(pattern).format(
        absent=safe(delegation.absent_name, 80),
        delegate=safe(delegation.delegate_name, 80),
        begins=moment(delegation.begins),
        ends=moment(delegation.ends),
    )


def away_told(delegation: Delegation, reader: PersonId, now: datetime) -> Message:
    """To whoever named a stand-in."""
    text = away_line(delegation, reader, now)
    return Message(text=text, blocks=(section(text, accessory=_end_button(delegation, 0)),))


def away_ended(delegation: Delegation) -> Message:
    """To whoever ended it."""
    text = _(_IS_ENDED).format(
        absent=safe(delegation.absent_name, 80), delegate=safe(delegation.delegate_name, 80)
    )
    return Message(text=text, blocks=(section(text),))


def away_errors(problems: Mapping[str, str]) -> Mapping[str, str]:
    """Problems by field as Slack wants them: by the block of the input."""
    blocks = {"user": ids.STAND_IN, "begins": ids.BEGINS, "ends": ids.ENDS}
    return {blocks.get(name, ids.ENDS): said for name, said in problems.items()}


def _end_button(delegation: Delegation, number: int) -> Block:
    sure = confirmation(_(_SURE), _(_SURE_TEXT), _(_END), _(_KEEP))
    action = ids.numbered(ids.END_AWAY, number)
    return button(_(_END), action, str(delegation.id), confirm=sure)


def _encoded(asked: AwayAsked) -> str:
    said = {"u": asked.user, "b": _epoch(asked.begins), "e": _epoch(asked.ends)}
    said["r"] = asked.reason[:_LONGEST_REASON]
    return json.dumps({name: word for name, word in said.items() if word}, ensure_ascii=False)


def _epoch(when: datetime | None) -> str:
    return "" if when is None else str(int(when.timestamp()))


def _at(text: str) -> datetime | None:
    """A moment from seconds since 1970, as pickers give it."""
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        return None
    return datetime.fromtimestamp(int(text), UTC)


def _word(state: object, name: str) -> str:
    found: object = state
    for key in (name, name):
        if not isinstance(found, Mapping):
            return ""
        found = cast("Mapping[str, object]", found).get(key)
    if not isinstance(found, Mapping):
        return ""
    read = read_input(cast("Mapping[str, object]", found))
    return read if isinstance(read, str) else ""
