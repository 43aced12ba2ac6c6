"""A browser window on the page, and the sentences tests are written in."""

from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.async_api import ConsoleMessage, Locator, Page, expect

if TYPE_CHECKING:
    from collections.abc import Generator

DESK = {"width": 1280, "height": 820}
PHONE = {"width": 375, "height": 740}


class Window:
    """One window; every error its console shows is remembered and fails the test."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page = page
        self.base_url = base_url
        self.errors: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(message.text)

    @contextmanager
    def expecting_errors(self) -> "Generator[None]":
        """Failed requests are part of what happens inside."""
        before = len(self.errors)
        yield
        self.errors[before:] = [one for one in self.errors[before:] if "Failed to load" not in one]

    async def visit(self, user: str, channel: str = "ops", thread: str = "") -> None:
        """Sit down as somebody, looking at a place."""
        more = f"&thread={thread}" if thread else ""
        await self.page.goto(f"{self.base_url}/#user={user}&channel={channel}{more}")
        await expect(self.page.locator("#sidebar h2").first).to_be_attached()
        await expect(
            self.page.locator("#feed .composer, #home:not([hidden])").first
        ).to_be_attached()

    @property
    def composer(self) -> Locator:
        return self.page.locator("#feed").get_by_role("textbox")

    @property
    def feed(self) -> Locator:
        return self.page.locator("#feed").get_by_role("log")

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("complementary", name="Thread")

    @property
    def modal(self) -> Locator:
        return self.page.get_by_role("dialog")

    async def write(self, text: str) -> None:
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def sees(self, text: str) -> None:
        await expect(self.page.get_by_text(text).last).to_be_visible()

    async def pick(self, label: str, choice: str, typed: str = "") -> None:
        """Choose an option of a select menu, typing first when `typed` is given."""
        box = self.page.get_by_role("combobox", name=label)
        await box.click()
        if typed:
            await box.fill(typed)
        await self.page.get_by_role("option", name=choice).click()
