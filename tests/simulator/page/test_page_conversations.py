"""Talking: commands, mentions, threads, direct messages, what is unread, what fails."""

import asyncio

import pytest
from playwright.async_api import WebSocketRoute, expect

from simulator import Workspace
from tests.simulator.page.conftest import connected
from tests.simulator.page.windows import Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_commands_answer_is_visible_only_to_the_person(
    workspace: Workspace, window: Window
) -> None:
    await window.visit("ana")

    await window.write("/job hello there")

    answer = window.feed.get_by_role("article").filter(has_text="You said hello there")
    await expect(answer).to_contain_text("Only visible to you")
    await window.visit("bo")
    await expect(window.feed.get_by_text("You said hello there")).to_have_count(0)


async def test_a_mention_is_answered_in_a_thread_that_opens_beside(
    workspace: Workspace, window: Window
) -> None:
    await window.visit("ana")

    await window.write("@jobs deploy web")
    await window.page.get_by_role("link", name="1 reply").click()

    await expect(window.thread.get_by_text("Heard: @Jobs deploy web")).to_be_visible()
    await window.thread.get_by_role("textbox").fill("@jobs once more")
    await window.page.keyboard.press("Enter")
    await expect(window.thread.get_by_text("Heard: @Jobs once more")).to_be_visible()
    assert len(workspace.messages("ops")) == 1


async def test_the_app_hears_its_name_in_the_middle_of_a_line(
    workspace: Workspace, window: Window
) -> None:
    await window.visit("ana")

    await window.write("dear @jobs, please deploy")

    await window.page.get_by_role("link", name="1 reply").click()
    await expect(window.thread.get_by_text("Heard: dear @Jobs, please deploy")).to_be_visible()


async def test_slash_commands_are_refused_in_threads(workspace: Workspace, window: Window) -> None:
    said = await workspace.say("ana", "Morning", "#ops")
    assert said.message is not None
    await window.visit("ana", thread=said.message.ts)
    reply = window.thread.get_by_role("textbox")

    await reply.fill("/job status")
    await reply.press("Enter")

    await expect(window.thread.get_by_text("do not work in threads")).to_be_visible()
    assert workspace.thread("ops", said.message.ts) == []


async def test_a_direct_message_reaches_the_app(workspace: Workspace, window: Window) -> None:
    await window.visit("ana", "@app")

    await window.write("help me")

    await expect(window.feed.get_by_text("Noted: help me")).to_be_visible()


async def test_enter_sends_and_shift_enter_begins_a_line(
    workspace: Workspace, window: Window
) -> None:
    await window.visit("ana")

    await window.composer.press_sequentially("one")
    await window.composer.press("Shift+Enter")
    await window.composer.press_sequentially("two")
    await window.composer.press("Enter")

    await workspace.until(lambda: [one.text for one in workspace.messages("ops")] == ["one\ntwo"])
    await expect(window.composer).to_have_value("")


async def test_commands_and_names_are_completed(workspace: Workspace, window: Window) -> None:
    await window.visit("ana")

    await window.composer.press_sequentially("/j")
    await window.composer.press("Tab")
    await expect(window.composer).to_have_value("/job ")
    await window.composer.press_sequentially("ask @sa")
    await expect(window.page.get_by_role("option", name="Sam Ito")).to_be_visible()
    await window.composer.press("Enter")

    await expect(window.composer).to_have_value("/job ask @sam ")


async def test_what_waits_for_somebody_else_shows_at_their_name(
    workspace: Workspace, window: Window
) -> None:
    await window.visit("ana")
    people = window.page.get_by_role("region", name="You are")

    await workspace.dm("bo", "hello")

    bo = people.get_by_role("link", name="Bo Chen")
    await expect(bo).to_contain_text("1 waiting")
    await bo.click()
    app = window.page.get_by_role("link", name="Jobs 1 new message")
    await app.click()
    await expect(window.feed.get_by_text("Noted: hello")).to_be_visible()
    await expect(window.page.get_by_role("link", name="1 new message")).to_have_count(0)


async def test_unread_channels_are_marked_until_they_are_seen(
    workspace: Workspace, window: Window
) -> None:
    await window.visit("ana", "general")
    await workspace.say("bo", "first", "#ops")
    await workspace.say("bo", "for <@UANA>", "#ops")

    await window.page.get_by_role("link", name="ops has unread messages 1 mention").click()

    await expect(window.feed.get_by_role("separator", name="New")).to_be_visible()
    await expect(window.page.get_by_role("link", name="unread")).to_have_count(0)


async def test_what_arrives_before_ones_eyes_is_not_marked_as_new(
    workspace: Workspace, window: Window
) -> None:
    await window.visit("ana")

    await workspace.say("bo", "while you watch", "#ops")

    await window.sees("while you watch")
    await expect(window.feed.get_by_role("separator", name="New")).to_have_count(0)


async def test_a_long_channel_opens_at_its_end_and_tells_of_what_comes_below(
    quiet: Workspace, window: Window
) -> None:
    for number in range(210):
        await quiet.say("bo", f"line {number}", "#ops")
    await window.visit("ana")
    await expect(window.feed.get_by_text("line 209")).to_be_in_viewport()

    await window.page.get_by_role("region", name="Messages in #ops").focus()
    await window.page.keyboard.press("Home")
    await expect(window.feed.get_by_text("Older messages are not shown")).to_be_in_viewport()
    await quiet.say("bo", "the newest", "#ops")
    await window.page.get_by_role("button", name="New messages").click()

    await expect(window.feed.get_by_text("the newest")).to_be_in_viewport()


async def test_people_see_only_their_own_channels(workspace: Workspace, window: Window) -> None:
    await window.visit("ana", "vault")
    channels = window.page.get_by_role("region", name="Channels")

    await expect(channels.get_by_role("link")).to_have_count(2)
    await window.page.get_by_role("link", name="Sam Ito").click()
    await expect(channels.get_by_role("link")).to_have_count(3)


async def test_an_edited_message_changes_where_it_stands(
    workspace: Workspace, window: Window
) -> None:
    await window.visit("ana")
    await window.write("/job card")
    await window.sees("Running · deploy api")

    await workspace.click("bo", workspace.messages("ops")[0], "approve")

    await window.sees("Approved by @Bo Chen")
    await expect(window.feed.get_by_text("Running")).to_have_count(0)


async def test_a_command_without_an_app_fails_in_words_and_can_be_tried_again(
    quiet: Workspace, window: Window
) -> None:
    await window.visit("ana")
    await window.sees("Jobs is not connected")

    await window.write("/job hello")
    await window.sees("/job failed with the error “dispatch_failed”")
    async with connected(quiet):
        await expect(window.page.get_by_text("Jobs is not connected")).to_have_count(0)
        await window.page.get_by_role("button", name="Try again").click()
        await window.sees("You said hello")

    await expect(window.page.get_by_text("dispatch_failed")).to_have_count(0)


async def test_an_app_that_does_not_ack_is_told_as_a_timeout(
    workspace: Workspace, window: Window
) -> None:
    await window.visit("ana")

    await window.write("/job silent")

    await window.sees("Sending…")
    await window.sees("/job failed with the error “operation_timeout”")


async def test_an_address_opens_its_person_channel_and_thread(
    workspace: Workspace, window: Window
) -> None:
    said = await workspace.say("dee", "Look here", "#general")
    assert said.message is not None

    await window.visit("bo", "general", said.message.ts)

    await expect(window.thread.get_by_text("Look here")).to_be_visible()
    await expect(window.page.locator("[aria-current=true]")).to_contain_text("Bo Chen")
    await window.thread.get_by_role("button", name="Close thread").click()
    await expect(window.thread).to_be_hidden()
    await window.page.go_back()
    await expect(window.thread).to_be_visible()


async def test_the_page_finds_a_restarted_workspace_again(quiet: Workspace, window: Window) -> None:
    await window.visit("ana")
    port = int(quiet.base_url.rpartition(":")[2])

    with window.expecting_errors():
        await quiet.stop()
        await window.sees("The workspace is out of reach")
        await quiet.start(port=port)
        await quiet.say("bo", "Back again", "#ops")
        await window.sees("Back again")

    window.errors = [one for one in window.errors if "WebSocket connection" not in one]


async def test_an_empty_channel_offers_things_to_try(workspace: Workspace, window: Window) -> None:
    await window.visit("ana")

    await window.page.get_by_role("button", name="Try it: /job run disk-report").click()

    await expect(window.composer).to_have_value("/job run disk-report")
    await expect(window.composer).to_be_focused()


async def test_nothing_can_be_written_before_there_is_a_conversation_to_write_in(
    workspace: Workspace, window: Window
) -> None:
    opening = asyncio.Event()

    async def held(socket: WebSocketRoute) -> None:
        await opening.wait()
        socket.connect_to_server()

    await window.page.route_web_socket("**/page/live", held)
    await window.page.goto(f"{window.base_url}/#user=ana&channel=ops")
    await expect(window.composer).to_be_disabled()
    opening.set()

    await window.write("good morning")

    await expect(window.feed.get_by_text("good morning")).to_be_visible()
