"""The form asks for what is missing, page by page, and loses nothing."""

from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from blocks import ids
from blocks.forms import (
    check_page,
    field_errors,
    first_place,
    folds_some,
    job_options,
    loading_view,
    note_view,
    page_view,
    pages,
    pick_view,
    read_form,
)
from bot.domain.jobs import Job
from bot.domain.parameters import Choice, Kind, Parameter, Raw, When
from bot.domain.readings import Reading, read_all
from tests.blocks.samples import (
    ENVIRONMENT,
    HOSTILE,
    WINDOW,
    check_modal,
    draft,
    elements,
    hostile_text,
    job,
    labels,
    state_of,
    words,
)

NOTE = Parameter(name="note")
DEPLOY = job(ENVIRONMENT, WINDOW, NOTE)
FRONT = ids.FormPlace(draft="d1")


def names(of: Job, given: dict[str, Raw], *, more: bool = False) -> list[list[str]]:
    return [[p.name for p in page.parameters] for page in pages(of, given, more=more)]


def submitted(view: dict[str, Any]) -> Any:
    return read_form(state_of(view), view["private_metadata"])


def test_required_parameters_come_first_and_optional_ones_when_asked_for() -> None:
    assert names(DEPLOY, {}) == [["environment"]]
    assert names(DEPLOY, {}, more=True) == [["environment"], ["note"]]


def test_a_dependent_parameter_appears_when_it_matters() -> None:
    assert names(DEPLOY, {"environment": "prod"}) == [["environment", "window"]]
    assert names(DEPLOY, {"environment": "staging"}) == [["environment"]]


def test_a_job_without_required_parameters_shows_the_optional_ones() -> None:
    assert names(job(NOTE), {}) == [["note"]]
    assert not folds_some(job(NOTE), {})


def test_a_job_without_parameters_has_no_pages() -> None:
    assert names(job(), {}) == []


def test_a_page_holds_at_most_seven_inputs() -> None:
    many = job(*(Parameter(name=f"p{n}", required=True) for n in range(16)))

    assert [len(page) for page in names(many, {})] == [7, 7, 2]


def test_what_hangs_on_an_optional_parameter_is_asked_for_after_it() -> None:
    notify = Parameter(name="notify", kind=Kind.BOOLEAN)
    whom = Parameter(name="whom", required=True, when=When(parameter="notify", values=("true",)))
    of = job(ENVIRONMENT, whom, notify)

    assert names(of, {}, more=True) == [["environment"], ["notify"]]


def test_a_page_is_titled_by_the_job_and_counts_its_steps() -> None:
    view = page_view(DEPLOY, draft(), FRONT)

    check_modal(view)
    assert view["title"]["text"] == "Deploy api"
    assert "Step 1 of 2" in words(view["blocks"])
    assert labels(view["blocks"]) == ["More options"]


def test_a_later_page_can_go_back() -> None:
    view = page_view(DEPLOY, draft(), ids.FormPlace(draft="d1", page=1, more=True))

    check_modal(view)
    assert labels(view["blocks"]) == ["Back"]
    assert "Step 2 of 3 · all optional" in words(view["blocks"])


def test_only_what_others_depend_on_tells_of_its_changes() -> None:
    view = page_view(DEPLOY, draft({"environment": "prod"}), FRONT)

    telling = [b["block_id"] for b in view["blocks"] if b.get("dispatch_action")]
    assert telling == ["environment"]


def test_inputs_keep_their_ids_when_a_page_is_drawn_again() -> None:
    before = state_of(page_view(DEPLOY, draft({"environment": "staging"}), FRONT))
    after = state_of(page_view(DEPLOY, draft({"environment": "prod"}), FRONT))

    assert [(b, list(e)) for b, e in before.items()] == [
        (b, list(e)) for b, e in after.items() if b in before
    ]


def test_an_alias_fills_the_input() -> None:
    aliased = job(Parameter(name="version", required=True, aliases=("tag",)))

    view = page_view(aliased, draft({"tag": "v2"}), FRONT)

    assert submitted(view).values == {"version": "v2"}


def test_a_form_that_is_not_ours_has_no_draft() -> None:
    answers = read_form("nonsense", "{broken")

    assert answers.draft == ""
    assert answers.values == {}


@for_all(
    st.recursive(
        st.none() | st.text(max_size=9) | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    )
)
def test_any_state_is_read_without_an_error(state: object) -> None:
    assert read_form(state, state).draft == ""


def test_a_picked_job_and_a_reason_are_read() -> None:
    state = {
        ids.PICK_BLOCK: {
            ids.PICK_JOB: {"type": "external_select", "selected_option": {"value": "deploy"}}
        },
        ids.REASON_BLOCK: {ids.REASON: {"type": "plain_text_input", "value": "because"}},
    }

    answers = read_form(state, FRONT.encoded(), pressed=ids.BACK)

    assert (answers.job, answers.reason, answers.action) == ("deploy", "because", ids.BACK)
    assert answers.place == FRONT
    assert answers.values == {}


def test_an_emptied_input_is_told_apart_from_one_that_was_not_there() -> None:
    answers = submitted(page_view(job(NOTE, ENVIRONMENT), draft(), FRONT))

    assert answers.values == {"environment": None}
    assert answers.shown == {"environment"}


def test_what_is_hidden_and_left_alone_is_kept() -> None:
    secret = job(Parameter(name="key", required=True, sensitive=True))

    answers = submitted(page_view(secret, draft({"key": "hunter2"}), FRONT))

    assert answers.values == {}
    assert answers.shown == {"key"}


def test_a_page_that_holds_leads_to_the_next() -> None:
    given: dict[str, Raw] = {"environment": "staging"}
    answers = submitted(page_view(DEPLOY, draft(given), FRONT))

    checked = check_page(DEPLOY, given, answers)

    assert checked.errors == {}
    assert checked.place.page == 1 == len(pages(DEPLOY, given))


def test_a_page_with_a_mistake_says_so_at_its_field() -> None:
    given: dict[str, Raw] = {"environment": "prod", "window": "soon"}
    answers = submitted(page_view(DEPLOY, draft(given), FRONT))

    checked = check_page(DEPLOY, given, answers)

    assert list(checked.errors) == ["window"]
    assert checked.place.page == 0


def test_a_page_is_shown_again_when_an_answer_brought_up_another_question() -> None:
    answers = submitted(page_view(DEPLOY, draft({"environment": "staging"}), FRONT))

    checked = check_page(DEPLOY, {"environment": "prod"}, answers)

    assert checked.errors == {}
    assert checked.place == FRONT


def test_what_was_checked_elsewhere_counts() -> None:
    given: dict[str, Raw] = {"environment": "staging"}
    answers = submitted(page_view(DEPLOY, draft(given), FRONT))
    reading = Reading(values={}, problems={"environment": "Not on offer."})

    assert check_page(DEPLOY, given, answers, reading=reading).errors == {
        "environment": "Not on offer."
    }


def test_errors_stand_only_at_fields_on_the_page() -> None:
    assert field_errors({"a": "No.", "b": "No."}, frozenset({"b"})) == {"b": "No."}


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({}, ids.FormPlace(draft="d1", page=0)),
        ({"environment": "prod"}, ids.FormPlace(draft="d1", page=0)),
        ({"environment": "staging"}, ids.FormPlace(draft="d1", page=1)),
        ({"environment": "staging", "unknown": "x"}, ids.FormPlace(draft="d1", page=1)),
        (
            {"environment": "staging", "note": "-rf"},
            ids.FormPlace(draft="d1", page=1, more=True),
        ),
    ],
)
def test_a_draft_goes_on_where_something_is_missing(
    given: dict[str, Raw], place: ids.FormPlace
) -> None:
    assert first_place(DEPLOY, draft(given)) == place


def test_a_problem_from_the_command_stands_under_its_input() -> None:
    view = page_view(DEPLOY, draft(), FRONT, problems={"environment": "one of prod is wanted."})

    assert "⚠️ one of prod is wanted." in words(view["blocks"])


def test_what_was_understood_and_not_said_is_flagged() -> None:
    inferred = draft({"environment": "prod"}, inferred={"environment": "live"})

    assert "Read from “live”: please check." in words(page_view(DEPLOY, inferred, FRONT)["blocks"])
    guessed = draft({"environment": "prod"}, inferred={"environment": ""})
    assert "Not in your words: please check." in words(page_view(DEPLOY, guessed, FRONT)["blocks"])


@pytest.mark.parametrize(
    "view",
    [
        loading_view(),
        note_view("Job", "Cannot go on: `x` <!here>."),
        note_view("Job", "Cannot go on.", error_id="e7f3"),
        pick_view("d1", problem="There is no job called `x`."),
        page_view(job(), draft(), FRONT),
    ],
)
def test_slack_takes_the_small_views(view: dict[str, Any]) -> None:
    check_modal(view)


@pytest.mark.parametrize("text", HOSTILE)
def test_slack_takes_a_page_whatever_the_catalogue_says(text: str) -> None:
    of = job(
        *(Parameter(name=f"p{n}", title=text, description=text, required=True) for n in range(7)),
        title=text,
        description=text,
    )

    check_modal(page_view(of, draft({"p1": text}), FRONT, problems={"p2": text}))


def test_jobs_are_options_with_their_descriptions() -> None:
    options = job_options([DEPLOY, job(name="x" * 200)])

    assert [each["value"] for each in options] == ["deploy"]
    assert options[0]["description"]["text"].startswith("Puts a version")


def test_a_typeahead_asks_from_the_first_moment() -> None:
    picker = next(elements(pick_view("d1")["blocks"]))

    assert picker["action_id"] == ids.PICK_JOB
    assert picker["min_query_length"] == 0


KINDS = (
    Parameter(name="word", kind=Kind.STRING),
    Parameter(name="words", kind=Kind.TEXT),
    Parameter(name="count", kind=Kind.INTEGER),
    Parameter(name="rate", kind=Kind.NUMBER),
    Parameter(name="really", kind=Kind.BOOLEAN),
    Parameter(name="size", kind=Kind.ENUM, choices=(Choice(value="s"), Choice(value="l"))),
    Parameter(
        name="parts", kind=Kind.MULTI_ENUM, choices=tuple(Choice(value=f"p{n}") for n in range(9))
    ),
    Parameter(name="day", kind=Kind.DATE),
    Parameter(name="hour", kind=Kind.TIME),
    Parameter(name="when", kind=Kind.DATETIME),
    Parameter(name="span", kind=Kind.DURATION),
    Parameter(name="who", kind=Kind.USER),
    Parameter(name="where", kind=Kind.CHANNEL),
    Parameter(name="page", kind=Kind.URL),
    Parameter(name="mail", kind=Kind.EMAIL),
)

readable = st.fixed_dictionaries(
    {},
    optional={
        "word": hostile_text,
        "words": hostile_text,
        "count": st.integers(min_value=-(10**17), max_value=10**17),
        "rate": st.floats(min_value=-1e6, max_value=1e6).map(lambda number: round(number, 6)),
        "really": st.booleans(),
        "size": st.sampled_from(["s", "l"]),
        "parts": st.lists(st.sampled_from([f"p{n}" for n in range(9)]), min_size=1, unique=True),
        "day": st.dates().map(str),
        "hour": st.times().map(lambda time: time.strftime("%H:%M")),
        "when": st.integers(min_value=10**9, max_value=4 * 10**9).map(
            lambda seconds: str(seconds - seconds % 60)
        ),
        "span": st.sampled_from(["90s", "1h30m", "2d"]),
        "who": st.just("<@U123ABC>"),
        "where": st.just("C123ABC"),
        "page": st.just("https://a.example/x?y=1"),
        "mail": st.just("a@b.example"),
    },
)


@settings(max_examples=150)
@for_all(readable)
def test_a_form_submitted_as_shown_gives_the_values_that_were_given(given: dict[str, Raw]) -> None:
    of = job(*KINDS)
    back: dict[str, Raw] = {}
    for number in range(len(pages(of, given))):
        view = page_view(of, draft(given), ids.FormPlace(draft="d1", page=number))
        check_modal(view)
        back.update(submitted(view).values)

    before, after = read_all(KINDS, given), read_all(KINDS, {**given, **back})
    assert {k: sorted(v) if isinstance(v, tuple) else v for k, v in after.values.items()} == {
        k: sorted(v) if isinstance(v, tuple) else v for k, v in before.values.items()
    }
