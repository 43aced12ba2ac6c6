"""The review says exactly what will happen, and can be submitted only when it may."""

from datetime import timedelta
from typing import Any

import pytest

from blocks import ids
from blocks.forms import read_form
from blocks.reviews import Review, review_view
from bot.domain.answers import Allowed, Denied, Need, NeedsApproval
from bot.domain.jobs import Risk
from bot.domain.parameters import Kind, Parameter
from tests.blocks.samples import (
    ENVIRONMENT,
    HOSTILE,
    check_modal,
    draft,
    job,
    labels,
    state_of,
    words,
)

YES = Allowed(rule="role dev: deploy")
ASK = NeedsApproval(
    rule="policy: prod",
    needs=(Need(rule="policy: prod", roles=("payments-leads", "sre"), count=2),),
)
NO = Denied(rule="nothing allows it", reason="You may not run deploy in prod.", who_can=("sre",))
NOTE = Parameter(name="note")


def review(**changes: Any) -> Review:
    plain: dict[str, Any] = {
        "job": job(ENVIRONMENT, NOTE),
        "draft": draft({"environment": "prod"}),
        "values": {"environment": "prod"},
        "answer": YES,
        "requester_name": "Ana",
    }
    return Review(**{**plain, **changes})


def test_one_sentence_says_what_will_run_where_and_as_whom() -> None:
    view = review_view(review())

    check_modal(view)
    assert "Runs *Deploy api* → *prod* on local, as Ana." in words(view["blocks"])
    assert "*Environment*\nprod" in words(view["blocks"])


def test_what_starts_at_once_says_run_now() -> None:
    view = review_view(review())

    assert view["submit"]["text"] == "Run now"
    assert "It starts at once; nobody needs to approve." in words(view["blocks"])


def test_what_needs_a_yes_says_whose_and_requests_it() -> None:
    view = review_view(review(answer=ASK))

    check_modal(view)
    assert view["submit"]["text"] == "Request approval"
    assert "It starts after 2 approvals from payments-leads or sre." in words(view["blocks"])
    assert "policy: prod" in words(view["blocks"])


@pytest.mark.parametrize("stop", [{"answer": NO}, {"problems": ("`prod` is not on offer.",)}])
def test_what_may_not_run_cannot_be_submitted(stop: dict[str, Any]) -> None:
    view = review_view(review(**stop))

    check_modal(view)
    assert "submit" not in view


def test_a_no_is_explained() -> None:
    assert "You may not run deploy in prod." in words(review_view(review(answer=NO))["blocks"])


def test_what_was_inferred_is_flagged_with_the_words_it_came_from() -> None:
    of = draft({"environment": "prod"}, inferred={"environment": "live"})

    seen = words(review_view(review(draft=of))["blocks"])

    assert "prod (read from “live”: please check)" in seen


def test_what_a_model_understood_says_so_and_what_it_made_of_no_words() -> None:
    of = draft({"environment": "prod"}, inferred={"environment": ""}, reader="Claude")

    seen = words(review_view(review(draft=of))["blocks"])

    assert "Understood by Claude; check it." in seen
    assert "prod (not in your words: please check)" in seen


def test_a_risky_job_says_so() -> None:
    risky = review_view(review(job=job(ENVIRONMENT, risk=Risk.CONFIRM)))

    assert "*Check once more* ⚠️: this job is marked as one to look at twice." in words(
        risky["blocks"]
    )
    assert "Check once more" not in words(review_view(review())["blocks"])


def test_secrets_are_shown_by_reference_only() -> None:
    secret = Parameter(name="token", kind=Kind.SECRET)
    hidden = Parameter(name="pin", sensitive=True)

    view = review_view(
        review(job=job(secret, hidden), values={"token": "env:TOKEN", "pin": "1234"})
    )

    assert "*Token*\n•••• (env:TOKEN)" in words(view["blocks"])
    assert "1234" not in str(view)


def test_the_reason_is_asked_for_and_read_back() -> None:
    view = review_view(review(draft=draft({}, reason="Fixes the checkout")))

    answers = read_form(state_of(view), view["private_metadata"])

    assert answers.reason == "Fixes the checkout"
    assert answers.place == ids.FormPlace(draft="d1", page=1)


def test_values_can_still_be_changed_and_options_opened() -> None:
    assert labels(review_view(review())["blocks"]) == ["Change values", "More options"]
    assert labels(review_view(review(more=True))["blocks"]) == ["Change values"]
    assert labels(review_view(review(job=job(), values={}))["blocks"]) == []


def test_a_rerun_says_again_and_how_long_it_takes() -> None:
    view = review_view(review(draft=draft({}, rerun_of=7), usual=timedelta(minutes=3)))

    assert "Runs *Deploy api* → *prod* again on local, as Ana." in words(view["blocks"])
    assert "Such runs take about 3 m." in words(view["blocks"])


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_gets_through(text: str) -> None:
    parameters = [Parameter(name=f"p{n}", title=text) for n in range(90)]
    rule = NeedsApproval(rule=text, needs=(Need(rule=text, roles=(text,) * 20),) * 9)

    view = review_view(
        review(
            job=job(*parameters, title=text, platform=text, environment_parameter="p1"),
            draft=draft({}, reason=text, inferred={"p1": text}),
            values={p.name: text for p in parameters},
            answer=rule,
            requester_name=text,
            sandbox=text,
        )
    )

    check_modal(view)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_gets_through_a_refusal(text: str) -> None:
    check_modal(review_view(review(answer=Denied(rule=text, reason=text), problems=(text,) * 9)))
