"""A yes with a passkey, whole: Slack, our page in Chromium with a virtual device, the card."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.async_api import BrowserContext, CDPSession, Page, async_playwright, expect

from bot.cli.checks import preflight
from bot.settings import Settings
from simulator import Message, Workspace
from tests.browsers import FLAGS, chromium
from tests.journeys.houses import House, bot_on, found, migrated, settings_for, write_files
from tests.journeys.test_from_outside import free_port

pytestmark = pytest.mark.browser

APPROVALS = """
approvals:
  - {name: high, when: {env: [prod]}, by: [approver], step_up: true}
"""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody's browser, with a device that confirms by itself."""

    context: BrowserContext
    page: Page
    device: CDPSession
    errors: list[str]

    async def passkeys(self, device: str) -> list[dict[str, Any]]:
        held = await self.tell("getCredentials", {"authenticatorId": device})
        return list(held["credentials"])

    async def tell(self, what: str, told: dict[str, Any]) -> dict[str, Any]:
        """Something of the browser's own protocol for virtual devices."""
        answer: object = await self.device.send(f"WebAuthn.{what}", told)  # pyright: ignore[reportUnknownVariableType]  untyped there
        return cast("dict[str, Any]", answer)


@pytest.fixture
async def browser_page() -> AsyncGenerator[Person]:
    """At 375 px; every error in its console fails the test."""
    if (path := chromium()) is None:
        pytest.skip("no Chromium on this machine; install it or set PLAYWRIGHT_CHROMIUM")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        size = {"width": 375, "height": 740}
        context = await browser.new_context(viewport=size)  # pyright: ignore[reportArgumentType]  a TypedDict of just these
        page = await context.new_page()
        errors: list[str] = []
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        device = await context.new_cdp_session(page)
        await device.send("WebAuthn.enable")
        yield Person(context=context, page=page, device=device, errors=errors)
        await browser.close()
    assert [each for each in errors if "Failed to load resource" not in each] == []


async def _device(person: Person, *, verifies: bool = True) -> str:
    made = await person.tell(
        "addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": verifies,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return str(made["authenticatorId"])


async def _settled(workspace: Workspace, folder: Path, url: str) -> Settings:
    """A policy in which a yes in prod takes a passkey, and the address of the page for it."""
    write_files(folder)
    policy = folder / "policy.yaml"
    policy.write_text(policy.read_text() + APPROVALS)
    changes = {"jobthread_web_port": int(url.rpartition(":")[2] or 8080), "jobthread_web_url": url}
    settings = settings_for(workspace, folder).model_copy(update=changes)
    await migrated(settings)
    return settings


@pytest.fixture
async def house(workspace: Workspace, tmp_path: Path) -> AsyncGenerator[House]:
    settings = await _settled(workspace, tmp_path, f"http://localhost:{free_port()}")
    async with bot_on(workspace, settings) as services:
        yield House(workspace=workspace, settings=settings, services=services)


def _url(blocks: Sequence[Mapping[str, Any]]) -> str:
    """Where the one button leads that is a link."""
    (url,) = [
        element["url"]
        for block in blocks
        for element in block.get("elements", ())
        if "url" in element
    ]
    return str(url)


async def _register(house: House, person: Person) -> None:
    await house.workspace.slash("bo", "/job", "passkey", channel="#ops")
    told = await house.whisper("bo", "With a passkey")
    await person.page.goto(_url(told.blocks))
    await person.page.get_by_label("What do you call").fill("Bo's phone")
    await person.page.get_by_role("button", name="Register").click()
    await expect(person.page.get_by_role("status")).to_contain_text("“Bo's phone” is registered")


async def _asked(house: House) -> Message:
    words = "run deploy app=api env=prod because the fix is due"
    await house.workspace.slash("ana", "/job", words, channel="#ops")
    return await house.dm("bo", "deploy api → prod", "Needs your approval")


async def _link(house: House, asked: Message) -> str:
    await house.workspace.click("bo", asked, "approve")
    view = await house.modal("bo", "note_view")
    return _url(view.blocks)


async def test_an_approver_registers_a_passkey_and_a_yes_with_it_runs_the_job(
    house: House, browser_page: Person
) -> None:
    device = await _device(browser_page)
    await _register(house, browser_page)
    asked = await _asked(house)

    url = await _link(house, asked)
    assert found(house.workspace.messages("#ops"), ("Done",)) is None
    page = browser_page.page
    await page.goto(url)
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "Approve #1001 deploy api → prod?"
    )
    for shown in ("Ana", "the fix is due", "api", "prod", "policy: high"):
        await expect(page.locator("#facts")).to_contain_text(shown)
    assert "#" not in page.url
    await page.get_by_role("button", name="Approve with passkey").click()
    await expect(page.get_by_role("status")).to_contain_text("#1001 deploy api → prod is approved")

    card = await house.message("#ops", "Done", "Bo (with a passkey)")
    await house.line(card, "Bo approved with a passkey")
    await house.dm("bo", "Approved by Bo with a passkey")
    assert [each["signCount"] for each in await browser_page.passkeys(device)] == [2]


async def test_a_device_that_does_not_know_its_owner_confirms_nothing(
    house: House, browser_page: Person
) -> None:
    device = await _device(browser_page)
    await _register(house, browser_page)
    url = await _link(house, await _asked(house))
    unverified = {"authenticatorId": device, "isUserVerified": False}
    await browser_page.tell("setUserVerified", unverified)

    page = browser_page.page
    await page.goto(url)
    await page.get_by_role("button", name="Approve with passkey").click()
    await expect(page.get_by_role("status")).to_contain_text("Nothing was confirmed")

    assert found(house.workspace.messages("#ops"), ("Done",)) is None


async def test_a_link_opened_again_says_that_it_works_once(
    house: House, browser_page: Person
) -> None:
    await _device(browser_page)
    await house.workspace.slash("bo", "/job", "passkey", channel="#ops")
    url = _url((await house.whisper("bo", "With a passkey")).blocks)
    page = browser_page.page
    await page.goto(url)
    await page.get_by_role("button", name="Register").click()
    await expect(page.get_by_role("status")).to_contain_text("is registered")

    await page.goto("about:blank")
    await page.goto(url)
    await expect(page.get_by_role("status")).to_contain_text("works once")


async def test_a_yes_with_a_comment_gets_its_link_by_dm_and_keeps_the_comment(
    house: House, browser_page: Person
) -> None:
    await _device(browser_page)
    await _register(house, browser_page)
    await house.workspace.click("bo", await _asked(house), "details")
    view = await house.modal("bo", "details_view")
    await house.workspace.submit("bo", view, {"reject:comment": "read the diff"})

    told = await house.dm("bo", "takes a passkey: nothing was approved yet")
    page = browser_page.page
    await page.goto(_url(told.blocks))
    await expect(page.locator("#facts")).to_contain_text("read the diff")
    await page.get_by_role("button", name="Approve with passkey").click()

    await house.dm("bo", "Approved by Bo with a passkey", "read the diff")


async def test_check_names_the_approvals_that_nobody_can_give(
    workspace: Workspace, tmp_path: Path
) -> None:
    settings = await _settled(workspace, tmp_path, "")

    checked = await preflight(settings)

    assert any("(policy: high)" in note and "JOBTHREAD_WEB_URL" in note for note in checked.notes)


async def test_an_approver_without_a_passkey_is_told_how_to_get_one(house: House) -> None:
    await house.workspace.click("bo", await _asked(house), "approve")

    await house.whisper("bo", "you have none", "/job passkey")
