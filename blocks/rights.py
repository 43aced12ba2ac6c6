"""Answers about rights: what decides, who could approve, and when it opens."""

from typing import assert_never

from blocks.elements import Message, context, section
from blocks.states import Sign, marked
from blocks.texts import joined, moment, prose, safe
from bot.domain.answers import Allowed, Answer, Denied, Need, NeedsApproval
from bot.domain.rights import Explained, Recorded

_YES, _ASKS, _NO = "Allowed", "Needs approval", "Not allowed"
_RULE = "Rule: {}"
_NEED = "• {} of {}, by {}"
_NOBODY = "nobody who could be named; the card in the channel reaches them"
_WHO_CAN = "Who can: {}."
_OPENS = "It will be possible {}."
_CONFIRM = "It has to be confirmed once more ({})."
_BREAK = "In an emergency it may run without approval ({})."
_ASK = "Ask {}."
_POLICY = "policy {}"
_THEN, _NOW = "Decided {} by {}.", "*Now* {}"


def explained(found: Explained) -> Message:
    """A short card: the answer in a word, what decides it, and what can be done."""
    text = _answer_text(found)
    footnote = joined([_RULE.format(safe(found.answer.rule, 200)), _version(found.version)])
    aloud = f"{_word(found.answer)}: {safe(found.asks, 200)}"
    return Message(text=aloud, blocks=(section(text), context(footnote)))


def recorded(found: Recorded) -> Message:
    """What was decided then, and what would be said now where that was asked again."""
    then = _THEN.format(moment(found.at), safe(found.rule or "no rule", 200))
    facts = [f"• {prose(fact, 300)}" for fact in found.facts[:20]]
    blocks = [section(joined([f"*{safe(found.asks, 200)}*", then, *facts], "\n"))]
    if found.now is not None:
        blocks.append(section(_NOW.format(_answer_text(found.now))))
        rule = _RULE.format(safe(found.now.answer.rule, 200))
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
                _BREAK.format(safe(broken, 150)) if broken else "",
            ]
        case Denied():
            who = safe(", ".join(found.answer.who_can), 300)
            opens = found.answer.opens_at
            return [
                prose(found.answer.reason, 400),
                _WHO_CAN.format(who) if who else "",
                _OPENS.format(moment(opens)) if opens else "",
                _ASK.format(safe(found.contact, 120)) if found.contact else "",
            ]
        case _:
            assert_never(found.answer)


def _need(need: Need, names: tuple[str, ...]) -> str:
    roles = safe(" or ".join(need.roles), 200)
    who = safe(", ".join(names), 300) or _NOBODY
    said = _NEED.format(need.count, roles, safe(need.rule, 150))
    return f"{said}: {who}"


def _confirmed(confirm: str) -> str:
    return _CONFIRM.format(safe(confirm, 150)) if confirm else ""


def _word(answer: Answer) -> str:
    match answer:
        case Allowed():
            return _YES
        case NeedsApproval():
            return _ASKS
        case Denied():
            return _NO
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
    return _POLICY.format(safe(version[:8], 20)) if version else ""
