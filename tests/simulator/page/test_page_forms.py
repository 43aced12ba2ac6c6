"""Modals: every input, errors at their field, stacks, closing, loading."""

import json
from pathlib import Path

import pytest
from playwright.async_api import expect

from simulator import Workspace
from tests.simulator.page.conftest import connected
from tests.simulator.page.windows import Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def fill_required(window: Window) -> None:
    """Everything the form insists on, as a person would give it."""
    form = window.modal
    await form.get_by_label("Name").fill("api")
    await form.get_by_label("Reason").fill("fixes rounding\nand more")
    await form.get_by_label("Count").fill("3")
    await window.pick("Colour", "Green")
    await window.pick("Version", "7.1", typed="7")
    await window.pick("Hosts", "Red")
    await form.get_by_role("option", name="Blue").click()
    await form.get_by_role("heading", name="Deploy").click()
    await window.pick("Owner", "Bo Chen", typed="bo")
    await form.get_by_label("Date").fill("2026-11-23")
    await form.get_by_label("Time").fill("09:30")
    await form.get_by_label("Start").fill("2026-07-01T12:00")
    await form.get_by_role("radio", name="Green").check()


async def opened_form(workspace: Workspace, window: Window, name: str = "form") -> None:
    await window.visit("ana")
    await window.write(f"/job {name}")
    await expect(window.modal).to_be_visible()


async def test_every_input_reaches_the_app_with_its_value(
    workspace: Workspace, window: Window, tmp_path: Path
) -> None:
    paper = tmp_path / "plan.txt"
    paper.write_text("the plan")
    await opened_form(workspace, window)
    await fill_required(window)
    await window.modal.get_by_label("Mail").fill("ana@example.com")
    await window.modal.get_by_label("Site").fill("https://example.com/x")
    await window.pick("Place", "general")
    await window.modal.get_by_role("checkbox", name="Red").check()
    await window.modal.get_by_label("Paper").set_input_files(paper)
    await expect(window.modal.get_by_role("button", name="Remove plan.txt")).to_be_visible()

    await window.modal.get_by_role("button", name="Request approval").click()

    await expect(window.modal).to_have_count(0)
    await workspace.until(lambda: workspace.dms("ana"), why="the values came back")
    assert json.loads(workspace.dms("ana")[-1].text.strip("`")) == {
        "name": "api",
        "why": "fixes rounding\nand more",
        "count": "3",
        "mail": "ana@example.com",
        "site": "https://example.com/x",
        "colour": "green",
        "version": "v-7.1",
        "hosts": ["red", "blue"],
        "owner": "UBO",
        "place": "CGENERAL",
        "date": "2026-11-23",
        "time": "09:30",
        "start": 1782903600,  # noon of a July day in Lisbon is 11:00 UTC
        "flags": ["red"],
        "way": "green",
        "paper": ["plan.txt"],
    }


async def test_what_is_missing_is_said_at_its_field(workspace: Workspace, window: Window) -> None:
    await opened_form(workspace, window)
    await window.modal.get_by_label("Count").fill("900")

    await window.modal.get_by_role("button", name="Request approval").click()

    name = window.modal.get_by_label("Name")
    await expect(name).to_have_attribute("aria-invalid", "true")
    await expect(name).to_have_accessible_description("Please complete this required field.")
    await expect(name).to_be_focused()
    count = window.modal.get_by_label("Count")
    await expect(count).to_have_accessible_description("Please enter a number of at most 8.")
    await expect(count).to_have_value("900")


async def test_the_apps_own_errors_stand_at_their_field(
    workspace: Workspace, window: Window
) -> None:
    await opened_form(workspace, window)
    await fill_required(window)
    await window.modal.get_by_label("Reason").fill("because")

    await window.modal.get_by_role("button", name="Request approval").click()

    reason = window.modal.get_by_label("Reason")
    await expect(reason).to_have_accessible_description("Say why, in a sentence.")
    await expect(window.modal.get_by_role("combobox", name="Version")).to_have_value("7.1")


async def test_an_external_select_asks_the_app_while_one_types(
    workspace: Workspace, window: Window
) -> None:
    await opened_form(workspace, window)
    version = window.modal.get_by_role("combobox", name="Version")

    await version.click()
    await window.sees("Type at least 1 character")
    await version.fill("zzz")
    await window.sees("Nothing found.")
    await version.fill("4")
    await window.page.get_by_role("option", name="4.2").click()

    await expect(version).to_have_value("4.2")


async def test_no_more_than_the_allowed_number_can_be_chosen(
    workspace: Workspace, window: Window
) -> None:
    await opened_form(workspace, window)
    await window.pick("Hosts", "Red")
    await window.modal.get_by_role("option", name="Green").click()

    await window.modal.get_by_role("option", name="Blue").click()

    await window.sees("At most 2 can be chosen.")
    await window.modal.get_by_role("button", name="Remove Red").click()
    await expect(window.modal.get_by_role("button", name="Remove")).to_have_count(1)


async def test_an_updated_view_keeps_what_was_typed(workspace: Workspace, window: Window) -> None:
    await opened_form(workspace, window, "steps")
    await window.modal.get_by_label("Note").fill("half a though")

    await window.modal.get_by_role("button", name="Refresh").click()

    await expect(window.modal.get_by_text("Refreshed")).to_be_visible()
    await expect(window.modal.get_by_label("Note")).to_have_value("half a though")


async def test_steps_are_stacked_and_one_can_go_back(workspace: Workspace, window: Window) -> None:
    await opened_form(workspace, window, "steps")
    await window.modal.get_by_label("Note").fill("mine")
    await window.modal.get_by_role("button", name="Next").click()
    await expect(window.modal.get_by_role("heading", name="Second step")).to_be_visible()

    await window.modal.get_by_role("button", name="Back").click()

    await expect(window.modal.get_by_role("heading", name="First step")).to_be_visible()
    await expect(window.modal.get_by_label("Note")).to_have_value("mine")
    await window.modal.get_by_role("button", name="Next").click()
    await window.modal.get_by_label("Last word").fill("amen")
    await window.modal.get_by_role("button", name="Finish").click()
    await expect(window.modal).to_have_count(0)


async def test_escape_closes_a_modal_and_the_app_hears_of_it(
    workspace: Workspace, window: Window
) -> None:
    await opened_form(workspace, window)

    await window.page.keyboard.press("Escape")

    await expect(window.modal).to_have_count(0)
    await workspace.until(lambda: workspace.dms("ana"), why="view_closed arrived")
    await expect(window.composer).to_be_focused()


async def test_escape_in_an_open_menu_closes_only_the_menu(
    workspace: Workspace, window: Window
) -> None:
    await opened_form(workspace, window)
    await window.modal.get_by_role("combobox", name="Colour").click()
    await expect(window.page.get_by_role("option", name="Red")).to_be_visible()

    await window.page.keyboard.press("Escape")

    await expect(window.page.get_by_role("option")).to_have_count(0)
    await expect(window.modal).to_be_visible()


async def test_a_modal_belongs_to_its_person(workspace: Workspace, window: Window) -> None:
    await opened_form(workspace, window, "steps")
    await window.modal.get_by_label("Note").fill("draft")

    await window.visit("bo")
    await expect(window.modal).to_have_count(0)
    await window.visit("ana")

    await expect(window.modal.get_by_label("Note")).to_have_value("draft")


async def test_a_submission_without_an_app_says_so_and_keeps_what_was_typed(
    quiet: Workspace, window: Window
) -> None:
    async with connected(quiet):
        await opened_form(quiet, window, "steps")
        await window.modal.get_by_label("Note").fill("lost?")

    await window.modal.get_by_role("button", name="Next").click()

    await expect(window.modal.get_by_role("alert")).to_contain_text("dispatch_failed")
    await expect(window.modal.get_by_label("Note")).to_have_value("lost?")
    await expect(window.modal.get_by_role("button", name="Next")).to_be_enabled()
