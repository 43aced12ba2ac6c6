"""The bot is never silently deaf: it notices, mends itself, tells, and ends if nothing helps."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.adapters.echoes import EMOJI
from simulator import Message, Workspace
from simulator.reacting import react
from tests.journeys.houses import House, bot_on, migrated, settings_for, write_files
from tests.journeys.programs import Program

QUICK = {"jobthread_probe_seconds": 1.0, "jobthread_deaf_after": 2.0}


@pytest.fixture
async def listening(workspace: Workspace, tmp_path: Path) -> AsyncGenerator[House]:
    """A bot that probes each second, and whose first probe came back."""
    write_files(tmp_path)
    settings = settings_for(workspace, tmp_path).model_copy(update=QUICK)
    await migrated(settings)
    async with bot_on(workspace, settings) as services:
        await workspace.until(lambda: echoes(workspace), why="a probe came back")
        yield House(workspace=workspace, settings=settings, services=services)


@pytest.fixture
async def probing(workspace: Workspace, tmp_path: Path) -> AsyncGenerator[Program]:
    """The same as a process of its own."""
    write_files(tmp_path)
    await migrated(settings_for(workspace, tmp_path))
    program = Program(workspace, tmp_path, JOBTHREAD_PROBE_SECONDS="1", JOBTHREAD_DEAF_AFTER="2")
    await program.begin()
    try:
        await workspace.until(lambda: echoes(workspace), why="a probe came back")
        yield program
    finally:
        await program.kill()


def echoes(workspace: Workspace) -> int:
    """Reactions that were sent to the bot and acked."""
    sent = {
        entry.what["envelope_id"]
        for entry in workspace.log
        if entry.kind == "envelope"
        and entry.what["payload"].get("event", {}).get("type") == "reaction_added"
    }
    acked = [entry for entry in workspace.log if entry.kind == "ack"]
    return sum(entry.what["envelope_id"] in sent for entry in acked)


async def told(workspace: Workspace, *words: str) -> Message:
    def found() -> Message | None:
        said = workspace.messages("#operators")
        return next((one for one in said if all(word in one.seen for word in words)), None)

    message = await workspace.until(found, timeout=30, why=f"operators are told {words}")
    assert message is not None
    return message


async def test_sockets_that_slack_believes_in_and_that_hear_nothing_are_replaced_and_told(
    listening: House,
) -> None:
    workspace = listening.workspace
    workspace.deafen_sockets()

    await told(workspace, "heard nothing from Slack for", "hear it again")
    await workspace.slash("ana", "/job", "run hello who=again", channel="#ops")
    await listening.message("#ops", "Done")


async def test_probes_leave_one_message_and_no_notification(listening: House) -> None:
    workspace = listening.workspace
    await workspace.until(lambda: echoes(workspace) >= 3, why="three probes")

    [message] = workspace.messages("#operators")
    assert [name for name, _ in message.reactions] in ([EMOJI], [])


async def test_reactions_of_people_are_nobodys_gesture(listening: House) -> None:
    workspace = listening.workspace
    [message] = workspace.messages("#operators")
    before = echoes(workspace)
    channel = workspace.channel("#operators")
    react(workspace.team, channel, message, workspace.person("bo"), "tada")

    await workspace.until(lambda: echoes(workspace) > before, why="it was acked")
    assert workspace.ephemerals("bo") == []


async def test_deafness_that_rebuilding_does_not_end_ends_the_process_with_75(
    workspace: Workspace, probing: Program
) -> None:
    workspace.subscriptions -= {"reaction_added"}

    assert await probing.ended() == 75
    await told(workspace, "did not help")


async def test_a_switched_off_socket_mode_is_told_and_ends_the_process_with_78(
    workspace: Workspace, probing: Program
) -> None:
    with workspace.allow_violation("access_denied"):
        await workspace.disconnect("link_disabled")

        assert await probing.ended() == 78
    await told(workspace, "Socket Mode is switched off")


async def test_a_refresh_of_both_connections_loses_no_command(listening: House) -> None:
    workspace = listening.workspace
    await workspace.disconnect("warning")

    for number in range(5):
        gesture = await workspace.slash("ana", "/job", f"run hello who=n{number}", channel="#ops")
        assert gesture.acked
