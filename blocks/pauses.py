"""A run that waits for a person: the message that asks, what became of it, and its form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from blocks import ids
from blocks.cards import answer_button
from blocks.elements import (
    Block,
    Message,
    View,
    actions,
    button,
    context,
    fields,
    labelled,
    modal,
    pairs,
    section,
    words_input,
)
from blocks.inputs import OPTIONS_LIMIT, input_block, option, read_input
from blocks.links import page
from blocks.states import Sign, marked, number, target
from blocks.stories import spoken_for
from blocks.texts import brief, clean, clock, code, joined, mention, moment, prose, safe
from blocks.whereabouts import waiting_badge
from bot.domain.approvals import by_group, missing
from bot.domain.notices import Card
from bot.domain.parameters import Raw
from bot.domain.waits import MOST_BUTTONS, Standing, Wait, is_no, shown_values
from bot.domain.wording import N_, _, ngettext, restated

_MOST_INPUTS = 90
"""Slack's modal holds 100 blocks."""

_MOST_LINES = 12
_LINE_COLUMNS = 240
_TITLE_COLUMNS = 160
_CHOICE_COLUMNS = 40
_FEW = 10
_LONGEST_COMMENT = 500

_OVER = N_("No answer is needed any more")
_GO_ON, _ANSWER = N_("Continue"), N_("Answer…")
_SEND, _CLOSE, _TITLE = N_("Answer"), N_("Close"), N_("Answer")
_UNTIL = N_("It waits until {when}.")
_RUNNERS = N_("Whoever may run this can answer.")
_SOMEBODY = N_("somebody who may approve")
_SAID_YES = N_("{who} said so already.")
_ANSWERED = N_("{who} answered: {what}")
_WENT_ON = N_("{who} let it go on")
_FILLED_IN = N_("{who} filled in the form")
_ON_ITS_WAY = N_("Being handed to {platform}.")
_NOT_YET = N_("{platform} has it not yet, and I go on trying: {why}")
_ALOUD = N_("{what} waits for an answer")
_ALOUD_OVER = N_("{what}: no answer is needed any more")
_WHICH = N_("Your answer")
_KNOWN = (N_("Approve"), N_("Reject"))
_PICK_HINT = N_("The first one lets it go on.")
_PICK_SOME_HINT = N_("Choose one or more.")
_COMMENT, _COMMENT_HINT = N_("Why?"), N_("A few words; they are kept with the answer.")
_TOO_LONG = N_("There is more to fill in than fits here; answer on the platform's own page.")
_ELSEWHERE = N_("It cannot be answered here: answer it on the page of {platform}.")


def pause_message(card: Card, wait: Wait) -> Message:
    """What stands in the thread and in DMs: the question with its buttons, or what became of it."""
    if wait.standing is Standing.OPEN:
        return _question(card, wait)
    if wait.reply is None or wait.standing is Standing.OVER:
        return _too_late(card, wait)
    return _answered(card, wait)


def waiting_section(card: Card, wait: Wait) -> Block:
    """What a run waits for and whose word it takes, with a button that opens it."""
    head = joined([code(number(card.execution.id)), _head(card)], " ")
    text = joined([head, _asked(wait), _who(card, wait)], "\n")
    return section(text, accessory=answer_button(card.execution, wait.pause))


def answer_view(
    card: Card,
    wait: Wait,
    *,
    pick: int | None = None,
    problems: Mapping[str, str] | None = None,
    zone: str = "UTC",
) -> View:
    """The form of a pause; what is sensitive and known is kept. Read by `read_answer_view`."""
    pause, wrong = wait.pause, problems or {}
    inputs = [
        input_block(each, pause.given.get(each.name), problem=wrong.get(each.name, ""), zone=zone)
        for each in pause.parameters[:_MOST_INPUTS]
    ]
    about = joined([f"*{target(card.execution)}*", _asked(wait)], "\n")
    fits = len(pause.parameters) <= _MOST_INPUTS and not pause.elsewhere
    instead = _there(card) if pause.elsewhere else _(_TOO_LONG)
    return modal(
        callback=ids.ANSWER_VIEW,
        title=_(_TITLE),
        blocks=[
            section(about),
            *(inputs if fits else [section(instead)]),
            *(_choice_inputs(wait, pick) if fits else []),
            *(_comment_input(wait) if fits else []),
            context(joined([_who(card, wait), _until(wait)], " ")),
        ],
        close=_(_CLOSE),
        submit=(_(_SEND) if pause.parameters or pause.choices else _(_GO_ON)) if fits else "",
        metadata=_value(card, wait).encoded(),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerRead:
    """What the form of a pause held when it was submitted; `fields` are those that it showed."""

    execution: int
    mark: str
    given: Mapping[str, Raw] = field(default_factory=dict[str, Raw])
    picks: tuple[int, ...] = ()
    comment: str = ""
    fields: frozenset[str] = frozenset()


def read_answer_view(state: object, metadata: object) -> AnswerRead | None:
    """From `view["state"]["values"]` and its private metadata; None when it is not one of ours."""
    value = ids.read_answer(metadata)
    if value is None:
        return None
    given: dict[str, Raw] = {}
    own: dict[str, Raw] = {}
    shown: set[str] = set()
    for block, held in pairs(state):
        for action, element in pairs(held):
            raw = read_input(cast("dict[str, object]", element)) if _is_object(element) else None
            shown.add(block)
            if ":" in block:
                own[block] = raw
            elif raw is not None or action != ids.KEPT:
                given[block] = raw
    comment = own.get(ids.WORD_BLOCK)
    return AnswerRead(
        execution=value.execution,
        mark=value.mark,
        given=given,
        picks=_picks(own.get(ids.PICK_BLOCK_OF_PAUSE)),
        comment=comment[:_LONGEST_COMMENT].strip() if isinstance(comment, str) else "",
        fields=frozenset(shown),
    )


def answer_errors(problems: Mapping[str, str], shown: frozenset[str]) -> Mapping[str, str]:
    """Problems by block as Slack wants them; what no field holds is said at the last one."""
    named = {"comment": ids.WORD_BLOCK, "pause:choice": ids.PICK_BLOCK_OF_PAUSE}
    by_block = {named.get(name, name): said for name, said in problems.items()}
    found = {name: said for name, said in by_block.items() if name in shown}
    rest = " ".join(said for name, said in by_block.items() if name not in shown)
    if rest and shown:
        found[max(shown)] = joined([found.get(max(shown), ""), rest], " ")
    return found


def _question(card: Card, wait: Wait) -> Message:
    note = prose(restated(wait.note), 600)
    lines = [
        _head(card),
        _asked(wait),
        f"{Sign.UNSURE} {note}" if note else "",
        *(_(_SAID_YES).format(who=safe(each.name, 80)) for each in wait.said[:5]),
        _there(card) if wait.pause.elsewhere else _who(card, wait),
        _until(wait),
    ]
    whom = "" if wait.needs else mention(card.execution.requester)
    text = joined([*lines, whom], "\n")
    aloud = _(_ALOUD).format(what=target(card.execution))
    said = joined([aloud, safe(brief(wait.pause.title, _TITLE_COLUMNS))], _(": "))
    buttons = [] if wait.pause.elsewhere else [actions(*_buttons(card, wait))]
    return Message(text=said, blocks=(section(text), *buttons, _footnote(card)))


def _answered(card: Card, wait: Wait) -> Message:
    reply = wait.reply
    assert reply is not None
    who = safe(spoken_for(reply.name, reply.behalf), 160)
    what = ", ".join(safe(brief(_worded(each), _TITLE_COLUMNS)) for each in reply.chosen)
    if what:
        said = _(_ANSWERED).format(who=who, what=what)
    else:
        said = _(_FILLED_IN if wait.pause.parameters else _WENT_ON).format(who=who)
    sign = Sign.REFUSED if is_no(wait.pause, reply.chosen) else Sign.DONE
    first = joined([marked(said, sign), target(card.execution), clock(reply.at)])
    platform = safe(card.execution.platform, 60)
    way = _(_ON_ITS_WAY).format(platform=platform)
    if wait.note:
        way = _(_NOT_YET).format(platform=platform, why=prose(restated(wait.note), 300))
    lines = [
        first,
        safe(brief(wait.pause.title, _TITLE_COLUMNS)),
        safe(reply.comment, 300),
        way if wait.standing is Standing.ANSWERED else "",
    ]
    values = shown_values(wait.pause.parameters, reply)
    blocks = [section(joined(lines, "\n")), *([fields(values)] if values else [])]
    aloud = joined([said, target(card.execution)])
    return Message(text=aloud, blocks=(*blocks, _footnote(card)))


def _too_late(card: Card, wait: Wait) -> Message:
    first = joined([marked(_(_OVER), Sign.STOPPED), target(card.execution)])
    reply = wait.reply
    what = safe(", ".join(map(_worded, reply.chosen)), 300) if reply is not None else ""
    who = _(_ANSWERED).format(who=safe(reply.name, 80), what=what or "–") if reply else ""
    note = prose(restated(wait.note), 600)
    text = joined([first, safe(brief(wait.pause.title, _TITLE_COLUMNS)), who, note], "\n")
    aloud = _(_ALOUD_OVER).format(what=target(card.execution))
    return Message(text=aloud, blocks=(section(text), _footnote(card)))


def _buttons(card: Card, wait: Wait) -> list[Block]:
    pause = wait.pause
    is_form = bool(pause.parameters) or pause.several or len(pause.choices) > MOST_BUTTONS
    if is_form:
        value = _value(card, wait).encoded()
        return [button(_(_ANSWER), ids.ANSWER_FORM, value, style="primary")]
    if not pause.choices:
        return [button(_(_GO_ON), ids.ANSWER, _value(card, wait).encoded(), style="primary")]
    return [
        button(
            brief(_worded(choice), _CHOICE_COLUMNS),
            ids.numbered(ids.ANSWER, at),
            _value(card, wait, at).encoded(),
            style="" if at else "primary",
        )
        for at, choice in enumerate(pause.choices)
    ]


def _worded(choice: str) -> str:
    """A choice in the reader's language, where it is one of the two that everybody knows."""
    return _(choice) if choice in _KNOWN else choice


def _choice_inputs(wait: Wait, pick: int | None) -> list[Block]:
    pause = wait.pause
    if not pause.choices:
        return []
    options = [
        option(str(at), _worded(each)) for at, each in enumerate(pause.choices[:OPTIONS_LIMIT])
    ]
    few = len(options) <= _FEW
    kind = {
        (True, True): "checkboxes",
        (True, False): "multi_static_select",
        (False, True): "radio_buttons",
        (False, False): "static_select",
    }[pause.several, few]
    element: Block = {"type": kind, "action_id": ids.VALUE, "options": options}
    if pick is not None and pick < len(options):
        key = "initial_options" if pause.several else "initial_option"
        element[key] = [options[pick]] if pause.several else options[pick]
    hint = _(_PICK_SOME_HINT) if pause.several else _(_PICK_HINT)
    return [labelled(ids.PICK_BLOCK_OF_PAUSE, _(_WHICH), hint, element)]


def _comment_input(wait: Wait) -> list[Block]:
    if not any(need.comment for need in wait.needs):
        return []
    return [
        words_input(
            ids.WORD_BLOCK,
            ids.COMMENT,
            _(_COMMENT),
            _(_COMMENT_HINT),
            longest=_LONGEST_COMMENT,
            multiline=True,
        )
    ]


def _head(card: Card) -> str:
    return joined([waiting_badge(), target(card.execution)])


def _asked(wait: Wait) -> str:
    """What the run itself says, harmless, its first lines."""
    title = safe(brief(wait.pause.title, _TITLE_COLUMNS))
    lines = [each for each in clean(wait.pause.text).split("\n") if each.strip()][:_MOST_LINES]
    text = [safe(brief(restated(each), _LINE_COLUMNS), 600) for each in lines]
    return joined([f"*{title}*" if title else "", *text], "\n", limit=1_800)


def _there(card: Card) -> str:
    """Where it is answered that cannot be answered here."""
    execution = card.execution
    url = execution.page.url if execution.page is not None else ""
    return _(_ELSEWHERE).format(platform=page(url, execution.platform))


def _who(card: Card, wait: Wait) -> str:
    if not wait.needs:
        return _(_RUNNERS)
    digest = wait.said[-1].digest if wait.said else ""
    left = by_group(missing(wait.as_asked(card.execution, digest), wait.said))
    lines = [
        _needed(count, more=bool(wait.said)).format(
            count=count, roles=safe(_(" or ").join(roles), 300) or _(_SOMEBODY)
        )
        for roles, count in left.items()
    ]
    return joined(lines, "\n")


def _needed(count: int, *, more: bool) -> str:
    if more:
        return ngettext(
            "Needs {count} more approval from {roles}.",
            "Needs {count} more approvals from {roles}.",
            count,
        )
    return ngettext(
        "Needs {count} approval from {roles}.", "Needs {count} approvals from {roles}.", count
    )


def _until(wait: Wait) -> str:
    until = wait.pause.until
    return _(_UNTIL).format(when=moment(until)) if until is not None else ""


def _footnote(card: Card) -> Block:
    execution = card.execution
    return context(joined([code(number(execution.id)), safe(execution.platform, 60)]))


def _value(card: Card, wait: Wait, pick: int | None = None) -> ids.AnswerValue:
    return ids.AnswerValue(execution=card.execution.id, mark=wait.mark, pick=pick)


def _picks(raw: Raw) -> tuple[int, ...]:
    words: Sequence[object] = raw if isinstance(raw, tuple) else (raw,)
    numbers = [each for each in words if isinstance(each, str) and each.isascii()]
    return tuple(int(each) for each in numbers if each.isdigit() and len(each) <= 3)


def _is_object(found: object) -> bool:
    return isinstance(found, dict)
