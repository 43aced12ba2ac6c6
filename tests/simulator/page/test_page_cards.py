"""Cards: buttons, confirm dialogs, menus, selects, files, pictures, the Home tab."""

import pytest
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Workspace
from tests.simulator.page.conftest import connected
from tests.simulator.page.samples import picture, plain, section
from tests.simulator.page.windows import Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def shown(window: Window, what: str) -> None:
    await window.visit("ana")
    await window.write(f"/job {what}")


async def test_a_button_acts_and_the_card_changes(workspace: Workspace, window: Window) -> None:
    await shown(window, "card")

    await window.feed.get_by_role("button", name="Approve").click()

    await window.sees("Approved by @Ana Lopes")
    await expect(window.feed.get_by_role("button", name="Approve")).to_have_count(0)


async def test_a_dangerous_button_asks_once_more(workspace: Workspace, window: Window) -> None:
    await shown(window, "card")
    cancel = window.feed.get_by_role("button", name="Cancel")
    sure = window.page.get_by_role("alertdialog", name="Cancel this deploy?")

    await cancel.click()
    await expect(sure.get_by_role("button", name="Keep running")).to_be_focused()
    await sure.get_by_role("button", name="Keep running").click()
    await expect(cancel).to_be_focused()
    assert not workspace.ephemerals("ana")
    await cancel.click()
    await sure.get_by_role("button", name="Cancel it").click()

    await window.sees("Cancelled by you")


async def test_a_button_without_an_app_says_that_it_failed(
    quiet: Workspace, window: Window
) -> None:
    async with connected(quiet):
        await shown(window, "card")
        await window.feed.get_by_role("button", name="Nobody").wait_for()
    await window.sees("Jobs is not connected")

    await window.feed.get_by_role("button", name="Nobody").click()

    await expect(window.feed.get_by_role("alert")).to_contain_text("dispatch_failed")


async def test_a_click_on_a_message_that_is_gone_is_told(
    workspace: Workspace, window: Window
) -> None:
    await shown(window, "card")
    await window.feed.get_by_role("button", name="Approve").wait_for()
    message = workspace.messages("ops")[0]

    with window.expecting_errors():
        answer = await window.page.evaluate(
            """async (ts) => {
                const { act } = await import("/page/static/live.js");
                const surface = { kind: "message", channel: "COPS", ts };
                return act({ do: "click", surface, block_id: "acts", action_id: "approve" });
            }""",
            f"1{message.ts}",
        )

    assert answer == {"error": "This message is no longer there."}


async def test_an_overflow_menu_offers_its_options(workspace: Workspace, window: Window) -> None:
    await shown(window, "card")
    await window.feed.get_by_role("button", name="More actions").click()

    await window.page.get_by_role("menuitem", name="Tell me").click()

    await window.sees('more {"selected_option"')


async def test_choices_in_a_message_reach_the_app(workspace: Workspace, window: Window) -> None:
    await shown(window, "choices")

    await window.pick("Which colour?", "Blue")
    await window.sees('colour {"selected_option"')
    await window.feed.get_by_label("From when?").fill("2026-12-24")
    await window.sees('since {"selected_date": "2026-12-24"}')
    await window.pick("Owner", "Dee Okafor")
    await window.sees('owner {"selected_user": "UDEE"}')
    await window.pick("Places", "#general")

    await window.sees('places {"selected_conversations": ["CGENERAL"]}')


async def test_a_choice_that_is_not_confirmed_is_taken_back(
    workspace: Workspace, window: Window
) -> None:
    await shown(window, "choices")
    green = window.feed.get_by_role("checkbox", name="Green")

    await green.click()
    await window.page.get_by_role("button", name="Keep running").click()
    await expect(green).not_to_be_checked()
    await green.click()
    await window.page.get_by_role("button", name="Cancel it").click()

    await window.sees('ticks {"selected_options"')
    await expect(green).to_be_checked()


async def test_files_can_be_seen_and_downloaded(workspace: Workspace, window: Window) -> None:
    await shown(window, "files")
    picture = window.feed.get_by_role("img", name="usage.png")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 24

    async with window.page.expect_download() as saving:
        await window.feed.get_by_role("link", name="Download deploy.log").click()

    saved = await (await saving.value).path()
    assert saved.read_text() == "one\ntwo\n"


async def test_a_picture_the_app_uploaded_is_shown_in_a_card(
    quiet: Workspace, window: Window
) -> None:
    file = quiet.upload("ana", "chart.png", picture())
    shown_file = {"slack_file": {"id": file.id}, "alt_text": "A chart"}
    blocks = [
        {"type": "image", **shown_file, "title": plain("Usage")},
        section("Beside", accessory={"type": "image", **shown_file}),
    ]
    client = AsyncWebClient(token="xoxb-local", base_url=quiet.api_url)
    await client.chat_postMessage(channel="COPS", text="chart", blocks=blocks)

    await window.visit("ana")

    pictures = window.feed.get_by_role("img", name="A chart")
    await expect(pictures).to_have_count(2)
    for one in await pictures.all():
        assert await one.evaluate("image => image.decode().then(() => image.naturalWidth)") == 24


async def test_reactions_show_who_reacted(quiet: Workspace, window: Window) -> None:
    said = await quiet.say("ana", "Shipped", "#ops")
    assert said.message is not None
    await window.visit("ana")

    quiet.react("bo", said.message, "tada")

    await expect(window.feed.get_by_role("img", name="tada: Bo Chen")).to_be_visible()


async def test_the_home_tab_is_made_when_it_is_opened(workspace: Workspace, window: Window) -> None:
    await window.visit("sam", "@home")

    await window.sees("Waiting for you")
    await window.sees("Nothing waits for @Sam Ito")
    await window.page.get_by_role("link", name="Messages").click()
    await expect(window.composer).to_be_visible()


async def test_a_home_nobody_made_says_so(quiet: Workspace, window: Window) -> None:
    await window.visit("sam", "@home")

    await window.sees("Jobs has not made a Home for Sam Ito.")


async def test_dates_are_shown_in_the_readers_own_zone(
    workspace: Workspace, window: Window
) -> None:
    await workspace.say("dee", "due <!date^1782903600^{date_num} {time}|later>", "#ops")

    await window.visit("ana")
    await window.sees("due 2026-07-01 12:00 PM")
    await window.visit("bo")

    await window.sees("due 2026-07-01 7:00 PM")
