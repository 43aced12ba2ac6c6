"""The few lines a thread gets: only what a person would have said aloud."""

import math
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import assert_never, cast

from blocks.elements import Message, context, section
from blocks.links import page
from blocks.states import Sign, badge, number
from blocks.stories import LOST_COLUMNS, cause, first_line, said_aloud, spoken_for, story
from blocks.texts import code, duration, joined, mention, moment, prose, safe
from bot.domain.executions import Execution, Status
from bot.domain.notices import Card, LineKind
from bot.domain.wording import N_, _, ngettext, restated

_COLON, _COMMA, _STOP = N_(": "), N_(", "), N_(".")
_SOMEBODY = N_("Somebody")
_APPROVED = N_("{who} approved")
_PROVEN = N_("{who} approved with a passkey")
_REJECTED = N_("{who} rejected this")
_EXPIRED = N_("Nobody decided in time, so this did not run.")
_LATE, _LATE_BY = N_("Started late"), N_("Started {span} late")
_AGAIN = N_("Try {attempt} of {tries}")
_ASKED_AGAIN = N_("Asked again")
_GLASS_BROKEN = N_("{who} runs this without approval")
_REMINDED = N_("Still waits for a yes from {who}")
_SLOW = N_("Slow: {span} so far")
_USUALLY = N_("usually about {span}")
_UNCONFIRMED = N_(
    "It was asked to stop {span} ago and still goes on: nobody there has said yes to that. It may "
    "run on to its own end; look at {where}."
)
_CANCEL = N_("{who} asked to cancel this.")
_AFTER = N_("after {span}")
_ASKED_BY = N_("asked by {who} {when}")
_MOVED, _THERE = N_("The rest is told here"), N_("the channel")
_NOT_TOLD, _BY_DM = N_("I could not tell {whom}"), N_("{who} by DM")
_DECIDE_HERE = N_("The card here is up to date.")
_NO_LOG = N_("The log could not be put here")
_NEW_CARD = N_("This card cannot be changed any more.")
_NEWEST = N_("The newest state is on another one")
_FOUND_RUNNING = N_("{where} answers again: this still runs there.")
_FOUND_ENDED = N_("{where} answers again, and knows what became of this.")


_LINK = re.compile(r"https?://[^\s<>|]{1,500}\Z")
_USER = re.compile(r"[UW][A-Z0-9]{1,30}\Z")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{1,30}\Z")


def thread_line(kind: LineKind, facts: Mapping[str, object], execution: Execution) -> Message:
    """One line from a notice's facts; facts that are not there are left out of the sentence.

    approved: by, behalf, comment, still_needed (count) · rejected: by, behalf, comment ·
    started_late: late (seconds), why · retried: attempt, tries, cause ·
    slow: elapsed, usual (seconds) · cancel_asked: by · stop_unconfirmed: asked (seconds), where,
    page · asked_again: why · glass_broken: by, why ·
    reminded: who · moved_here: why, channel · not_told: who (a user or channel), why ·
    no_log: why · new_card: link · found: where, found_as (a status) · ended and expired: the
    execution tells all.
    """
    line = _line(kind, facts, execution)
    return Message(text=line, blocks=(section(line),))


def end_note(card: Card) -> Message:
    """How a run ended, for somebody outside its thread who is to know."""
    execution = card.execution
    text = joined([first_line(card), *story(card)], "\n")
    by = _(_ASKED_BY).format(
        who=safe(execution.requester_name, 80), when=moment(execution.created_at)
    )
    footnote = joined([code(number(execution.id)), by])
    return Message(text=said_aloud(card), blocks=(section(text), context(footnote)))


def _line(kind: LineKind, facts: Mapping[str, object], execution: Execution) -> str:
    match kind:
        case LineKind.APPROVED | LineKind.REJECTED | LineKind.EXPIRED | LineKind.GLASS_BROKEN:
            return _decided(kind, facts)
        case LineKind.ASKED_AGAIN | LineKind.REMINDED:
            return _asked_again(kind, facts)
        case LineKind.STARTED_LATE | LineKind.RETRIED:
            return _queued(kind, facts)
        case LineKind.SLOW:
            return _slow(facts)
        case LineKind.CANCEL_ASKED | LineKind.STOP_UNCONFIRMED:
            return _stop(kind, facts)
        case LineKind.ENDED:
            return _ended(execution)
        case LineKind.MOVED_HERE:
            return _moved(facts)
        case LineKind.FOUND:
            known = (
                _(_FOUND_RUNNING) if facts.get("found_as") == Status.RUNNING else _(_FOUND_ENDED)
            )
            where = _said(facts, "where", 120) or _("Its platform")
            return f"{Sign.UNSURE} {known.format(where=where)}"
        case LineKind.NOT_TOLD | LineKind.NO_LOG | LineKind.NEW_CARD:
            return _detour(kind, facts)
        case _:
            assert_never(kind)


def _stop(kind: LineKind, facts: Mapping[str, object]) -> str:
    if kind is LineKind.CANCEL_ASKED:
        return f"{Sign.STOPPED} {_(_CANCEL).format(who=_by(facts))}"
    where, address = facts.get("where"), facts.get("page")
    name = where if isinstance(where, str) and where else _("Its platform")
    shown = page(address if isinstance(address, str) else "", name)
    asked = duration(_span(facts, "asked") or timedelta())
    return f"{Sign.UNSURE} {_(_UNCONFIRMED).format(span=asked, where=shown)}"


def _queued(kind: LineKind, facts: Mapping[str, object]) -> str:
    if kind is LineKind.RETRIED:
        said = _(_AGAIN).format(attempt=_count(facts, "attempt"), tries=_count(facts, "tries"))
        return joined([f"{Sign.QUEUED} {said}", _kept(facts, "cause")], _(_COLON))
    late = _span(facts, "late")
    said = _(_LATE_BY).format(span=duration(late)) if late else _(_LATE)
    return joined([f"{Sign.QUEUED} {said}", _kept(facts, "why")], _(_COLON))


def _asked_again(kind: LineKind, facts: Mapping[str, object]) -> str:
    if kind is LineKind.ASKED_AGAIN:
        return f"{Sign.WAITING} {joined([_(_ASKED_AGAIN), _kept(facts, 'why')], _(_COLON))}"
    who = _said(facts, "who", 200) or _(_SOMEBODY).lower()
    return f"{Sign.WAITING} {_(_REMINDED).format(who=who)}"


def _moved(facts: Mapping[str, object]) -> str:
    """Why it is told here now; `{channel}` in it is where it was told before."""
    why, where = facts.get("why"), facts.get("channel")
    link = f"<#{where}>" if isinstance(where, str) and _CHANNEL.match(where) else _(_THERE)
    said = prose(restated(why), 500).replace("{channel}", link) if isinstance(why, str) else ""
    return joined([_(_MOVED), said], _(_COLON))


def _detour(kind: LineKind, facts: Mapping[str, object]) -> str:
    """What Slack did not take where it belongs, and where it is instead."""
    if kind is LineKind.NEW_CARD:
        link = facts.get("link")
        newest = (
            f"<{link}|{_(_NEWEST)}>" if isinstance(link, str) and _LINK.match(link) else _(_NEWEST)
        )
        return f"{Sign.UNSURE} {_(_NEW_CARD)} {newest}{_(_STOP)}"
    if kind is LineKind.NO_LOG:
        return joined([f"{Sign.UNSURE} {_(_NO_LOG)}", _kept(facts, "why")], _(_COLON)) + _(_STOP)
    untold = f"{Sign.UNSURE} {_(_NOT_TOLD).format(whom=_whom(facts.get('who')))}"
    return f"{joined([untold, _kept(facts, 'why')], _(_COLON))}{_(_STOP)} {_(_DECIDE_HERE)}"


def _whom(who: object) -> str:
    """A person or a place by its id, as a link that Slack shows by name."""
    if isinstance(who, str) and _CHANNEL.match(who):
        return f"<#{who}>"
    name = f"<@{who}>" if isinstance(who, str) and _USER.match(who) else _(_SOMEBODY).lower()
    return _(_BY_DM).format(who=name)


def _decided(kind: LineKind, facts: Mapping[str, object]) -> str:
    if kind is LineKind.APPROVED:
        return _approved(facts)
    if kind is LineKind.EXPIRED:
        return f"{Sign.STOPPED} {_(_EXPIRED)}"
    if kind is LineKind.GLASS_BROKEN:
        said = f"{Sign.UNSURE} {_(_GLASS_BROKEN).format(who=_by(facts))}"
        return joined([said, _said(facts, "why")], _(_COLON))
    said = f"{Sign.REFUSED} {_(_REJECTED).format(who=_by(facts))}"
    return joined([said, _said(facts, "comment")], _(_COLON))


def _approved(facts: Mapping[str, object]) -> str:
    left = _count(facts, "still_needed")
    more = ngettext("{count} more approval needed", "{count} more approvals needed", left)
    approved = _(_PROVEN) if facts.get("passkey") is True else _(_APPROVED)
    needed = more.format(count=left) if left else ""
    said = joined([f"{Sign.DONE} {approved.format(who=_by(facts))}", needed], " · ")
    return joined([said, _said(facts, "comment")], _(_COLON))


def _slow(facts: Mapping[str, object]) -> str:
    elapsed, usual = _span(facts, "elapsed"), _span(facts, "usual")
    said = _(_SLOW).format(span=duration(elapsed or timedelta()))
    return joined(
        [f"{Sign.UNSURE} {said}", _(_USUALLY).format(span=duration(usual)) if usual else ""],
        _(_COMMA),
    )


def _ended(execution: Execution) -> str:
    """Mentions the requester, who may have stopped watching, unless they ended it themselves."""
    status, took = execution.status, execution.took
    result = execution.result
    after = _(_AFTER).format(span=duration(took)) if took is not None else ""
    known = cause(execution, LOST_COLUMNS) if status is Status.LOST else cause(execution)
    why = known or (prose(restated(execution.note), 300) if result is None else "")
    said = joined([badge(status), after], " ")
    is_own = status is Status.CANCELLED and execution.cancelled_by == execution.requester_name
    whom = "" if is_own else mention(execution.requester)
    return joined([joined([said, why], _(_COLON)), whom])


def _by(facts: Mapping[str, object]) -> str:
    by, absent = _said(facts, "by", 80), _said(facts, "behalf", 80)
    return (by and spoken_for(by, absent)) or _(_SOMEBODY)


def _said(facts: Mapping[str, object], name: str, limit: int = 500) -> str:
    found = facts.get(name)
    return safe(found, limit) if isinstance(found, str) else ""


def _kept(facts: Mapping[str, object], name: str) -> str:
    """What was written down in our own words, or in those of a platform or Slack."""
    found = facts.get(name)
    return safe(restated(found), 500) if isinstance(found, str) else ""


def _count(facts: Mapping[str, object], name: str) -> int:
    found = facts.get(name)
    return found if isinstance(found, int) else 0


def _span(facts: Mapping[str, object], name: str) -> timedelta | None:
    found = facts.get(name)
    if not isinstance(found, int | float) or not math.isfinite(found):
        return None
    return timedelta(seconds=min(cast("float", found), 1e9))
