"""Standing in for somebody: never a second yes, never one's own request, never more rights."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.access import may_decide, may_speak
from bot.domain.actors import Actor
from bot.domain.answers import Allowed, Circumstances, Need
from bot.domain.approvals import Decision, Verdict, still_needed
from bot.domain.delegations import Behalf, Delegation, Voice, overlapping, wrong_span
from bot.domain.jobs import Job
from bot.domain.parameters import Value
from bot.domain.policies import Policy
from tests.domain.test_policy_properties import (
    asked_jobs,
    asked_values,
    askers,
    moments,
    policies,
)
from tests.fakes.values import NOW, actor, execution, person

RULE = "policy: leads"
HOUR = timedelta(hours=1)
Span: TypeAlias = tuple[datetime, datetime]

accounts = st.sampled_from("ABCDE")
addresses = st.sampled_from(["", "x@example.org", "y@example.org"])


def _behalf(name: str, email: str = "") -> Behalf:
    return Behalf(delegation=1, person=person(f"U{name}"), name=name, email=email)


def _actor(name: str, email: str) -> Actor:
    return actor(f"U{name}", email=email)


behalves = st.none() | st.builds(_behalf, accounts, addresses)


def _yes(account: str, email: str, behalf: Behalf | None) -> Decision:
    return Decision(
        execution=1,
        person=person(f"U{account}"),
        name=account,
        email=email,
        verdict=Verdict.APPROVE,
        digest="d",
        at=NOW,
        serves=(RULE,),
        behalf=behalf,
    )


answers = st.lists(st.builds(_yes, accounts, addresses, behalves), max_size=7)


def _counted(said: Sequence[Decision]) -> int:
    waiting = execution(digest="d", needs=(Need(rule=RULE, roles=("lead",), count=99),))
    return 99 - still_needed(waiting, said)


@settings(max_examples=200)
@given(answers)
def test_nobody_counts_twice_however_they_speak(said: list[Decision]) -> None:
    speakers = {each.email or each.person.user for each in said}
    spoken_for = {
        (each.behalf.email or each.behalf.person.user)
        if each.behalf
        else each.email or each.person.user
        for each in said
    }

    assert _counted(said) <= min(len(speakers), len(spoken_for))


@given(answers)
def test_another_yes_by_whomever_never_makes_more_needed(said: list[Decision]) -> None:
    counted = [_counted(said[:upto]) for upto in range(len(said) + 1)]

    assert all(later - earlier in {0, 1} for earlier, later in pairwise(counted))


def test_an_absent_one_and_all_who_stand_in_for_them_are_one_yes() -> None:
    for_ana = _behalf("ANA")
    said = [_yes("BO", "", for_ana), _yes("CHEN", "", for_ana), _yes("ANA", "", None)]

    assert _counted(said) == 1
    assert _counted([*said, _yes("DANA", "", None)]) == 2


people = st.builds(_actor, accounts, addresses)


@settings(max_examples=200)
@given(people, people, accounts, addresses)
def test_no_voice_decides_on_what_one_of_its_people_asked_for(
    speaker: Actor, absent: Actor, requester: str, email: str
) -> None:
    asked = execution(requester=person(f"U{requester}"), requester_email=email)
    is_one_of_them = any(
        who.id.user == f"U{requester}" or (email and who.email == email)
        for who in (speaker, absent)
    )

    assert Voice(speaker=speaker, absent=absent).asked_for(asked) is bool(is_one_of_them)


@settings(max_examples=150)
@given(policies, askers, askers, asked_jobs, asked_values, moments)
def test_who_stands_in_is_allowed_nothing_that_who_is_absent_is_not(
    policy: Policy,
    speaker: Actor,
    absent: Actor,
    of: Job,
    given_: Mapping[str, Value],
    around: Circumstances,
) -> None:
    voice = Voice(speaker=speaker, absent=absent)
    about = (("lead", "operator"), of, given_, around)
    spoken = may_speak(policy, voice, *about)

    if isinstance(spoken, Allowed):
        assert isinstance(may_decide(policy, absent, *about), Allowed)
        assert not speaker.blocked
        assert speaker.id != absent.id
    forbidding = replace(policy, delegation=timedelta())
    assert not isinstance(may_speak(forbidding, voice, *about), Allowed)


spans = st.tuples(st.integers(0, 50), st.integers(1, 50)).map(
    lambda pair: (NOW + pair[0] * HOUR, NOW + (pair[0] + pair[1]) * HOUR)
)


def _delegation(begins: int, ends: int, **changes: object) -> Delegation:
    made = Delegation(
        request_id="d",
        absent=person("UANA"),
        absent_name="Ana",
        delegate=person("UBO"),
        delegate_name="Bo",
        begins=NOW + begins * HOUR,
        ends=NOW + ends * HOUR,
        created_at=NOW,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  any of its fields


@given(spans)
def test_two_overlap_when_some_hour_is_in_both(span: Span) -> None:
    known = _delegation(10, 20)
    begins, ends = span
    shared = [
        hour
        for hour in range(101)
        if known.holds_at(NOW + hour * HOUR) and begins <= NOW + hour * HOUR < ends
    ]

    assert (overlapping([known], begins, ends) is known) is bool(shared)
    assert overlapping([replace(known, ended_at=NOW)], begins, ends) is None


def test_it_holds_from_its_beginning_to_before_its_end() -> None:
    known = _delegation(1, 2)

    assert [known.holds_at(NOW + hours * HOUR) for hours in range(4)] == [False, True, False, False]
    assert [known.is_over_at(NOW + hours * HOUR) for hours in (0, 1, 2)] == [False, False, True]
    assert not replace(known, ended_at=NOW).holds_at(NOW + HOUR)


@given(spans, st.integers(1, 90))
def test_a_span_within_bounds_is_not_wrong(span: Span, days: int) -> None:
    begins, ends = span
    longest = timedelta(days=days)

    wrong = wrong_span(begins, ends, NOW, longest)

    assert (wrong is None) is (ends - begins <= longest)
