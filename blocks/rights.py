"""Answers about rights: what decides, who could approve, and when it opens."""

from typing import assert_never

from blocks.elements import Message, context, section
from blocks.states import Sign, marked
from blocks.texts import joined, moment, prose, safe
from bot.domain.answers import Allowed, Answer, Denied, Need, NeedsApproval
from bot.domain.rights import Explained, Recorded
from bot.domain.wording import N_, _, restated

_YES, _ASKS, _NO = N_("Allowed"), N_("Needs approval"), N_("Not allowed")
_RULE = N_("Rule: {rule}")
_NEED = N_("• {count} of {roles}, by {rule}")
_NOBODY = N_("nobody who could be named; the card in the channel reaches them")
_WHO_CAN = N_("Who can: {who}.")
_OPENS = N_("It will be possible {when}.")
_CONFIRM = N_("It has to be confirmed once more ({rule}).")
_BREAK = N_("In an emergency it may run without approval ({rule}).")
_ASK = N_("Ask {contact}.")
_POLICY = N_("policy {version}")
_THEN, _NOW = N_("Decided {when} by {rule}."), N_("*Now* {what}")


def explained(found: Explained) -> Message:
    """A short card: the answer in a word, what decides it, and what can be done."""
    text = _answer_text(found)
    footnote = joined(
        [_(_RULE).format(rule=safe(restated(found.answer.rule), 200)), _version(found.version)]
    )
    aloud = f"{_word(found.answer)}: {safe(found.asks, 200)}"
    return Message(text=aloud, blocks=(section(text), context(footnote)))


def recorded(found: Recorded) -> Message:
    """What was decided then, and what would be said now where that was asked again."""
    then = _(_THEN).format(
        when=moment(found.at), rule=safe(restated(found.rule) or _("no rule"), 200)
    )
    facts = [f"• {prose(fact, 300)}" for fact in found.facts[:20]]
    blocks = [section(joined([f"*{safe(found.asks, 200)}*", then, *facts], "\n"))]
    if found.now is not None:
        blocks.append(section(_(_NOW).format(what=_answer_text(found.now))))
        rule = _(_RULE).format(rule=safe(restated(found.now.answer.rule), 200))
        blocks.append(context(joined([rule, _version(found.now.version)])))
    return Message(text=f"{safe(found.asks, 200)}: {then}", blocks=tuple(blocks))


def _answer_text(found: Explained) -> str:
    lines = [
        f"{marked(_word(found.answer), _sign(found.answer))} · {safe(found.asks, 300)}",
        *_details(found),
        *(prose(note, 300) for note in found.notes),
    ]
    return joined(lines, "\n")


def _details(found: Explained) -> list[str]:
    match found.answer:
        case Allowed():
            return [_confirmed(found.answer.confirm)]
        case NeedsApproval():
            broken = found.answer.break_glass
            return [
                *(_need(need, names) for need, names in found.approvers[:8]),
                _confirmed(found.answer.confirm),
                _(_BREAK).format(rule=safe(broken, 150)) if broken else "",
            ]
        case Denied():
            who = safe(", ".join(found.answer.who_can), 300)
            opens = found.answer.opens_at
            return [
                prose(found.answer.reason, 400),
                _(_WHO_CAN).format(who=who) if who else "",
                _(_OPENS).format(when=moment(opens)) if opens else "",
                _(_ASK).format(contact=safe(found.contact, 120)) if found.contact else "",
            ]
        case _:
            assert_never(found.answer)


def _need(need: Need, names: tuple[str, ...]) -> str:
    roles = safe(_(" or ").join(need.roles), 200)
    who = safe(", ".join(names), 300) or _(_NOBODY)
    said = _(_NEED).format(count=need.count, roles=roles, rule=safe(need.rule, 150))
    return f"{said}: {who}"


def _confirmed(confirm: str) -> str:
    return _(_CONFIRM).format(rule=safe(confirm, 150)) if confirm else ""


def _word(answer: Answer) -> str:
    match answer:
        case Allowed():
            return _(_YES)
        case NeedsApproval():
            return _(_ASKS)
        case Denied():
            return _(_NO)
        case _:
            assert_never(answer)


def _sign(answer: Answer) -> Sign:
    match answer:
        case Allowed():
            return Sign.DONE
        case NeedsApproval():
            return Sign.WAITING
        case Denied():
            return Sign.REFUSED
        case _:
            assert_never(answer)


def _version(version: str) -> str:
    return _(_POLICY).format(version=safe(version[:8], 20)) if version else ""
