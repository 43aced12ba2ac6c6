"""The approval card asks those who may decide, and is never wrong afterwards."""

from datetime import timedelta

import pytest

from blocks import ids
from blocks.approvals import Said, approval_card, details_view, read_decision, reject_view
from bot.domain.answers import Need
from bot.domain.approvals import Verdict
from bot.domain.executions import Status
from tests.blocks.samples import (
    DIGEST,
    HOSTILE,
    NOW,
    card,
    check_message,
    check_modal,
    decision,
    hostile_card,
    labels,
    state_of,
    words,
)

CLOCK = f"<!date^{int(NOW.timestamp())}^{{time}}|14:02 UTC>"
WAITING = card(
    Status.AWAITING_APPROVAL,
    reason="Fixes the checkout",
    changes=("Version: v1.4.1 → v1.4.2",),
    risk="confirm",
    approvals_needed=2,
)
YES = decision("Bo", comment="Go")
NO = decision("Bo", Verdict.REJECT, comment="Not on a Friday")


def test_the_same_group_is_asked_once_however_many_rules_ask_it() -> None:
    leads, also = (Need(rule=rule, roles=("payments-leads",)) for rule in ("job", "policy"))
    security = Need(rule="policy: s", roles=("security",), count=2)

    seen = words(
        approval_card(card(Status.AWAITING_APPROVAL, needs=(leads, also, security))).blocks
    )

    assert seen.count("Needs 1 approval from payments-leads") == 1
    assert "Needs 2 approvals from security" in seen


def test_it_says_who_asks_what_where_why_and_what_changes() -> None:
    message = approval_card(WAITING)

    check_message(message)
    seen = words(message.blocks)
    assert message.text == "Deploy api → prod needs your approval, asked by Ana"
    assert seen.startswith("*Needs your approval* ✋ · Deploy api → prod\nAna asked ")
    assert "Why: Fixes the checkout" in seen
    assert "• Version: v1.4.1 → v1.4.2" in seen
    assert "Risk: look twice · Asked for by policy: prod" in seen
    assert "Needs 2 approvals from payments-leads. Expires <!date^" in seen
    assert "digest `ab12cd34`" in seen


def test_it_offers_to_decide_while_it_waits() -> None:
    assert labels(approval_card(WAITING).blocks) == ["Approve", "Reject", "Details"]


def test_a_first_yes_of_two_leaves_one_to_go() -> None:
    half = card(Status.AWAITING_APPROVAL, approvals_needed=2, decisions=(YES,))

    seen = words(approval_card(half).blocks)

    assert f"Approved by Bo, {CLOCK}: Go" in seen
    assert "Needs 1 more approval from payments-leads." in seen


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.AWAITING_APPROVAL])
def test_after_the_decision_the_buttons_are_gone(status: Status) -> None:
    message = approval_card(card(status, decisions=(YES,)))

    check_message(message)
    assert labels(message.blocks) == []
    assert f"Approved by Bo, {CLOCK}" in words(message.blocks)


@pytest.mark.parametrize("status", [Status.READY, Status.RUNNING, Status.FAILED, Status.LOST])
def test_an_approved_copy_stays_the_same_whatever_comes_of_the_run(status: Status) -> None:
    first = approval_card(card(Status.READY, decisions=(YES,)))

    assert approval_card(card(status, decisions=(YES,))).text == first.text
    assert words(approval_card(card(status, decisions=(YES,))).blocks).startswith("*Approved* ✅")


def test_a_rejection_says_who_when_and_why() -> None:
    seen = words(approval_card(card(Status.REJECTED, decisions=(NO,))).blocks)

    assert seen.startswith("*Rejected* ⛔")
    assert f"Rejected by Bo, {CLOCK}: Not on a Friday" in seen


def test_an_expired_request_says_that_nothing_ran() -> None:
    seen = words(approval_card(card(Status.EXPIRED)).blocks)

    assert seen.startswith("*Expired* ⏹️")
    assert "Nobody decided before <!date^" in seen


def test_a_withdrawn_request_says_by_whom() -> None:
    seen = words(approval_card(card(Status.CANCELLED, cancelled_by="Ana")).blocks)

    assert seen.startswith("*Withdrawn* ⏹️")
    assert "Withdrawn by Ana before it started." in seen


def test_a_run_cancelled_after_a_yes_was_still_approved() -> None:
    seen = words(approval_card(card(Status.CANCELLED, decisions=(YES,))).blocks)

    assert seen.startswith("*Approved* ✅")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("status", Status)
def test_nothing_hostile_gets_through(status: Status, text: str) -> None:
    check_message(approval_card(hostile_card(status, text)))


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_gets_into_the_modals(text: str) -> None:
    hostile = hostile_card(Status.AWAITING_APPROVAL, text)

    check_modal(reject_view(hostile))
    check_modal(details_view(hostile))


def test_a_rejection_is_bound_to_what_was_shown_and_brings_its_comment() -> None:
    view = reject_view(WAITING)

    check_modal(view)
    value = ids.read_button(view["private_metadata"])
    assert value == ids.ButtonValue(execution=1042, digest=DIGEST)
    assert list(state_of(view)) == [ids.COMMENT_BLOCK]


def test_a_rejection_is_read_back_with_its_comment() -> None:
    view = reject_view(WAITING)
    state = {ids.COMMENT_BLOCK: {ids.COMMENT: {"type": "plain_text_input", "value": " Not now "}}}

    said = read_decision(state, view["private_metadata"])

    assert said == Said(execution=1042, digest=DIGEST, comment="Not now")


def test_a_rejection_without_a_comment_counts_and_a_forged_one_does_not() -> None:
    view = reject_view(WAITING)

    silent = read_decision(state_of(view), view["private_metadata"])

    assert silent is not None
    assert silent.comment == ""
    assert read_decision({}, "forged") is None


def test_details_show_values_whole_and_the_whole_digest() -> None:
    long = card(Status.AWAITING_APPROVAL, shown=(("Notes", "n" * 1_200),), decisions=(YES,))

    view = details_view(long)

    check_modal(view)
    assert "n" * 1_200 in words(view["blocks"])
    assert DIGEST in words(view["blocks"])
    assert f"Approved by Bo, {CLOCK}: Go" in words(view["blocks"])


def test_an_expiry_that_is_unknown_is_not_made_up() -> None:
    message = approval_card(card(Status.EXPIRED, expires_at=None, due_at=NOW + timedelta(hours=1)))

    assert "Nobody decided in time. Nothing ran." in words(message.blocks)
