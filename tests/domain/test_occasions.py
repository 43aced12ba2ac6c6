"""Whose word it takes where a run waits for a person, by the rules of a policy."""

from dataclasses import replace

import pytest

from bot.domain.access import may_answer, may_be_answered
from bot.domain.actors import ActorKind
from bot.domain.answers import Allowed, Denied, Need, NeedsApproval, Occasion
from bot.domain.pauses import Pause
from bot.domain.rules import ApprovalPolicy
from bot.domain.waits import is_no, mark_of
from tests.fakes.values import actor
from tests.fakes.values import job as job_of
from tests.services.staff import policy
from tests.services.worlds import APPROVED_IN_PROD, PROD

ANA, BO, DANA = actor("UANA"), actor("UBO"), actor("UDANA")
NEED = Need(rule="policy: eyes", roles=("approver",))
DEV = {"app": "api", "env": "dev"}


@pytest.mark.parametrize(
    ("of", "asked_for"),
    [
        ((), set[Occasion]()),
        ((Occasion.RUN,), set[Occasion]()),
        ((Occasion.PAUSE,), {Occasion.PAUSE}),
        ((Occasion.FORM,), {Occasion.FORM}),
        (tuple(Occasion), {Occasion.PAUSE, Occasion.FORM}),
    ],
)
def test_a_rule_is_asked_for_what_it_says(
    of: tuple[Occasion, ...], asked_for: set[Occasion]
) -> None:
    rules = policy(approvals=(ApprovalPolicy(need=NEED, of=frozenset(of)),))

    for occasion in (Occasion.PAUSE, Occasion.FORM):
        answer = may_be_answered(rules, ANA, job_of(), DEV, occasion)
        assert isinstance(answer, NeedsApproval) is (occasion in asked_for)


def test_a_rule_that_says_nothing_is_for_starts_and_questions() -> None:
    assert ApprovalPolicy(need=NEED).of == {Occasion.RUN, Occasion.PAUSE}


def test_a_jobs_own_approval_is_for_its_questions_where_it_holds() -> None:
    of = job_of(approval=APPROVED_IN_PROD)

    assert isinstance(may_be_answered(policy(), ANA, of, PROD, Occasion.PAUSE), NeedsApproval)
    assert isinstance(may_be_answered(policy(), ANA, of, DEV, Occasion.PAUSE), Allowed)
    assert isinstance(may_be_answered(policy(), ANA, of, PROD, Occasion.FORM), Allowed)


def test_a_question_of_a_program_is_asked_of_whoever_may_approve() -> None:
    program = replace(ANA, kind=ActorKind.AGENT)

    answer = may_be_answered(policy(), program, job_of(), DEV, Occasion.PAUSE)

    assert isinstance(answer, NeedsApproval)
    assert answer.needs[0].roles == ("approver",)


@pytest.mark.parametrize(
    ("who", "occasion", "may"),
    [
        (ANA, Occasion.PAUSE, True),
        (ANA, Occasion.FORM, True),
        (BO, Occasion.PAUSE, True),
        (BO, Occasion.FORM, False),
        (DANA, Occasion.PAUSE, False),
        (DANA, Occasion.FORM, False),
    ],
    ids=str,
)
def test_where_no_rule_speaks_who_runs_or_approves_it_answers(
    who: object, occasion: Occasion, *, may: bool
) -> None:
    assert isinstance(who, type(ANA))
    answer = may_answer(policy(), who, job_of(), DEV, occasion)

    assert isinstance(answer, Allowed if may else Denied)


@pytest.mark.parametrize(
    ("choices", "chosen", "no"),
    [
        (("Approve", "Reject"), "Reject", True),
        (("Approve", "Reject"), "Approve", False),
        (("通过", "拒绝"), "拒绝", True),
        (("no", "yes"), "no", False),
        (("eu", "us"), "us", False),
    ],
)
def test_a_no_is_one_by_its_own_word_and_never_the_first(
    choices: tuple[str, ...], chosen: str, *, no: bool
) -> None:
    assert is_no(Pause(key="p", choices=choices), (chosen,)) is no


def test_a_mark_stands_for_every_word_of_a_question() -> None:
    asked = Pause(key="p", title="Ship it?", choices=("Approve", "Reject"))
    others = (
        replace(asked, key="q"),
        replace(asked, title="Drop it?"),
        replace(asked, text="all of it"),
        replace(asked, choices=("Reject", "Approve")),
        replace(asked, several=True),
    )

    marks = {mark_of("try", each) for each in (asked, *others)} | {mark_of("again", asked)}

    assert len(marks) == len(others) + 2
