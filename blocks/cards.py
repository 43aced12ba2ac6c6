"""The card of an execution: the root of its thread, which always shows the truth."""

from collections.abc import Sequence

from blocks import ids
from blocks.elements import (
    FIELDS_LIMIT,
    VALUE_COLUMNS,
    Block,
    Message,
    actions,
    button,
    confirmation,
    context,
    fields,
    section,
)
from blocks.figures import figure, used
from blocks.links import link, page
from blocks.states import number, sandbox
from blocks.stories import decided_by, first_line, said_aloud, story
from blocks.texts import brief, code, code_block, duration, joined, one_line, safe
from bot.domain.approvals import Verdict
from bot.domain.executions import Execution, Status
from bot.domain.notices import Card
from bot.domain.pauses import Pause
from bot.domain.waits import mark_of
from bot.domain.wording import N_, _

_VALUES_SHOWN = 6
_LINE_COLUMNS = 120
_FIGURES_SHOWN = 8
_LINKS_SHOWN = 5
_LINES_RUNNING = 5
_LINES_FAILED = 10
_FAILED = frozenset({Status.FAILED, Status.TIMED_OUT, Status.LOST})
_MAY_BE_STOPPED = frozenset({Status.SCHEDULED, Status.READY, Status.SUBMITTING, Status.RUNNING})

_ANSWER = N_("Answer…")
_STARTED_BY, _ASKED_BY, _APPROVED_BY = N_("Started by"), N_("Asked by"), N_("Approved by")
_PROVEN = N_(" (with a passkey)")
_MORE_VALUES = N_("and {count} more")
_TRUNCATED = N_("The output was over its limit; its middle was left out.")
_BEHIND = N_("Slack is slow: this reaches you about {span} late.")
_DIGEST = N_("digest {digest}")
_CANCEL_TITLE, _CANCEL_YES, _CANCEL_NO = N_("Cancel this run?"), N_("Cancel it"), N_("Let it run")
_CANCEL_TEXT = N_("{target} is stopped where it stands. What it has changed so far stays changed.")
_UNSTART_TEXT = N_("{target} has not started, and will not.")
_WITHDRAW_TITLE, _WITHDRAW_YES, _WITHDRAW_NO = (
    N_("Withdraw this request?"),
    N_("Withdraw"),
    N_("Keep it"),
)
_WITHDRAW_TEXT = N_("{target} will not run, and nobody needs to decide any more.")


def execution_card(card: Card) -> Message:
    """What the thread's first message shows while the execution stands as it does."""
    execution = card.execution
    blocks = [
        section(joined([first_line(card), *story(card)], "\n")),
        fields([*values_shown(card), *_people(card)]),
        *_results(card),
        *_output(execution),
        *_buttons(card),
        context(_footnote(card)),
    ]
    return Message(text=said_aloud(card), blocks=tuple(blocks))


def values_shown(card: Card) -> list[tuple[str, str]]:
    """Parameters as label and value, the changed ones first; how many more there are."""
    pairs = list(card.shown[:_VALUES_SHOWN])
    if len(card.shown) > _VALUES_SHOWN:
        pairs.append(("…", _(_MORE_VALUES).format(count=len(card.shown) - _VALUES_SHOWN)))
    return pairs


def _people(card: Card) -> list[tuple[str, str]]:
    execution = card.execution
    asked = _(_ASKED_BY) if execution.started_at is None else _(_STARTED_BY)
    said = [each for each in card.decisions if each.verdict is Verdict.APPROVE]
    yes = ", ".join(f"{decided_by(d)}{_(_PROVEN) if d.proven else ''}" for d in said)
    return [(asked, execution.requester_name), *([(_(_APPROVED_BY), yes)] if yes else [])]


def _is_cut(card: Card) -> bool:
    """True when the card cannot show every value whole, so that `Details` is offered."""
    return len(card.shown) > _VALUES_SHOWN or any(
        brief(value, VALUE_COLUMNS) != one_line(value) for _, value in card.shown
    )


def _withdraw_button(execution: Execution) -> Block:
    """Cancels a request nobody has decided on yet."""
    asking = confirmation(
        _(_WITHDRAW_TITLE),
        _(_WITHDRAW_TEXT).format(target=execution.target),
        _(_WITHDRAW_YES),
        _(_WITHDRAW_NO),
    )
    value = ids.ButtonValue(execution=execution.id).encoded()
    return button(_("Withdraw"), ids.CANCEL, value, confirm=asking)


def _glass_button(execution: Execution) -> Block:
    value = ids.ButtonValue(execution=execution.id, digest=execution.digest).encoded()
    return button(_("Break glass"), ids.BREAK_GLASS, value)


def decision_buttons(execution: Execution) -> list[Block]:
    """Approve, Reject, Details; the digest is what a yes is said to."""
    value = ids.ButtonValue(execution=execution.id, digest=execution.digest).encoded()
    return [
        button(_("Approve"), ids.APPROVE, value, style="primary"),
        button(_("Reject"), ids.REJECT, value),
        button(_("Details"), ids.DETAILS, value),
    ]


def answer_button(execution: Execution, pause: Pause) -> Block:
    """Opens what a run waits for."""
    mark = mark_of(execution.request_key, pause)
    value = ids.AnswerValue(execution=execution.id, mark=mark).encoded()
    return button(_(_ANSWER), ids.ANSWER_FORM, value)


def _buttons(card: Card) -> list[Block]:
    execution = card.execution
    if execution.status is Status.AWAITING_APPROVAL:
        glass = [_glass_button(execution)] if execution.break_glass else []
        return [actions(*decision_buttons(execution), _withdraw_button(execution), *glass)]
    value = ids.ButtonValue(execution=execution.id).encoded()
    buttons: list[Block] = []
    if execution.waits_for is not None:
        buttons.append(answer_button(execution, execution.waits_for))
    if execution.started_at is not None:
        buttons.append(button(_("Logs"), ids.LOGS, value))
    if execution.status in _MAY_BE_STOPPED:
        buttons.append(cancel_button(execution))
    if execution.status.is_final:
        buttons.insert(0, button(_("Rerun"), ids.RERUN, value))
    if execution.status in _FAILED and card.rollback:
        buttons.append(button(_("Rollback"), ids.ROLLBACK, value))
    if _is_cut(card):
        buttons.append(button(_("Details"), ids.DETAILS, value))
    return [actions(*buttons)] if buttons else []


def cancel_button(execution: Execution) -> Block:
    """Stops it, or keeps it from starting; asks once more."""
    text = _UNSTART_TEXT if execution.status is Status.SCHEDULED else _CANCEL_TEXT
    value = ids.ButtonValue(execution=execution.id).encoded()
    asking = confirmation(
        _(_CANCEL_TITLE),
        _(text).format(target=execution.target),
        _(_CANCEL_YES),
        _(_CANCEL_NO),
    )
    return button(_("Cancel"), ids.CANCEL, value, style="danger", confirm=asking)


def _results(card: Card) -> list[Block]:
    result = card.execution.result
    if result is None:
        return []
    pairs = [(metric.name, figure(metric)) for metric in result.metrics]
    pairs += list(result.outputs.items())
    blocks = [fields(pairs[: min(_FIGURES_SHOWN, FIELDS_LIMIT)])] if pairs else []
    links = joined([link(each) for each in result.links[:_LINKS_SHOWN]])
    return [*blocks, section(links)] if links else blocks


def _output(execution: Execution) -> list[Block]:
    if execution.status in {Status.RUNNING, Status.CANCELLING}:
        return _fenced(execution.tail[-_LINES_RUNNING:])
    if execution.status not in _FAILED:
        return []
    result = execution.result
    around = result.tail if result and result.tail else execution.tail
    return _fenced(around[-_LINES_FAILED:])


def _fenced(lines: Sequence[str]) -> list[Block]:
    block = code_block(lines, 2_000, columns=_LINE_COLUMNS)
    return [section(block)] if block else []


def _footnote(card: Card) -> str:
    execution = card.execution
    result = execution.result
    parts = [
        code(number(execution.id)),
        page(execution.page.url if execution.page else "", execution.platform),
        safe(sandbox(execution.sandbox), 200),
        _(_DIGEST).format(digest=code(execution.digest[:8]))
        if execution.approvals_needed and execution.digest
        else "",
        _("rerun of {other}").format(other=code(number(execution.rerun_of)))
        if execution.rerun_of
        else "",
        used(result.resources) if result and result.resources else "",
        _(_TRUNCATED) if result and result.log_truncated else "",
        _(_BEHIND).format(span=duration(card.behind)) if card.behind else "",
    ]
    return joined(parts, limit=2_000)
