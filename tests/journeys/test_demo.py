"""`make demo`, as a stranger meets it: one URL, real jobs, state that stays, a clean end."""

import asyncio
import re
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.browsers import FLAGS, chromium


async def _begun(folder: Path, port: int) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--port", str(port), "--folder", str(folder),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


@asynccontextmanager
async def _demo(folder: Path) -> AsyncGenerator[str]:
    """The demo's URL; at the end Ctrl-C, and a clean exit."""
    process = await _begun(folder, 0)
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(60):
        while "3." not in said:
            said += (await process.stdout.readline()).decode()
    found = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert found is not None, said
    try:
        yield found.group()
    finally:
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(30):
            _, errors = await process.communicate()
    assert process.returncode == 0
    assert b"Traceback" not in errors, errors.decode()


@asynccontextmanager
async def _window() -> AsyncGenerator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield await browser.new_page()
        await browser.close()


async def _sit_down(page: Page, url: str, user: str) -> None:
    await page.goto(f"{url}/#user={user}&channel=ops")
    await page.reload()
    await expect(page.locator("#feed").get_by_role("textbox")).to_be_visible()


@pytest.mark.browser
async def test_the_demo_leads_a_stranger_to_a_finished_approved_job(tmp_path: Path) -> None:
    async with _demo(tmp_path) as url, _window() as page:
        await _sit_down(page, url, "ana")
        box = page.locator("#feed").get_by_role("textbox")
        await box.fill("/job run deploy app=api env=prod")
        await box.press("Enter")
        feed = page.locator("#feed").get_by_role("log")
        await expect(feed.get_by_text("Waiting for approval")).to_be_visible(timeout=20_000)

        await _sit_down(page, url, "bo")
        await page.get_by_role("button", name="Approve").last.click()

        await expect(feed.get_by_text("is live and healthy")).to_be_visible(timeout=60_000)
        await expect(feed.get_by_text("Bo Lindqvist").last).to_be_visible()


@pytest.mark.browser
async def test_what_happened_in_the_demo_is_there_the_next_day(tmp_path: Path) -> None:
    async with _demo(tmp_path) as url, _window() as page:
        await _sit_down(page, url, "ana")
        box = page.locator("#feed").get_by_role("textbox")
        await box.fill("/job run disk-report")
        await box.press("Enter")
        feed = page.locator("#feed").get_by_role("log")
        await expect(feed.get_by_text("Done").first).to_be_visible(timeout=60_000)

    async with _demo(tmp_path) as url, _window() as page:
        await _sit_down(page, url, "bo")
        feed = page.locator("#feed").get_by_role("log")
        await expect(feed.get_by_text("Done").first).to_be_visible()


async def test_a_taken_port_is_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        process = await _begun(tmp_path, taken.getsockname()[1])
        async with asyncio.timeout(30):
            _, errors = await process.communicate()

    assert process.returncode == 1
    assert b"is taken" in errors
    assert b"Traceback" not in errors
