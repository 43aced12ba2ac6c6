"""Files: upload in two steps as the SDK does it, sharing, downloading, deleting."""

import aiohttp
import pytest

from simulator import Fault, Workspace
from tests.simulator.apps import WebClient
from tests.simulator.refusals import refused


async def test_an_upload_is_shared_in_the_thread(ws: Workspace, client: WebClient) -> None:
    root = await client.chat_postMessage(channel="COPS", text="run")
    answered = await client.files_upload_v2(
        channel="COPS",
        thread_ts=root["ts"],
        filename="run.log",
        title="Log",
        content="line 1\nline 2",
        initial_comment="the log",
    )

    [reply] = ws.thread("#ops", root["ts"])
    assert reply.text == "the log"
    assert ws.file_bytes(reply.files[0]) == b"line 1\nline 2"
    assert answered["file"]["title"] == "Log"


async def test_several_files_make_one_message(ws: Workspace, client: WebClient) -> None:
    uploads = [{"filename": name, "content": name} for name in ("a.txt", "b.png")]
    await client.files_upload_v2(channel="COPS", file_uploads=uploads)

    [message] = ws.messages("#ops")
    assert len(message.files) == 2


async def test_a_file_without_a_channel_is_shown_nowhere(ws: Workspace, client: WebClient) -> None:
    answered = await client.files_upload_v2(filename="a.txt", content="x")
    info = await client.files_info(file=answered["file"]["id"])

    assert ws.messages("#ops") == []
    assert info["file"]["channels"] == []


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"filename": "a", "length": 0}, "missing_argument"),
        ({"length": 3}, "invalid_arguments"),
        ({"filename": "a", "length": 3, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
        ({"filename": "a", "length": 2_000_000, "snippet_type": "text"}, "snippet_too_large"),
    ],
)
async def test_a_wrong_upload_is_refused(
    client: WebClient, args: dict[str, object], error: str
) -> None:
    await refused(error, client.api_call("files.getUploadURLExternal", params=args))


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C404", "invalid_channel"),
        ("CHIDDEN", "invalid_channel"),
        ("CQUIET", "not_in_channel"),
        ("CATTIC", "posting_to_channel_denied"),
    ],
)
async def test_a_file_goes_only_where_the_bot_is(
    client: WebClient, channel: str, error: str
) -> None:
    await refused(error, client.files_upload_v2(channel=channel, filename="a", content="x"))


async def test_an_upload_without_its_bytes_is_not_there(client: WebClient) -> None:
    begun = await client.files_getUploadURLExternal(filename="a", length=3)
    call = client.files_completeUploadExternal(files=[{"id": begun["file_id"]}])

    await refused("file_not_found", call)
    await refused("invalid_arguments", client.files_completeUploadExternal(files=[]))


async def test_bytes_nobody_asked_for_are_not_taken(ws: Workspace) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{ws.base_url}/upload/v1/F404", data=b"x") as answered,
    ):
        assert answered.status == 404


async def test_a_form_is_taken_as_an_upload_too(ws: Workspace, client: WebClient) -> None:
    begun = await client.files_getUploadURLExternal(filename="a", length=3)
    form = aiohttp.FormData()
    form.add_field("file", b"abc", filename="a")
    async with aiohttp.ClientSession() as session:
        await (await session.post(begun["upload_url"], data=form)).read()
    await client.files_completeUploadExternal(files=[{"id": begun["file_id"]}])

    assert ws.file_bytes(begun["file_id"]) == b"abc"


async def test_private_urls_ask_for_the_bots_token(client: WebClient) -> None:
    uploaded = await client.files_upload_v2(filename="a.txt", content="secret")
    url = uploaded["file"]["url_private"]
    async with aiohttp.ClientSession() as session:
        stranger = await session.get(url)
        bot = await session.get(url, headers={"Authorization": "Bearer xoxb-local"})

        assert stranger.status == 403
        assert await bot.read() == b"secret"


async def test_only_own_files_can_be_deleted(ws: Workspace, client: WebClient) -> None:
    mine = (await client.files_upload_v2(filename="a", content="x"))["file"]["id"]
    theirs = ws.upload("ana", "b.txt", b"y").id
    await client.files_delete(file=mine)

    with pytest.raises(LookupError):
        ws.file_bytes(mine)
    await refused("file_not_found", client.files_info(file=mine))
    await refused("cant_delete_file", client.files_delete(file=theirs))


async def test_trouble_reaches_uploads_too(ws: Workspace, client: WebClient) -> None:
    begun = await client.files_getUploadURLExternal(filename="a", length=3)
    ws.faults.add(Fault.server_error("upload"))
    async with aiohttp.ClientSession() as session:
        broken = await session.post(begun["upload_url"], data=b"abc")
        ws.faults.add(Fault.lost_answer("upload"))
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.post(begun["upload_url"], data=b"abc")

    assert broken.status == 500
    stored = ws.team.files.upload(begun["file_id"])
    assert stored is not None
    assert stored.content == b"abc"
