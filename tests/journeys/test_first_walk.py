"""Type, approve, run, done."""

from tests.journeys.houses import House


async def test_a_complete_command_runs_at_once_and_its_card_tells_the_end(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run hello who=world", channel="#ops")

    card = await house.message("#ops", "Say hello", "Done")
    assert "greeted world" in card.seen
    assert [name for name, *_ in card.buttons] == ["rerun", "logs"]


async def test_a_run_that_needs_approval_starts_after_somebody_else_said_yes(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run deploy app=api env=prod", channel="#ops")
    card = await house.message("#ops", "deploy", "approval")
    asked = await house.dm("bo", "deploy api → prod")

    await house.workspace.click("bo", asked, "approve")

    done = await house.message("#ops", "Done")
    assert done.ts == card.ts
    await house.line(card, "Bo", "approved")
    decided = await house.dm("chen", "Approved by Bo")
    assert "approve" not in [name for name, *_ in decided.buttons]
