"""What buttons and forms carry comes back as it was, and anything else as nothing."""

import json

from hypothesis import given
from hypothesis import strategies as st

from blocks import ids

digests = st.text("0123456789abcdef", max_size=64)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("edpmjgr"), inner, max_size=5)
    ),
)


@given(st.integers(min_value=0, max_value=2**63 - 1), digests)
def test_a_button_value_comes_back(execution: int, digest: str) -> None:
    value = ids.ButtonValue(execution=execution, digest=digest)

    assert ids.read_button(value.encoded()) == value


@given(st.text(max_size=80), st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=5))
def test_a_run_value_comes_back(job: str, given_values: dict[str, str]) -> None:
    value = ids.RunValue(job=job, given=given_values, reason="why")

    assert ids.read_run(value.encoded()) == value


@given(st.integers(min_value=0, max_value=999), st.booleans())
def test_a_form_place_comes_back(page: int, more: bool) -> None:
    place = ids.FormPlace(draft="0f3a9c", page=page, more=more)

    assert ids.read_place(place.encoded()) == place


@given(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))
def test_a_schedule_value_comes_back(schedule: int, revision: int) -> None:
    value = ids.ScheduleValue(schedule=schedule, revision=revision)

    assert ids.read_schedule(value.encoded()) == value


@given(anything.map(json.dumps) | st.text(max_size=60) | anything)
def test_what_is_forged_is_read_without_an_error(forged: object) -> None:
    button, run, place = ids.read_button(forged), ids.read_run(forged), ids.read_place(forged)

    assert button is None or button.execution >= 0
    assert ids.read_schedule(forged) is None or isinstance(forged, str)
    assert run is None or isinstance(run.job, str)
    assert place.page >= 0


def test_deep_and_long_values_are_nothing() -> None:
    assert ids.read_button("[" * 1_990) is None
    assert ids.read_button('{"e":1,"d":"' + "a" * 3_000 + '"}') is None


def test_a_yes_is_no_execution_number() -> None:
    assert ids.read_button('{"e":true}') is None


def test_a_digest_that_is_none_is_refused() -> None:
    assert ids.read_button('{"e":1,"d":"<!channel>"}') is None


def test_values_too_long_for_a_button_are_left_out_longest_first() -> None:
    value = ids.RunValue(job="deploy", given={"notes": "x" * 5_000, "app": "api"})

    back = ids.read_run(value.encoded())

    assert back is not None
    assert back.given == {"app": "api"}


def test_a_numbered_action_is_listened_to_with_and_without_its_number() -> None:
    pattern = ids.any_of(ids.SAY)

    assert pattern.match(ids.numbered(ids.SAY, 12))
    assert pattern.match("say")
    assert not pattern.match("say:1x")
