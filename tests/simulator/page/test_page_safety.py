"""What is hostile stays text; who is foreign stays outside."""

import io
import json

import aiohttp
import pytest
from playwright.async_api import expect

from simulator import Workspace
from tests.simulator.page.windows import Window

on_session_loop = pytest.mark.asyncio(loop_scope="session")

HOSTILE = (
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked=1'>",
    "*<b onmouseover=alert(1)>bold</b>*",
    "```<script>window.hacked=1</script>```",
    "<javascript:alert(1)|click me>",
    '<https://example.com/"onclick="x|quoted>',
    "<!date^999999999999999999^{date}^javascript:alert(1)|never>",
    "&lt;script&gt; stays words",
)


@pytest.mark.browser
@on_session_loop
async def test_hostile_text_never_becomes_markup(workspace: Workspace, window: Window) -> None:
    for text in HOSTILE:
        await workspace.say("bo", text, "#ops")

    await window.visit("ana")
    await window.sees("stays words")

    assert await window.page.evaluate("window.hacked") is None
    inside = window.feed.locator("script, img, iframe, b, [onclick], [onerror], [onmouseover]")
    await expect(inside).to_have_count(0)
    links = await window.feed.locator(".text a").evaluate_all("all => all.map((a) => a.protocol)")
    assert set(links) <= {"https:"}
    await window.sees("<script>window.hacked = 1</script>")


@pytest.mark.browser
@on_session_loop
async def test_hostile_names_are_shown_as_they_are(quiet: Workspace, window: Window) -> None:
    quiet.add_person("eve", real_name="<img src=x onerror=alert(1)>", title="<script>1</script>")
    quiet.add_channel("odd", members=["eve"], topic="<b>topic</b> <!channel>")

    await window.visit("eve", "odd")

    people = window.page.get_by_role("region", name="You are")
    await expect(people.get_by_role("link", name="<img src=x onerror=alert(1)>")).to_be_visible()
    await window.sees("<b>topic</b> <!channel>")
    await expect(window.page.locator("#app img, #app script")).to_have_count(0)


@pytest.mark.browser
@on_session_loop
async def test_pictures_from_elsewhere_are_not_fetched(
    workspace: Workspace, window: Window
) -> None:
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url))
    picture = {"type": "image", "image_url": "https://example.com/spy.png", "alt_text": "A chart"}
    async with aiohttp.ClientSession() as session:
        await session.post(
            f"{workspace.api_url}chat.postMessage",
            json={"channel": "COPS", "text": "chart", "blocks": [picture]},
            headers={"Authorization": "Bearer xoxb-local"},
        )

    await window.visit("ana")

    await expect(window.feed.get_by_role("link", name="A chart")).to_be_visible()
    assert not [url for url in asked if "example.com" in url]


async def get(url: str, **headers: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.text()


async def act(base_url: str, body: object, **headers: str) -> tuple[int, dict[str, object]]:
    url = f"{base_url}/page/act"
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(url, json=body) as answer,
    ):
        return answer.status, await answer.json()


SAY = {"who": "ana", "do": "send", "channel": "COPS", "text": "hello"}


@pytest.mark.parametrize("path", ["/", "/page/state", "/page/static/main.js", "/page/live"])
@on_session_loop
async def test_another_name_for_this_machine_is_turned_away(quiet: Workspace, path: str) -> None:
    status, words = await get(f"{quiet.base_url}{path}", Host="evil.example:80")

    assert (status, "not served under the name" in words) == (403, True)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
@on_session_loop
async def test_another_sites_page_may_not_act(quiet: Workspace, origin: str) -> None:
    status, answer = await act(quiet.base_url, SAY, Origin=origin)

    assert (status, answer) == (403, {"error": "Another site's page may not act here."})
    assert quiet.messages("ops") == []


@on_session_loop
async def test_another_sites_page_may_not_listen(quiet: Workspace) -> None:
    url = f"{quiet.base_url}/page/live"
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await session.ws_connect(url, origin="http://evil.example")


@on_session_loop
async def test_another_sites_page_may_not_read(quiet: Workspace) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}

    status, _ = await get(f"{quiet.base_url}/page/state", **headers)

    assert status == 403


@on_session_loop
async def test_the_page_allows_no_foreign_code(quiet: Workspace) -> None:
    async with aiohttp.ClientSession() as session, session.get(quiet.base_url) as answer:
        policy = answer.headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http:" not in policy


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"who": "nobody"}, "There is nobody called 'nobody' in this workspace."),
        ({"channel": "CVAULT"}, "Ana Lopes is not in that channel."),
        ({"text": "/job x", "thread_ts": "1.2"}, "Slash commands do not work in threads."),
        ({"do": "dance"}, "That was not understood"),
        ({"text": "x" * 12_001}, "That was not understood: send.text"),
    ],
)
@on_session_loop
async def test_what_cannot_be_done_is_said_in_a_sentence(
    quiet: Workspace, change: dict[str, str], sentence: str
) -> None:
    status, answer = await act(quiet.base_url, SAY | change)

    assert status in {400, 409}
    assert str(answer["error"]).startswith(sentence)


@on_session_loop
async def test_a_svg_is_only_offered_for_download(quiet: Workspace) -> None:
    url = f"{quiet.base_url}/page/upload?user=ana&name=x.svg"
    async with aiohttp.ClientSession() as session:
        async with session.post(url, data=b"<svg onload='1'/>") as stored:
            file = await stored.json()
        async with session.get(f"{quiet.base_url}/page/files/{file['id']}") as answer:
            headers = answer.headers

    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in headers["Content-Security-Policy"]


@on_session_loop
async def test_a_file_that_is_too_large_is_refused(quiet: Workspace) -> None:
    url = f"{quiet.base_url}/page/upload?user=ana&name=big.bin"
    body = io.BytesIO(bytes(20 * 1024 * 1024 + 1))
    async with aiohttp.ClientSession() as session, session.post(url, data=body) as answer:
        said = await answer.json()

    assert said == {"error": "big.bin is larger than 20 MB."}


@on_session_loop
async def test_the_state_is_what_the_person_sees(quiet: Workspace) -> None:
    status, words = await get(f"{quiet.base_url}/page/state?user=bo&channel=ops")
    state = json.loads(words)["sections"]

    assert status == 200
    assert (state["me"]["label"], state["bot"]["name"]) == ("Bo Chen", "jobs")
    assert [one["name"] for one in state["channels"]] == ["ops", "general"]
