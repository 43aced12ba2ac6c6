"""What is missing is asked for step by step, and nothing typed is lost."""

from tests.journeys.houses import House


async def test_missing_values_are_asked_for_and_reviewed_before_it_runs(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run deploy app=web", channel="#ops")
    page = await house.modal("ana", "form_page")
    assert "Step 1 of 2" in page.seen

    turned = await house.workspace.submit("ana", page, {"env": "prod"})
    review = turned.view
    assert review is not None
    assert "prod" in review.seen
    assert review.submit_text == "Request approval"
    await house.workspace.submit("ana", review, {"form:reason": "the fix for #77"})

    card = await house.message("#ops", "deploy web → prod")
    assert "the fix for #77" in card.seen
    assert house.workspace.modal("ana") is None


async def test_the_job_is_picked_by_typing(house: House) -> None:
    menu = await house.workspace.slash("ana", "/job", "run", channel="#ops")
    assert menu.error is None
    pick = await house.modal("ana", "form_pick")
    options = await house.workspace.suggest("ana", pick, "pick_job", "hel")
    assert [option["value"] for option in options] == ["hello"]

    page = (await house.workspace.submit("ana", pick, {"form:pick": "hello"})).view

    assert page is not None
    assert "who" in page.inputs


async def test_a_value_that_does_not_fit_is_told_at_its_field(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run hello", channel="#ops")
    page = await house.modal("ana", "form_page")

    answered = await house.workspace.submit("ana", page, {"who": "--rm"})

    assert "dash" in answered.errors["who"]
    assert house.workspace.modal("ana") is not None


async def test_a_risky_job_shows_the_review_even_when_everything_was_said(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run careful", channel="#ops")

    review = await house.modal("ana", "form_review")
    assert house.workspace.messages("#ops") == []
    await house.workspace.submit("ana", review)

    await house.message("#ops", "Careful", "Done")


async def test_a_mention_that_lacks_values_offers_a_button_that_opens_the_form(
    house: House,
) -> None:
    said = await house.workspace.mention("ana", "run deploy app=api", channel="#ops")
    assert said.message is not None
    offer = await house.line(said.message, "deploy")

    await house.workspace.click("ana", offer, "resume")

    page = await house.modal("ana", "form_page")
    assert "env" in page.inputs


async def test_a_closed_form_runs_nothing(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run hello", channel="#ops")
    page = await house.modal("ana", "form_page")

    await house.workspace.close("ana", page)

    assert house.workspace.messages("#ops") == []


async def test_rerun_opens_the_form_with_the_old_values(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run hello who=again", channel="#ops")
    card = await house.message("#ops", "Done")

    await house.workspace.click("ana", card, "rerun")
    review = await house.modal("ana", "form_review")
    assert "again" in review.seen
    await house.workspace.submit("ana", review)

    await house.message("#ops", "#1002", "Done")


async def test_a_review_submitted_twice_is_one_run(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run careful", channel="#ops")
    review = await house.modal("ana", "form_review")
    gesture = await house.workspace.submit("ana", review)

    await house.workspace.resend(gesture)
    await house.message("#ops", "Careful", "Done")

    assert len(house.workspace.messages("#ops")) == 1


async def test_a_form_that_was_used_says_so_and_starts_nothing_more(house: House) -> None:
    slack = house.workspace
    await slack.dm("ana", "please deploy the api to dev")
    offer = await house.dm("ana", "ready")
    await slack.click("ana", offer, "resume")
    review = await house.modal("ana", "form_review")
    await slack.submit("ana", review)
    await house.dm("ana", "Done")

    await slack.click("ana", offer, "resume")

    used = await house.whisper("ana", "#1001 deploy api → dev came of this form already")
    assert slack.modal("ana") is None
    await slack.click("ana", used, "rerun")
    assert "again" in (await house.modal("ana", "form_review")).seen


async def test_a_form_closed_half_done_is_offered_again_with_what_was_typed(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run deploy", channel="#ops")
    page = await house.modal("ana", "form_page")
    review = (await house.workspace.submit("ana", page, {"app": "web", "env": "dev"})).view
    assert review is not None
    await house.workspace.close("ana", review)
    offer = await house.whisper("ana", "Your form for", "is kept")

    await house.workspace.click("ana", offer, "resume")

    again = await house.modal("ana", "form_review")
    assert "web" in again.seen
