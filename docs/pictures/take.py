"""Takes the pictures of the README: `python docs/pictures/take.py URL`, with the demo at URL."""

import asyncio
import shutil
import sys
from pathlib import Path

from playwright.async_api import Locator, Page, async_playwright, expect

HERE = Path(__file__).parent
DESK = {"width": 1180, "height": 760}
PHONE = {"width": 375, "height": 740}
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


async def main(url: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS
        )
        page = await browser.new_page(viewport=DESK, device_scale_factor=1.5)
        await _walk(page, url)
        phone = await browser.new_page(viewport=PHONE, device_scale_factor=2)
        await _visit(phone, url, "ana", "ops")
        await _say(phone, "/job run deploy app=web env=prod version=2.1.1 because the sale begins")
        await expect(_card(phone, "Waiting for approval")).to_be_visible()
        await _visit(phone, url, "bo", "@app")
        await _shot(phone, "phone")
        await page.goto(f"{url}/#user=bo&channel=@home")
        await page.reload()
        await expect(page.get_by_text("Waiting for me")).to_be_visible()
        await _shot(page, "home")
        await _digest(phone, url)
        await browser.close()


async def _walk(page: Page, url: str) -> None:
    await _visit(page, url, "ana", "ops")
    await page.locator("#feed").get_by_role("textbox").fill("/job run deploy app=api env=prod")
    await _shot(page, "command")
    await page.locator("#feed").get_by_role("textbox").press("Enter")
    await expect(_card(page, "waiting for approval")).to_be_visible()
    await _visit(page, url, "bo", "ops")
    await _shot(page, "approval")
    await page.get_by_role("button", name="Approve").last.click()
    await expect(_card(page, "Done")).to_be_visible(timeout=60_000)
    await _shot(page, "done")
    await _form(page, url)
    await _visit(page, url, "ana", "ops")
    await _say(page, "/job run deploy app=web env=dev version=2.1.0")
    await expect(_card(page, "%")).to_be_visible(timeout=15_000)
    await page.wait_for_timeout(2_000)
    await _shot(page, "running")
    await expect(_card(page, "Failed")).to_be_visible(timeout=60_000)
    await _shot(page, "failed")


async def _form(page: Page, url: str) -> None:
    await _visit(page, url, "chen", "ops")
    await _say(page, "/job run deploy app=web")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("Step 1 of")).to_be_visible()
    await _shot(page, "form")
    await dialog.get_by_text("Staging").first.click()
    await dialog.get_by_role("button", name="Next").click()
    await expect(dialog.get_by_text("Runs")).to_be_visible()
    await _shot(page, "review")
    await dialog.get_by_role("button", name="Run now").click()
    await expect(_card(page, "Done").last).to_be_visible(timeout=60_000)


async def _digest(page: Page, url: str) -> None:
    """More ends in one channel than Slack takes messages, among them one that failed."""
    await _visit(page, url, "chen", "deploys")
    for _ in range(3):
        await _say(page, "/job run check-site urls=http://127.0.0.1:9/")
    await page.wait_for_timeout(20_000)  # its one retry
    for _ in range(40):
        await _say(page, "/job run disk-report path=/var top=3 seconds=1")
        await page.wait_for_timeout(60)
    digest = _card(page, "more finished")
    await expect(digest).to_be_visible(timeout=120_000)
    await digest.scroll_into_view_if_needed()
    await _shot(page, "digest")


async def _visit(page: Page, url: str, user: str, channel: str) -> None:
    await page.goto(f"{url}/#user={user}&channel={channel}")
    await page.reload()
    await expect(page.locator("#feed").get_by_role("textbox")).to_be_visible()


async def _say(page: Page, text: str) -> None:
    box = page.locator("#feed").get_by_role("textbox")
    await box.fill(text)
    await box.press("Enter")


def _card(page: Page, words: str) -> Locator:
    return page.locator("#feed").get_by_text(words).last


async def _shot(page: Page, name: str) -> None:
    await page.wait_for_timeout(600)
    await page.screenshot(path=HERE / f"{name}.png")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
