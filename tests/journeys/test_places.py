"""Channels the bot cannot reach, Home, and what people see there."""

from tests.journeys.houses import House


async def test_where_the_bot_is_not_invited_the_requester_is_told_by_dm(house: House) -> None:
    with house.workspace.expect_violation("not_in_channel", "channel_not_found"):
        await house.workspace.slash("ana", "/job", "run hello who=far", channel="#far")
        card = await house.dm("ana", "Say hello", "Done")

    await house.workspace.until(
        lambda: any("/invite" in m.seen for m in house.workspace.thread(card.channel, card.ts)),
        why="how to mend it",
    )


async def test_an_archived_channel_does_not_stop_the_work(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run sleepy", channel="#ops")
    await house.message("#ops", "Running")
    house.workspace.archive("ops")

    with house.workspace.expect_violation("is_archived", "is_inactive"):
        await house.workspace.dm("ana", "cancel #1001")
        await house.dm("ana", "Sleepy", "Cancelled", timeout=30)


async def test_home_shows_what_waits_for_an_approver_and_approves_there(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run deploy app=api env=prod", channel="#ops")
    await house.message("#ops", "deploy api → prod")
    await house.workspace.open_home("bo")
    home = await house.workspace.until(lambda: house.workspace.home("bo"), why="Bo's Home")
    assert home is not None
    assert "deploy api → prod" in home.seen

    await house.workspace.click("bo", home, "approve")

    await house.message("#ops", "Done")


async def test_home_shows_recent_runs_and_favourites(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run hello who=x", channel="#ops")
    await house.message("#ops", "Done")

    await house.workspace.open_home("ana")

    home = await house.workspace.until(lambda: house.workspace.home("ana"), why="Ana's Home")
    assert home is not None
    assert "Say hello" in home.seen
