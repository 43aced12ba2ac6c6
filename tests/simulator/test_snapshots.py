"""The state file: what comes back, what does not, and files nobody can read."""

from pathlib import Path

import pytest

from simulator import Workspace
from tests.simulator.apps import web_client
from tests.simulator.conftest import settle
from tests.simulator.pieces import actions, home, section


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "workspace.jsonl"


async def lived_in(path: Path) -> Workspace:
    """A workspace with a card, a reply, an ephemeral, a DM, a Home tab and a file; stopped."""
    async with settle(Workspace(state_file=path)).serving() as workspace:
        client = web_client(workspace)
        card = await client.chat_postMessage(channel="COPS", text="old", blocks=[actions()])
        await client.chat_update(channel="COPS", ts=card["ts"], text="card", blocks=[actions()])
        await client.chat_postMessage(channel="COPS", text="reply", thread_ts=card["ts"])
        await client.reactions_add(channel="COPS", timestamp=card["ts"], name="eyes")
        await client.chat_postEphemeral(channel="COPS", user="UANA", text="psst")
        await client.chat_postMessage(channel="UBO", text="direct")
        await client.views_publish(user_id="UANA", view=home(section("mine")))
        await client.files_upload_v2(channel="COPS", filename="a.txt", content="bytes")
    return workspace


async def test_everything_people_saw_comes_back(path: Path) -> None:
    before = await lived_in(path)
    after = Workspace(state_file=path)

    assert after.messages("#ops") == before.messages("#ops")
    card = after.messages("#ops")[0]
    assert after.thread("#ops", card.ts) == before.thread("#ops", card.ts)
    assert after.ephemerals("ana") == before.ephemerals("ana")
    assert after.dms("bo") == before.dms("bo")
    assert after.home("ana") == before.home("ana")
    assert after.people == before.people
    assert after.channels == before.channels
    assert after.file_bytes(after.messages("#ops")[-1].files[0]) == b"bytes"


async def test_adding_the_same_people_again_changes_nothing(path: Path) -> None:
    before = await lived_in(path)
    after = settle(Workspace(state_file=path))

    assert after.people == before.people
    assert after.channels == before.channels


async def test_new_messages_come_after_restored_ones(path: Path) -> None:
    before = await lived_in(path)
    async with Workspace(state_file=path, clock=lambda: 1.0).serving() as after:
        client = web_client(after)
        posted = await client.chat_postMessage(channel="COPS", text="newest")

    assert posted["ts"] > before.messages("#ops")[-1].ts


async def test_open_modals_and_triggers_do_not_come_back(path: Path) -> None:
    await lived_in(path)
    after = Workspace(state_file=path)

    assert after.modals("ana") == []
    assert after.connections == []


async def test_changes_are_written_soon_without_a_stop(path: Path) -> None:
    async with settle(Workspace(state_file=path)).serving() as workspace:
        client = web_client(workspace)
        await client.chat_postMessage(channel="COPS", text="kept")
        changes = workspace.subscribe()
        with changes:
            async for entry in changes:
                if entry.kind == "saved":
                    break
        saved = Workspace(state_file=path).messages("#ops")

    assert [one.text for one in saved] == ["kept"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not json\n",
        '{"version": 99}\n',
        '{"version": 1}\n{"ghost": {}}\n',
        '{"version": 1}\n7\n',
    ],
)
def test_an_unreadable_file_is_put_aside(path: Path, content: str) -> None:
    path.write_text(content)
    workspace = Workspace(state_file=path)

    assert workspace.channels == []
    assert path.with_name("workspace.jsonl.unreadable").read_text() == content
    assert workspace.log[0].who == "state file"


async def test_a_file_that_cannot_be_written_is_said_and_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    folder.write_text("in the way")
    workspace = Workspace(state_file=folder / "workspace.jsonl")
    async with workspace.serving():
        settle(workspace)
        await workspace.until(lambda: any("unwritable" in one.what for one in workspace.log))
        folder.unlink()
        workspace.add_person("new")
        await workspace.until(lambda: any(one.kind == "saved" for one in workspace.log))

    assert Workspace(state_file=folder / "workspace.jsonl").person("new").name == "new"
