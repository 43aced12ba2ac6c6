"""How many more people must say yes, and to which of several needs."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answers import Need
from bot.domain.approvals import Decision, Verdict, missing, still_needed
from bot.domain.executions import Execution
from tests.fakes.values import NOW, execution, person

_JOB_AND_POLICY = (("job deploy: approval", 1), ("policy: more eyes", 2))
LEADS, SECURITY = "policy: leads", "policy: security"


def _said(
    user: str, verdict: Verdict = Verdict.APPROVE, *serves: str, digest: str = "d", email: str = ""
) -> Decision:
    return Decision(
        execution=1,
        person=person(user),
        name=user,
        verdict=verdict,
        digest=digest,
        at=NOW,
        serves=serves,
        email=email,
    )


def _yes(user: str, *serves: str) -> Decision:
    return _said(user, Verdict.APPROVE, *serves)


def _waiting(*needs: Need) -> Execution:
    return execution(digest="d", needs=needs)


def _two() -> Execution:
    return _waiting(Need(rule=LEADS, roles=("lead",)), Need(rule=SECURITY, roles=("security",)))


def _of(count: int) -> Execution:
    return _waiting(Need(rule=LEADS, roles=("lead",), count=count))


def test_each_yes_of_another_person_counts_once() -> None:
    assert still_needed(_of(2), []) == 2
    assert still_needed(_of(2), [_yes("UBO")]) == 1
    assert still_needed(_of(2), [_yes("UBO"), _yes("UBO")]) == 1
    assert still_needed(_of(2), [_yes("UBO"), _yes("UCHEN")]) == 0


def test_two_accounts_with_one_address_are_one_person() -> None:
    both = [replace(_yes(user), email="bo@example.org") for user in ("UBO", "UBO2")]

    assert still_needed(_of(2), both) == 1


def test_a_no_is_not_a_yes_and_more_than_enough_is_enough() -> None:
    assert still_needed(_of(1), [_said("UBO", Verdict.REJECT)]) == 1
    assert still_needed(_of(1), [_yes("UBO"), _yes("UCHEN")]) == 0


def test_what_was_said_to_another_digest_is_not_counted() -> None:
    assert still_needed(_of(1), [_said("UBO", digest="before")]) == 1


def test_each_group_must_say_yes_and_who_is_in_both_speaks_for_both() -> None:
    assert still_needed(_two(), [_yes("UBO", LEADS), _yes("UCHEN", LEADS)]) == 1
    assert still_needed(_two(), [_yes("UBO", LEADS), _yes("UCHEN", SECURITY)]) == 0
    assert still_needed(_two(), [_yes("UBO", LEADS, SECURITY)]) == 0
    assert [need.rule for need, _ in missing(_two(), [_yes("UBO", LEADS)])] == [SECURITY]


def test_two_rules_that_ask_the_same_people_ask_them_once() -> None:
    job, policy = (Need(rule=rule, roles=("lead",), count=count) for rule, count in _JOB_AND_POLICY)

    assert still_needed(_waiting(job, policy), []) == 2


def test_a_row_of_the_first_release_knows_one_need() -> None:
    old = execution(digest="d", approvers=("lead",), approvals_needed=2, rule=LEADS)

    assert still_needed(old, [_yes("UBO")]) == 1


@given(st.lists(st.tuples(st.sampled_from("ABCDEF"), st.sets(st.sampled_from("xyz"))), max_size=8))
def test_another_yes_never_makes_more_needed(said: list[tuple[str, set[str]]]) -> None:
    needs = [
        Need(rule=rule, roles=(rule,), count=count)
        for rule, count in (("x", 1), ("y", 2), ("z", 1))
    ]
    yes = [_yes(f"U{name}", *sorted(serves)) for name, serves in said]
    left = [still_needed(_waiting(*needs), yes[:upto]) for upto in range(len(yes) + 1)]

    assert all(later <= earlier for earlier, later in pairwise(left))


def test_a_person_is_the_same_in_every_workspace_of_an_organisation() -> None:
    elsewhere = type(person("UBO"))(team="T2", user="UBO", enterprise="E1")

    assert person("UBO").is_same_person(elsewhere)
    assert not person("UBO").is_same_person(person("UCHEN"))
