"""Tokens, scopes, unknown methods, bodies that cannot be read."""

import aiohttp
import pytest

from simulator import Workspace
from tests.simulator.apps import WebClient, web_client
from tests.simulator.refusals import refused


async def test_auth_test_says_who_and_where_and_which_scopes(client: WebClient) -> None:
    answered = await client.auth_test()

    assert answered["user_id"] == "UBOT"
    assert answered["team_id"] == "T0LOCAL"
    assert "chat:write" in answered.headers["x-oauth-scopes"].split(",")


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-other", "invalid_auth"), ("xapp-local", "not_allowed_token_type")],
)
async def test_a_wrong_token_is_refused(ws: Workspace, token: str, error: str) -> None:
    client = web_client(ws, token="")

    await refused(error, client.chat_postMessage(token=token, channel="COPS", text="hi"))


async def test_a_bot_token_opens_no_connection(client: WebClient) -> None:
    call = client.apps_connections_open(app_token="xoxb-local")

    await refused("not_allowed_token_type", call)


async def test_the_token_may_be_an_argument(ws: Workspace) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{ws.api_url}auth.test", data={"token": "xoxb-local"}) as answered,
    ):
        assert (await answered.json())["ok"]


async def test_a_missing_scope_names_what_is_needed() -> None:
    workspace = Workspace(scopes=frozenset({"commands"}))
    workspace.add_channel("ops")
    async with workspace.serving():
        client = web_client(workspace)
        error = await refused("missing_scope", client.chat_postMessage(channel="COPS", text="x"))

    assert error["needed"] == "chat:write"
    assert error["provided"] == "commands"


async def test_history_needs_the_scope_of_that_kind_of_channel(ws: Workspace) -> None:
    ws.team.scopes = frozenset({"channels:history"})
    client = web_client(ws)

    error = await refused("missing_scope", client.conversations_history(channel="CSECRET"))

    assert error["needed"] == "groups:history"


async def test_an_unknown_method_is_named(client: WebClient) -> None:
    error = await refused("unknown_method", client.api_call("chat.shout"))

    assert error["req_method"] == "chat.shout"


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        ("{nope", "application/json", "invalid_json"),
        ("[1]", "application/json", "json_not_object"),
        ("text", "application/xml", "invalid_post_type"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(
    ws: Workspace, body: str, content_type: str, error: str
) -> None:
    headers = {"Content-Type": content_type, "Authorization": "Bearer xoxb-local"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{ws.api_url}auth.test", data=body, headers=headers) as answered,
    ):
        assert (await answered.json())["error"] == error


async def test_query_form_and_multipart_are_read_alike(ws: Workspace) -> None:
    url = f"{ws.api_url}chat.postMessage"
    headers = {"Authorization": "Bearer xoxb-local"}
    async with aiohttp.ClientSession(headers=headers) as session:
        await (await session.post(url, params={"channel": "COPS", "text": "query"})).read()
        await (await session.post(url, data={"channel": "COPS", "text": "form"})).read()
        with aiohttp.MultipartWriter("form-data") as parts:
            for name, value in (("channel", "COPS"), ("text", "multipart")):
                parts.append(value).set_content_disposition("form-data", name=name)
        await (await session.post(url, data=parts)).read()

    assert [one.text for one in ws.messages("#ops")] == ["query", "form", "multipart"]


async def test_every_refusal_is_a_violation(ws: Workspace, client: WebClient) -> None:
    await refused("channel_not_found", client.chat_postMessage(channel="C404", text="x"))

    assert [one.headline for one in ws.violations] == ["chat.postMessage: channel_not_found"]


async def test_who_and_where_of_the_app(client: WebClient) -> None:
    bot = await client.bots_info(bot="B0LOCAL")
    team = await client.team_info()
    await client.api_test()

    assert bot["bot"]["user_id"] == "UBOT"
    assert team["team"]["id"] == "T0LOCAL"
    await refused("bot_not_found", client.bots_info(bot="B9"))
    await refused("boom", client.api_test(error="boom"))
