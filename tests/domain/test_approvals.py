"""How many more people must say yes."""

from bot.domain.approvals import Decision, Verdict, still_needed
from tests.fakes.values import NOW, person


def _said(user: str, verdict: Verdict = Verdict.APPROVE, team: str = "") -> Decision:
    return Decision(
        execution=1,
        person=person(user),
        name=user + team,
        verdict=verdict,
        digest="d",
        at=NOW,
    )


def test_each_yes_of_another_person_counts_once() -> None:
    assert still_needed([], 2) == 2
    assert still_needed([_said("UBO")], 2) == 1
    assert still_needed([_said("UBO"), _said("UBO")], 2) == 1
    assert still_needed([_said("UBO"), _said("UCHEN")], 2) == 0


def test_a_no_is_not_a_yes_and_more_than_enough_is_enough() -> None:
    assert still_needed([_said("UBO", Verdict.REJECT)], 1) == 1
    assert still_needed([_said("UBO"), _said("UCHEN")], 1) == 0


def test_a_person_is_the_same_in_every_workspace_of_an_organisation() -> None:
    elsewhere = type(person("UBO"))(team="T2", user="UBO", enterprise="E1")

    assert person("UBO").is_same_person(elsewhere)
    assert not person("UBO").is_same_person(person("UCHEN"))
