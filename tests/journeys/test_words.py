"""The same words as a command, in a mention, in a thread and in a DM."""

import pytest

from tests.journeys.houses import House


async def test_a_mention_runs_a_job(house: House) -> None:
    await house.workspace.mention("ana", "run hello who=Bo", channel="#ops")

    await house.message("#ops", "Say hello", "Done")


async def test_a_message_in_the_dm_runs_a_job_there(house: House) -> None:
    await house.workspace.dm("ana", "run hello who=me")

    await house.dm("ana", "Say hello", "Done")


async def test_in_a_thread_it_is_the_execution_of_that_thread(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run hello who=you", channel="#ops")
    card = await house.message("#ops", "Done")

    await house.workspace.mention("ana", "logs", channel="#ops", thread_ts=card.ts)

    await house.line(card, "hello you", "#1001")


async def test_status_tells_what_is_under_way(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run sleepy", channel="#ops")
    await house.message("#ops", "Running")

    await house.workspace.slash("ana", "/job", "status", channel="#ops")

    await house.whisper("ana", "Sleepy", "Running")


async def test_history_lists_what_ran(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run hello who=you", channel="#ops")
    await house.message("#ops", "Done")

    await house.workspace.slash("ana", "/job", "history", channel="#ops")

    await house.whisper("ana", "#1001", "Say hello")


async def test_list_shows_the_jobs_one_may_run(house: House) -> None:
    await house.workspace.slash("ana", "/job", "list", channel="#ops")

    await house.whisper("ana", "Say hello", "Sleepy")


async def test_platforms_tells_how_it_is_where_jobs_run(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run sleepy", channel="#ops")
    await house.message("#ops", "Running")

    await house.workspace.slash("ana", "/job", "platforms", channel="#ops")

    await house.whisper("ana", "local", "Answers", "1 runs there")


async def test_the_menu_opens_with_the_bare_command(house: House) -> None:
    await house.workspace.slash("ana", "/job", "", channel="#ops")

    menu = await house.whisper("ana", "Run a job")
    assert "start" in [name for name, *_ in menu.buttons]


async def test_help_teaches_three_things(house: House) -> None:
    await house.workspace.slash("ana", "/job", "help", channel="#ops")

    await house.whisper("ana", "status")


async def test_a_misspelt_job_is_asked_about_with_buttons(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run helo who=x", channel="#ops")

    question = await house.whisper("ana", "hello")
    assert question.buttons


async def test_nonsense_gets_a_sentence_and_a_way_on(house: House) -> None:
    await house.workspace.slash("ana", "/job", "xyzzy plugh", channel="#ops")

    answer = await house.whisper("ana", "xyzzy plugh")
    assert answer.buttons


@pytest.mark.parametrize(
    "text", ["请运行 hello who=世界", "打招呼 who=世界", "运行 hello who=世界"]
)
async def test_chinese_words_run_a_job(house: House, text: str) -> None:
    await house.workspace.mention("ana", text, channel="#ops")

    await house.message("#ops", "Say hello", "世界")


async def test_somebody_without_a_role_is_refused_with_the_rule_and_an_error_id(
    house: House,
) -> None:
    await house.workspace.slash("dana", "/job", "run hello who=x", channel="#ops")

    refusal = await house.whisper("dana", "may not run hello")
    assert "nothing allows it" in refusal.seen
    assert "developer" in refusal.seen
    assert "#platform-help" in refusal.seen
    assert "e-" in refusal.seen


async def test_a_failed_run_begins_with_the_cause_in_the_jobs_own_words(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run broken", channel="#ops")

    card = await house.message("#ops", "Failed")
    assert "the disk is full" in card.seen
    assert "checking the disk" in card.seen
    assert "<@UANA>" in (await house.line(card, "the disk is full")).text
