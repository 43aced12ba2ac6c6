"""Asking for a yes: the approval card in thread and DM, its decided forms, and its modals."""

from dataclasses import dataclass

from blocks import ids
from blocks.cards import decision_buttons, values_shown
from blocks.elements import (
    FIELDS_LIMIT,
    VALUE_COLUMNS,
    Block,
    Message,
    View,
    actions,
    context,
    fields,
    modal,
    section,
    words_input,
)
from blocks.states import Sign, marked, number, sandbox, target
from blocks.stories import approval_needs, decided_by, to_start, why
from blocks.texts import brief, clock, code, exact, joined, moment, one_line, safe
from bot.domain.approvals import Verdict, still_needed
from bot.domain.executions import Status
from bot.domain.notices import Card
from bot.domain.wording import N_, _, restated

_CHANGES_SHOWN = 8
_LONG_VALUES = 40
_WHOLE_COLUMNS = 3_000
_CHANGE_COLUMNS = 160
_ABOUT_COLUMNS = 240
_LONGEST_COMMENT = 500

_NEEDS_YOU = N_("Needs your approval")
_APPROVED, _REJECTED, _EXPIRED, _WITHDRAWN = (
    N_("Approved"),
    N_("Rejected"),
    N_("Expired"),
    N_("Withdrawn"),
)
_ALOUD_NEEDS = N_("{what} needs your approval, asked by {who}")
_ALOUD_DECIDED = "{}: {}"
_ASKED = N_("{who} asked {when}.")
_CHANGES = N_("*Changes since the last successful run*")
_RISK, _RULE = N_("Risk: {risk}"), N_("Asked for by {rule}")
_RISKS = {"safe": N_("routine"), "confirm": N_("look twice")}
_DIGEST = N_("digest {digest}")
_APPROVED_BY, _REJECTED_BY = N_("Approved by {who}, {when}"), N_("Rejected by {who}, {when}")
_PROVEN_BY = N_("Approved by {who} with a passkey, {when}")
_NOBODY = N_("Nobody decided before {when}. Nothing ran.")
_NOBODY_IN_TIME = N_("Nobody decided in time. Nothing ran.")
_WITHDRAWN_BY = N_("Withdrawn by {by} before it started.")
_UNNAMED = N_("the requester")
_REJECT_TITLE, _REJECT, _CLOSE = N_("Reject the request"), N_("Reject"), N_("Close")
_APPROVE = N_("Approve")
_UNAPPROVED = N_("Ran without approval")
_REJECT_TEXT = N_("{who} asked for {target}. If you reject it, nothing runs.")
_COMMENT, _COMMENT_HINT = N_("What should they know?"), N_("They and the thread read it.")
_DETAILS = N_("Details of #{id}")
_WHAT_IS_APPROVED = N_("A yes holds for exactly these values: digest {digest}.")


def approval_card(card: Card) -> Message:
    """What is shown to those who may approve, for as long as the copy exists.

    Depends on nothing that changes after the decision: a decided copy is never wrong later.
    """
    execution = card.execution
    blocks = [
        section(joined([_first_line(card), *_request(card)], "\n")),
        *([fields(values_shown(card))] if card.shown else []),
        *_changes(card),
        *_asking_or_decided(card),
        context(_footnote(card)),
    ]
    what = target(execution)
    if execution.status is Status.AWAITING_APPROVAL:
        text = _(_ALOUD_NEEDS).format(what=what, who=safe(execution.requester_name, 80))
    else:
        text = _ALOUD_DECIDED.format(what, _state(card)[0].casefold())
    return Message(text=text, blocks=tuple(blocks))


def reject_view(card: Card) -> View:
    """Asks why; submitted, it rejects. Read by `read_decision`."""
    execution = card.execution
    value = ids.ButtonValue(execution=execution.id, digest=execution.digest)
    about = _(_REJECT_TEXT).format(who=safe(execution.requester_name, 80), target=target(execution))
    return modal(
        callback=ids.REJECT_VIEW,
        title=_(_REJECT_TITLE),
        blocks=[section(about), _comment_input(optional=False)],
        close=_(_CLOSE),
        submit=_(_REJECT),
        metadata=value.encoded(),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a view for deciding held when it was submitted."""

    execution: int
    digest: str
    comment: str = ""


def read_decision(state: object, metadata: object) -> Said | None:
    """From `view["state"]["values"]` and its private metadata; None when it is not one of ours."""
    value = ids.read_button(metadata)
    if value is None:
        return None
    match state:
        case {ids.COMMENT_BLOCK: {ids.COMMENT: {"value": str() as comment}}}:
            said = comment[:_LONGEST_COMMENT].strip()
        case _:
            said = ""
    return Said(execution=value.execution, digest=value.digest, comment=said)


def details_view(card: Card, *, may_decide: bool = False) -> View:
    """Every value whole, the rule, the digest and what was decided so far.

    Whoever may decide can approve from here with a comment. Read by `read_decision`.
    """
    execution = card.execution
    value = ids.ButtonValue(execution=execution.id, digest=execution.digest)
    decided = [section(line) for line in _decisions(card)[:10]]
    return modal(
        callback=ids.DETAILS_VIEW,
        title=_(_DETAILS).format(id=execution.id),
        blocks=[
            section(joined([f"*{target(execution)}*", safe(card.description, 1_000)], "\n")),
            *_every_value(card),
            *_changes(card),
            *decided,
            context(joined([*_asked(card), to_start(execution), _risk(card)])),
            *_what_is_approved(card),
            *([_comment_input(optional=not _needs_a_word(card))] if may_decide else []),
        ],
        close=_(_CLOSE),
        submit=_(_APPROVE) if may_decide else "",
        metadata=value.encoded(),
    )


def _needs_a_word(card: Card) -> bool:
    return any(need.comment for need in card.execution.all_needs)


def _comment_input(*, optional: bool) -> Block:
    return words_input(
        ids.COMMENT_BLOCK,
        ids.COMMENT,
        _(_COMMENT),
        _(_COMMENT_HINT),
        longest=_LONGEST_COMMENT,
        multiline=True,
        optional=optional,
    )


def _every_value(card: Card) -> list[Block]:
    """Short values side by side, long ones across, so that they read well on a phone."""
    short = [pair for pair in card.shown if brief(pair[1], VALUE_COLUMNS) == one_line(pair[1])]
    long = [pair for pair in card.shown if pair not in short]
    starts = range(0, min(len(short), 5 * FIELDS_LIMIT), FIELDS_LIMIT)
    return [
        *(fields(short[at : at + FIELDS_LIMIT]) for at in starts),
        *(fields([pair], columns=_WHOLE_COLUMNS) for pair in long[:_LONG_VALUES]),
    ]


def _first_line(card: Card) -> str:
    return joined([marked(*_state(card)), target(card.execution)])


def _state(card: Card) -> tuple[str, Sign]:
    execution = card.execution
    is_approved = still_needed(execution, card.decisions) == 0
    if execution.glass_reason and not is_approved:
        return _(_UNAPPROVED), Sign.UNSURE
    match execution.status:
        case Status.AWAITING_APPROVAL:
            return _(_NEEDS_YOU), Sign.WAITING
        case Status.REJECTED:
            return _(_REJECTED), Sign.REFUSED
        case Status.EXPIRED if not is_approved:
            return _(_EXPIRED), Sign.STOPPED
        case Status.CANCELLED if not is_approved:
            return _(_WITHDRAWN), Sign.STOPPED
        case _:
            return _(_APPROVED), Sign.DONE


def _request(card: Card) -> list[str]:
    execution = card.execution
    about = safe(brief(card.description, _ABOUT_COLUMNS))
    return [*_asked(card), to_start(execution), why(execution), about]


def _asked(card: Card) -> list[str]:
    execution = card.execution
    return [
        _(_ASKED).format(who=safe(execution.requester_name, 80), when=moment(execution.created_at))
    ]


def _changes(card: Card) -> list[Block]:
    if not card.changes:
        return []
    shown = [
        f"• {exact(brief(change, _CHANGE_COLUMNS))}" for change in card.changes[:_CHANGES_SHOWN]
    ]
    return [section(joined([_(_CHANGES), *shown], "\n"))]


def _asking_or_decided(card: Card) -> list[Block]:
    execution = card.execution
    if execution.status is Status.AWAITING_APPROVAL:
        needs = joined([*_decisions(card), approval_needs(card), _risk(card)], "\n")
        return [section(needs), actions(*decision_buttons(execution))]
    return [section(joined(_decided(card), "\n"))]


def _decided(card: Card) -> list[str]:
    execution = card.execution
    said, _sign = _state(card)
    if said == _(_EXPIRED) and execution.expires_at is not None:
        return [*_decisions(card), _(_NOBODY).format(when=moment(execution.expires_at))]
    if said == _(_EXPIRED):
        return [*_decisions(card), _(_NOBODY_IN_TIME)]
    if said == _(_WITHDRAWN):
        by = safe(execution.cancelled_by, 80) or _(_UNNAMED)
        return [*_decisions(card), _(_WITHDRAWN_BY).format(by=by)]
    return _decisions(card) or [said]


def _decisions(card: Card) -> list[str]:
    """`Approved by Bo, 14:02`, a comment beside it; the rejection last."""
    said: list[str] = []
    for decision in card.decisions:
        approved = _(_PROVEN_BY) if decision.proven else _(_APPROVED_BY)
        pattern = approved if decision.verdict is Verdict.APPROVE else _(_REJECTED_BY)
        line = pattern.format(who=safe(decided_by(decision), 160), when=clock(decision.at))
        said.append(joined([line, safe(decision.comment, 300)], _(": ")))
    return said[:10]


def _risk(card: Card) -> str:
    risk = _(_RISKS.get(card.risk, card.risk))
    rule = card.execution.rule
    return joined(
        [
            _(_RISK).format(risk=safe(risk, 60)) if risk else "",
            _(_RULE).format(rule=safe(restated(rule), 200)) if rule else "",
        ]
    )


def _what_is_approved(card: Card) -> list[Block]:
    execution = card.execution
    if not (execution.approvals_needed and execution.digest):
        return []
    return [context(_(_WHAT_IS_APPROVED).format(digest=code(execution.digest, 80)))]


def _footnote(card: Card) -> str:
    execution = card.execution
    return joined(
        [
            code(number(execution.id)),
            safe(execution.platform, 60),
            safe(sandbox(execution.sandbox), 200),
            _(_DIGEST).format(digest=code(execution.digest[:8])) if execution.digest else "",
        ]
    )
