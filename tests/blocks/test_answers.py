"""Answers say what is wrong, what to do next, and whom to ask."""

import pytest

from blocks import ids
from blocks.answers import (
    Suggestion,
    broken,
    clarify,
    mistaken,
    not_understood,
    refused,
    says,
    stale,
    told,
)
from blocks.offers import closed_offer, form_offer
from bot.domain.errors import Refused
from bot.domain.intents import Clarify, RunJob, Unknown
from tests.blocks.samples import HOSTILE, check_message, draft, elements, labels, words


def test_a_refusal_names_the_rule_who_can_and_whom_to_ask() -> None:
    error = Refused("You may not run deploy in prod.", rule="nothing allows it", who_can=["sre"])

    message = refused(error, contact="@platform", error_id="e7f3")

    check_message(message)
    assert words(message.blocks) == (
        "*Not allowed* ⛔ · You may not run deploy in prod.\n"
        "Who can: sre. Ask @platform.\n"
        "Rule: nothing allows it · Error id `e7f3`"
    )


def test_a_mistake_offers_the_nearest_right_things() -> None:
    near = [Suggestion(label="deploy", words="run deploy env=prod")]

    message = mistaken("There is no job called `deply`.", near)

    check_message(message)
    assert "There is no job called `deply`. Did you mean one of these?" in words(message.blocks)
    assert labels(message.blocks) == ["deploy", "Something else"]
    first = next(elements(message.blocks))
    assert (first["action_id"], first["value"]) == ("say:0", "run deploy env=prod")


def test_a_mistake_without_anything_near_has_no_buttons() -> None:
    message = mistaken("There is no execution #7.", error_id="e1")

    check_message(message)
    assert labels(message.blocks) == []


def test_a_suggestion_too_long_for_a_button_is_left_out() -> None:
    message = mistaken("What?", [Suggestion(label="long", words="x" * 2_001)])

    assert labels(message.blocks) == ["Something else"]


def test_a_fault_says_what_was_not_done_and_what_is_safe() -> None:
    message = broken("e7f3", doing="Cancelling #1042", contact="@platform")

    check_message(message)
    seen = words(message.blocks)
    assert "Cancelling #1042 was not done. It is safe to try again." in seen
    assert "Error id `e7f3`" in seen


def test_a_fault_that_may_have_had_effects_says_to_look_first() -> None:
    seen = words(broken("e7f3", doing="Starting deploy", is_safe_to_retry=False).blocks)

    assert "was not done" not in seen
    assert "Look at its card before you try again." in seen


def test_a_click_that_came_too_late_gets_the_truth() -> None:
    message = stale("#1042 was approved by Bo already; it is running.")

    check_message(message)
    assert message.text == "#1042 was approved by Bo already; it is running."


def test_a_click_that_came_too_late_names_the_line_in_the_log() -> None:
    message = stale("#1042 is running.", error_id="e7f3")

    check_message(message)
    assert "Error id `e7f3`" in words(message.blocks)


def test_a_question_back_has_three_readings_and_a_way_out() -> None:
    runs = tuple(RunJob(job="deploy", given={"environment": e}) for e in "abcd")

    message = clarify(Clarify(question="Which environment?", candidates=runs))

    check_message(message)
    assert labels(message.blocks)[-1] == "Something else"
    assert len(labels(message.blocks)) == 4
    value = ids.read_run(next(elements(message.blocks))["value"])
    assert value == ids.RunValue(job="deploy", given={"environment": "a"})


def test_what_is_not_understood_is_said_back_with_near_words() -> None:
    message = not_understood(Unknown(text="statsu", near=("status",)))

    check_message(message)
    assert labels(message.blocks) == ["status", "Help", "Something else"]
    assert "I did not understand “statsu”." in message.text


def test_a_channel_that_we_name_is_a_link_to_it() -> None:
    message = told("I am not in <#COPS>. Invite me there with `/invite`, <!here> & <#c>.")

    assert message.text == (
        "I am not in <#COPS>. Invite me there with `/invite`, &lt;!here&gt; &amp; &lt;#c&gt;."
    )


@pytest.mark.parametrize(
    ("label", "is_complete", "press"),
    [
        ("", False, "Pick a job"),
        ("Deploy *api*", False, "Fill in the form"),
        ("Deploy *api*", True, "Review and run"),
    ],
)
def test_a_form_that_could_not_open_is_offered(label: str, is_complete: bool, press: str) -> None:
    kept = draft({"environment": "prod"})

    message = form_offer(kept, label, is_complete=is_complete)

    check_message(message)
    assert labels(message.blocks) == [press]
    assert next(elements(message.blocks))["value"] == kept.id


def test_the_offer_of_what_a_model_understood_says_so() -> None:
    message = form_offer(draft(reader="Claude"), "Deploy", is_complete=True)

    check_message(message)
    assert "Understood by Claude; check it." in message.text


def test_the_way_back_to_a_closed_form_is_one_button() -> None:
    kept = draft()

    message = closed_offer(kept, "Deploy *api*")

    check_message(message)
    assert labels(message.blocks) == ["Continue"]


def test_a_saying_button_carries_its_words() -> None:
    assert says("Jobs", "list", 2)["value"] == "list"


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_gets_through(text: str) -> None:
    near = [Suggestion(label=text, words=text)] * 5
    run = RunJob(job=text, given={text: text}, reason=text)

    check_message(told(text.replace("<#", "")))
    check_message(refused(Refused(text or "No.", rule=text, who_can=[text]), contact=text))
    check_message(mistaken(text or "No.", near, error_id=text))
    check_message(broken(text, doing=text, contact=text))
    check_message(stale(text or "No."))
    check_message(clarify(Clarify(question=text, candidates=(run,) * 5)))
    check_message(not_understood(Unknown(text=text, near=(text,) * 5)))
