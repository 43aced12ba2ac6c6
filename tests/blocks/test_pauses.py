"""What a run that waits asks reads well on a phone, aloud, and whatever it says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from blocks import ids
from blocks.cards import execution_card
from blocks.home import home_view, waiting_answer
from blocks.listings import status_answer
from blocks.pauses import answer_errors, answer_view, pause_message, read_answer_view
from bot.domain.notices import HomeView
from bot.domain.parameters import Choice, Parameter
from bot.domain.pauses import Pause
from bot.domain.results import Link
from bot.domain.waits import Reply, Standing, Wait
from tests.blocks.pauses import ASKED, CHOICES, FORM, LEADS, paused_card, reply_of, wait_of
from tests.blocks.samples import (
    ANA,
    HOSTILE,
    NOW,
    check_message,
    check_modal,
    decision,
    labels,
    state_of,
    words,
)


def _buttons(wait: Wait) -> list[str]:
    return labels(pause_message(paused_card(wait), wait).blocks)


def test_a_plain_pause_asks_in_its_own_words_and_goes_on_with_one_button() -> None:
    wait = wait_of()

    message = pause_message(paused_card(wait), wait)

    check_message(message)
    assert message.text == "Deploy api → prod waits for an answer: Ship it?"
    seen = words(message.blocks)
    assert seen.startswith("*Waiting for an answer* ✋ · Deploy api → prod\n*Ship it?*\n12 rows")
    assert "Whoever may run this can answer." in seen
    assert "It waits until <!date^" in seen
    assert f"<@{ANA.user}>" in seen
    assert _buttons(wait) == ["Continue"]


def test_what_cannot_be_answered_here_leads_to_the_page_of_the_platform() -> None:
    wait = wait_of(replace(ASKED, elsewhere=True))
    shown = paused_card(wait)
    shown = replace(
        shown,
        execution=replace(shown.execution, page=Link(url="https://prefect.example/runs/1")),
    )

    message = pause_message(shown, wait)
    view = answer_view(shown, wait)

    check_message(message)
    check_modal(view)
    said = "It cannot be answered here: answer it on the page of <https://prefect.example/runs/1|"
    assert said in words(message.blocks)
    assert said in words(view["blocks"])
    assert _buttons(wait) == []
    assert "submit" not in view


def test_few_choices_are_buttons_and_the_first_is_the_primary_one() -> None:
    wait = wait_of(CHOICES, needs=(LEADS,))

    message = pause_message(paused_card(wait), wait)

    check_message(message)
    [actions] = [each for each in message.blocks if each["type"] == "actions"]
    assert [(each["text"]["text"], each.get("style")) for each in actions["elements"]] == [
        ("Approve", "primary"),
        ("Reject", None),
    ]
    assert "Needs 1 approval from payments-leads." in words(message.blocks)
    values = [ids.read_answer(each["value"]) for each in actions["elements"]]
    assert [value and value.pick for value in values] == [0, 1]


@pytest.mark.parametrize(
    "pause",
    [FORM, replace(CHOICES, several=True), replace(ASKED, choices=tuple("abcdef"))],
    ids=["form", "several", "six"],
)
def test_what_takes_more_than_a_click_opens_a_form(pause: Pause) -> None:
    assert _buttons(wait_of(pause)) == ["Answer…"]


def test_who_said_yes_already_is_named_while_others_are_needed() -> None:
    wait = wait_of(CHOICES, needs=(replace(LEADS, count=2),))
    digest = "e" * 64
    wait = replace(wait, said=(replace(decision("Bo"), digest=digest, serves=(LEADS.rule,)),))

    seen = words(pause_message(paused_card(wait), wait).blocks)

    assert "Bo said so already." in seen
    assert "Needs 1 more approval from payments-leads." in seen


@pytest.mark.parametrize(
    ("pause", "reply", "said"),
    [
        (ASKED, reply_of(), "*Bo let it go on* ✅"),
        (CHOICES, reply_of(chosen=("Reject",)), "*Bo answered: Reject* ⛔"),
        (CHOICES, reply_of(chosen=("Approve",), behalf="Ana"), "*Bo for Ana answered: Approve* ✅"),
        (FORM, reply_of(values={"count": 3}), "*Bo filled in the form* ✅"),
    ],
)
def test_after_the_answer_it_says_who_answered_what_and_has_no_buttons(
    pause: Pause, reply: Reply, said: str
) -> None:
    wait = wait_of(pause, standing=Standing.TAKEN, reply=reply)

    message = pause_message(paused_card(wait), wait)

    check_message(message)
    assert words(message.blocks).startswith(said)
    assert not _buttons(wait)


def test_what_is_sensitive_stays_hidden_in_what_was_answered() -> None:
    reply = reply_of(values={"count": 3, "token": "hunter2"}, masked=frozenset({"token"}))
    for kept in (reply, replace(reply, values={"count": 3})):
        wait = wait_of(FORM, standing=Standing.ANSWERED, reply=kept)

        seen = words(pause_message(paused_card(wait), wait).blocks)

        assert "hunter2" not in seen
        assert "*Token*\n••••" in seen
        assert "*How many*\n3" in seen


def test_on_its_way_it_says_so_and_why_when_that_takes_long() -> None:
    wait = wait_of(CHOICES, standing=Standing.ANSWERED, reply=reply_of(chosen=("Approve",)))

    assert "Being handed to local." in words(pause_message(paused_card(wait), wait).blocks)
    wait = replace(wait, note="connection refused")
    seen = words(pause_message(paused_card(wait), wait).blocks)
    assert "local has it not yet, and I go on trying: connection refused" in seen


def test_over_without_an_answer_it_says_why() -> None:
    wait = wait_of(CHOICES, standing=Standing.OVER, note="Nobody answered in time.")

    message = pause_message(paused_card(wait), wait)

    check_message(message)
    assert "*No answer is needed any more* ⏹️" in words(message.blocks)
    assert "Nobody answered in time." in words(message.blocks)


def test_the_form_asks_each_field_and_its_answer_reads_back() -> None:
    pause = replace(FORM, choices=("Approve", "Reject"), given={"count": 4})
    wait = wait_of(pause, needs=(replace(LEADS, comment=True),))

    view = answer_view(paused_card(wait), wait, pick=1)
    read = read_answer_view(state_of(view), view["private_metadata"])

    check_modal(view)
    assert read is not None
    assert (read.execution, read.mark, read.picks) == (1042, wait.mark, (1,))
    assert read.given["count"] == "4"
    assert {"count", "token", "pause:choice", "pause:comment"} <= read.fields


@pytest.mark.parametrize("several", [True, False])
@pytest.mark.parametrize("count", [2, 11, 120])
def test_any_number_of_choices_fits_into_the_form(count: int, *, several: bool) -> None:
    choices = tuple(f"choice {number}" for number in range(count))
    wait = wait_of(replace(ASKED, choices=choices, several=several))

    check_modal(answer_view(paused_card(wait), wait))


def test_a_form_of_more_fields_than_slack_takes_says_where_to_answer() -> None:
    many = tuple(Parameter(name=f"p{number}") for number in range(120))
    wait = wait_of(replace(ASKED, parameters=many))

    view = answer_view(paused_card(wait), wait)

    check_modal(view)
    assert "platform's own page" in words(view["blocks"])
    assert "submit" not in view


def test_problems_stand_at_their_fields_and_others_at_the_last() -> None:
    problems = {"count": "too many", "comment": "say why", "elsewhere": "no such field"}

    found = answer_errors(problems, frozenset({"count", "pause:comment"}))

    assert found == {"count": "too many", "pause:comment": "say why no such field"}


@pytest.mark.parametrize(
    "metadata", ["", "{}", '{"e":1,"m":"x"}', '{"e":true,"m":"' + "a" * 64 + '"}', None, 7]
)
def test_a_forged_form_is_none_of_ours(metadata: object) -> None:
    assert read_answer_view({}, metadata) is None


@pytest.mark.parametrize(
    "state", [None, [], {"count": 1}, {"count": {"value": []}}, {"": {"": {}}}]
)
def test_whatever_a_view_holds_is_read_without_harm(state: object) -> None:
    value = ids.AnswerValue(execution=1, mark="a" * 64)

    assert read_answer_view(state, value.encoded()) is not None


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("standing", Standing)
def test_whatever_a_run_asks_harms_nobody(text: str, standing: Standing) -> None:
    parameter = Parameter(
        name="p", title=text, description=text, choices=(Choice(value="v", label=text),)
    )
    for parameters in ((), (parameter,)):
        pause = Pause(
            key=text, title=text, text=text, choices=(text, f"{text}!"), parameters=parameters
        )
        reply = reply_of(name=text, chosen=(text,), values={"p": text}, comment=text)
        is_open = standing is Standing.OPEN
        wait = wait_of(
            pause, standing=standing, note=text, needs=(LEADS,), reply=None if is_open else reply
        )

        check_message(pause_message(paused_card(wait), wait))
        check_modal(answer_view(paused_card(wait), wait))
        check_message(execution_card(paused_card(wait)))


def test_its_card_and_status_say_that_it_waits_and_lead_to_the_question() -> None:
    wait = wait_of(replace(CHOICES, until=NOW + timedelta(hours=1)))

    message = execution_card(paused_card(wait))
    listed = status_answer([paused_card(wait)], NOW)

    check_message(message)
    check_message(listed)
    for each in (message, listed):
        assert "*Waiting for an answer* ✋ · Deploy api → prod" in words(each.blocks)
        assert "Answer…" in labels(each.blocks)
    assert message.text == "Deploy api → prod waits for an answer: Ship it?"


def test_an_answered_run_says_so_on_its_card_and_runs_once_it_went_on() -> None:
    wait = wait_of(CHOICES)
    shown = paused_card(wait)
    shown = replace(shown, execution=replace(shown.execution, answered=wait.pause.key))

    seen = execution_card(shown)

    assert words(seen.blocks).startswith("*Answered*")
    assert "has not gone on with it yet" in words(seen.blocks)
    assert seen.text == "Deploy api → prod was answered and has not gone on yet"
    assert "Answer…" not in labels(seen.blocks)
    went_on = replace(shown, execution=replace(shown.execution, pause=None))
    assert words(execution_card(went_on).blocks).startswith("*Running*")


def test_home_and_approvals_list_what_waits_for_somebody() -> None:
    wait = wait_of(CHOICES, needs=(LEADS,))
    pauses = ((paused_card(wait), wait),)

    view = home_view(HomeView(person=ANA, pauses=pauses, now=NOW))
    listed = waiting_answer([], pauses)

    check_message(listed)
    for seen in (words(view["blocks"]), words(listed.blocks)):
        assert "`#1042` *Waiting for an answer* ✋ · Deploy api → prod" in seen
    assert "Nothing waits for you" not in words(view["blocks"])
