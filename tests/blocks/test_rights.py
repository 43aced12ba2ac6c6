"""Answers about rights: the word first, the rule, whom to ask, and nothing hostile."""

from datetime import UTC, datetime

import pytest

from blocks.rights import explained, recorded
from bot.domain.answers import Allowed, Denied, Need, NeedsApproval
from bot.domain.rights import Explained, Recorded
from tests.blocks.samples import HOSTILE, check_message, words

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NEED = Need(rule="policy: prod", roles=("lead", "sre"), count=2)


def test_a_yes_names_its_rule() -> None:
    found = Explained(asks="Ana: run deploy → prod", answer=Allowed(rule="role dev: d"))

    assert words(explained(found).blocks) == (
        "*Allowed* ✅ · Ana: run deploy → prod\nRule: role dev: d"
    )


def test_an_approval_names_who_could_give_it() -> None:
    answer = NeedsApproval(rule=NEED.rule, needs=(NEED,), confirm="compliance: c")
    found = Explained(asks="Ana: run deploy", answer=answer, approvers=((NEED, ("Bo", "Chen")),))

    said = words(explained(found).blocks)

    assert "• 2 of lead or sre, by policy: prod: Bo, Chen" in said
    assert "confirmed once more (compliance: c)" in said


def test_a_no_says_who_can_when_it_opens_and_whom_to_ask() -> None:
    answer = Denied(rule="freeze: x", reason="You may not.", who_can=("sre",), opens_at=MONDAY)

    said = words(explained(Explained(asks="a", answer=answer, contact="#ops")).blocks)

    assert "Who can: sre." in said
    assert "It will be possible <!date^1795420800^" in said
    assert "Ask #ops." in said


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_gets_through(text: str) -> None:
    need = Need(rule=text, roles=(text,) * 9)
    answers = (
        Allowed(rule=text, confirm=text),
        NeedsApproval(rule=text, needs=(need,) * 9, break_glass=text),
        Denied(rule=text, reason=text, who_can=(text,) * 9),
    )
    for answer in answers:
        found = Explained(
            asks=text,
            answer=answer,
            approvers=((need, (text,) * 9),) * 9,
            notes=(text,),
            version=text,
            contact=text,
        )
        check_message(explained(found))
        then = Recorded(asks=text, at=MONDAY, rule=text, facts=(text,) * 30, now=found)
        check_message(recorded(then))
