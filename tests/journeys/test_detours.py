"""Slack refuses for good: what should be told is told another way."""

import pytest

from bot.adapters.database import SqlStore
from bot.ports import LetterState
from simulator import Fault, Message
from tests.journeys.houses import House, found


async def _asked(house: House, words: str) -> None:
    await house.workspace.slash("ana", "/job", words, channel="#ops")


async def _operators(house: House, *words: str) -> Message:
    workspace = house.workspace
    return await house.shown(
        lambda: found(workspace.messages("#operators"), words),
        timeout=30,
        why=f"operators are told {words}",
    )


@pytest.mark.parametrize("code", ["is_archived", "restricted_action"])
async def test_a_channel_out_of_reach_moves_the_run_to_a_dm_that_names_it(
    house: House, code: str
) -> None:
    house.workspace.faults.add(Fault.refusal("chat.postMessage", code, times=1))

    await _asked(house, "run hello who=moved")

    card = await house.dm("ana", "Done", timeout=30)
    line = await house.line(card, "The rest is told here")
    assert "<#COPS>" in str(line.blocks)
    assert house.workspace.messages("#ops") == []
    await _operators(house, "not deliver a message about #1001", code, "by DM instead")


async def test_a_card_that_cannot_be_changed_leads_to_the_one_that_tells_the_truth(
    house: House,
) -> None:
    house.workspace.faults.add(Fault.refusal("chat.update", "cant_update_message", times=1))

    await _asked(house, "run hello who=twice")

    await house.message("#ops", "Done", timeout=30)
    old, new = house.workspace.messages("#ops")
    line = await house.line(old, "This card cannot be changed any more")
    assert new.ts.replace(".", "") in line.seen + str(line.blocks)


async def test_an_approver_who_cannot_be_written_to_is_named_in_the_thread(house: House) -> None:
    house.workspace.faults.add(Fault.refusal("conversations.open", "cannot_dm_bot", times=1))

    await _asked(house, "run deploy app=api env=prod")

    card = await house.message("#ops", "Waiting for approval")
    await house.line(card, "I could not tell", "by DM: that is a bot")


async def test_blocks_that_slack_cannot_read_become_plain_text(house: House) -> None:
    house.workspace.faults.add(Fault.refusal("chat.postMessage", "invalid_blocks", times=1))

    await _asked(house, "run sleepy")

    card = await house.message("#ops", "Sleepy")
    assert house.workspace.dms("ana") == []
    await _asked(house, "cancel 1001")
    await house.message("#ops", "Cancelled", timeout=30)
    assert len(house.workspace.messages("#ops")) == 1
    assert card.ts == house.workspace.messages("#ops")[0].ts


async def test_a_log_that_slack_does_not_take_is_said_to_be_missing(house: House) -> None:
    refusal = Fault.refusal("files.getUploadURLExternal", "file_uploads_disabled", times=1)
    house.workspace.faults.add(refusal)

    await _asked(house, "run hello who=lost")

    card = await house.message("#ops", "Done", timeout=30)
    await house.line(card, "The log could not be put here", "file_uploads_disabled")


async def test_a_token_that_is_revoked_drops_nothing_and_shows(house: House) -> None:
    house.workspace.faults.add(Fault.refusal("chat.postMessage", "token_revoked", times=None))
    assert house.services is not None
    delivery = house.services.delivery
    store = SqlStore(house.settings.jobthread_database_url.get_secret_value())

    await _asked(house, "run hello who=held")

    await house.workspace.until(lambda: delivery.obstacle, why="it is known that we are shut out")
    async with store.reading() as tx:
        assert await tx.letters.listing([LetterState.PENDING])
        assert not await tx.letters.listing([LetterState.UNDELIVERABLE])
    await store.close()
    assert "token_revoked" in delivery.obstacle
