"""What decides, asked in a channel: an answer to the asker alone."""

from tests.journeys.houses import House


async def test_somebody_asks_whether_somebody_may(house: House) -> None:
    await house.workspace.slash("ana", "/job", "can <@UANA> run hello who=Bo", channel="#ops")

    await house.whisper("ana", "Allowed", "run Say hello", "Rule: role")


async def test_somebody_asks_in_chinese(house: House) -> None:
    await house.workspace.slash("ana", "/job", "我能运行 hello who=Bo 吗", channel="#ops")

    await house.whisper("ana", "Allowed", "Rule: role")


async def test_a_run_says_why_it_was_allowed(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run hello who=you", channel="#ops")
    await house.message("#ops", "Done")

    await house.workspace.slash("ana", "/job", "why #1001", channel="#ops")

    await house.whisper("ana", "#1001", "Decided", "role")


async def test_help_shows_no_command_that_one_may_not_give(house: House) -> None:
    await house.workspace.slash("dana", "/job", "help", channel="#ops")

    shown = await house.whisper("dana", "Commands you may use")
    assert "cancel [" not in shown.seen
