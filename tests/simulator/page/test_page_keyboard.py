"""Without a mouse, and on a phone."""

import pytest
from playwright.async_api import Page, expect

from simulator import Workspace
from tests.simulator.page.windows import Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def tab_to(page: Page, name: str, most: int = 40) -> None:
    """Press Tab until the control of that name has the focus."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if await focused.count() and name in (await focused.evaluate(NAME)):
            return
    pytest.fail(f"{name} cannot be reached with Tab")


NAME = """node => node.getAttribute("aria-label") ?? node.textContent"""
OUTLINE = """node => {
    const box = node.closest(".picker, .composer-box") ?? node;
    const style = getComputedStyle(box);
    return style.outlineStyle !== "none" || style.boxShadow !== "none";
}"""


async def test_the_skip_link_leads_to_the_composer(workspace: Workspace, window: Window) -> None:
    await window.visit("ana")

    await window.page.keyboard.press("Tab")
    await expect(window.page.get_by_role("link", name="Skip to")).to_be_in_viewport()
    await window.page.keyboard.press("Enter")

    await expect(window.composer).to_be_focused()


async def test_a_job_can_be_asked_for_and_approved_by_keyboard_alone(
    workspace: Workspace, window: Window
) -> None:
    await window.visit("ana")
    keys = window.page.keyboard
    await window.composer.focus()
    await keys.type("/j")
    await keys.press("Enter")
    await keys.type("steps")
    await keys.press("Enter")
    await expect(window.modal.get_by_label("Note")).to_be_focused()
    await keys.type("by hand")
    await keys.press("Enter")
    await expect(window.modal.get_by_label("Last word")).to_be_focused()
    await keys.type("done")
    await keys.press("Control+Enter")
    await expect(window.modal).to_have_count(0)
    await expect(window.composer).to_be_focused()

    await keys.type("/job card")
    await keys.press("Enter")
    await window.sees("Running · deploy api")
    await window.page.get_by_role("region", name="Messages in #ops").focus()
    await tab_to(window.page, "Approve")
    await keys.press("Enter")

    await window.sees("Approved by @Ana Lopes")


async def test_a_select_menu_works_with_arrows(workspace: Workspace, window: Window) -> None:
    await window.visit("ana")
    await window.write("/job form")
    await window.modal.get_by_role("combobox", name="Colour").focus()

    for key in ("ArrowDown", "ArrowDown", "Enter"):
        await window.page.keyboard.press(key)

    await expect(window.modal.get_by_role("combobox", name="Colour")).to_have_value("Green")


async def test_the_focus_stays_in_a_modal(workspace: Workspace, window: Window) -> None:
    await window.visit("ana")
    await window.write("/job steps")
    await expect(window.modal).to_be_visible()

    for _ in range(12):
        await window.page.keyboard.press("Tab")
        inside = (
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
        assert await window.page.evaluate(inside)


async def test_wherever_the_focus_is_it_can_be_seen(workspace: Workspace, window: Window) -> None:
    await workspace.mention("ana", "hello", channel="#ops")
    await window.visit("ana")
    await window.page.get_by_role("link", name="1 reply").wait_for()

    for _ in range(16):
        await window.page.keyboard.press("Tab")
        focused = window.page.locator(":focus")
        if await focused.count():
            assert await focused.evaluate(OUTLINE), await focused.evaluate(NAME)


async def test_escape_closes_the_thread_and_the_focus_returns(
    workspace: Workspace, window: Window
) -> None:
    await workspace.mention("ana", "hello", channel="#ops")
    await window.visit("ana")
    line = window.page.get_by_role("link", name="1 reply")
    await line.focus()
    await window.page.keyboard.press("Enter")
    await expect(window.thread.get_by_role("textbox")).to_be_focused()

    await window.page.keyboard.press("Escape")

    await expect(window.thread).to_be_hidden()
    await expect(line).to_be_focused()


async def fits(window: Window) -> bool:
    return await window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_on_a_phone_the_navigation_is_a_drawer(workspace: Workspace, phone: Window) -> None:
    await phone.visit("ana")
    drawer = phone.page.get_by_role("navigation", name="Workspace")
    await expect(drawer).to_be_hidden()

    await phone.page.get_by_role("button", name="Open navigation").tap()
    await expect(drawer).to_be_visible()
    await drawer.get_by_role("link", name="Bo Chen").tap()

    await expect(drawer).to_be_hidden()
    await expect(phone.page).to_have_title("#ops · Bo Chen · Acme")
    assert await fits(phone)


async def test_on_a_phone_a_thread_and_a_modal_fill_the_screen(
    workspace: Workspace, phone: Window
) -> None:
    await workspace.mention("ana", "hello", channel="#ops")
    await phone.visit("ana")
    await phone.page.get_by_role("link", name="1 reply").tap()
    await expect(phone.thread.get_by_text("Heard:")).to_be_visible()
    assert await phone.thread.bounding_box() == {"x": 0, "y": 0, "width": 375, "height": 740}

    await phone.thread.get_by_role("button", name="Close thread").tap()
    await phone.write("/job form")

    await expect(phone.modal).to_be_visible()
    assert await phone.modal.bounding_box() == {"x": 0, "y": 0, "width": 375, "height": 740}
    assert await fits(phone)


async def test_on_a_phone_a_card_with_long_words_does_not_widen_the_page(
    workspace: Workspace, phone: Window
) -> None:
    await workspace.say(
        "ana", "x" * 400 + " `" + "y" * 300 + "` https://example.com/" + "z" * 300, "#ops"
    )
    await phone.visit("ana")
    await phone.write("/job card")

    await phone.sees("Running · deploy api")

    assert await fits(phone)
    assert await phone.feed.evaluate("list => list.scrollWidth <= list.clientWidth")
