"""views.*: trigger ids, the stack of three, hashes, external ids, Home tabs."""

import pytest

from simulator import Workspace
from tests.simulator.apps import BareApp, WebClient
from tests.simulator.pieces import actions, button, home, modal, plain, section, text_field
from tests.simulator.refusals import refused


async def trigger(ws: Workspace, who: str = "ana") -> str:
    """A fresh trigger id, from a command."""
    return str((await ws.slash(who, "/job", channel="#ops")).payload["trigger_id"])


@pytest.fixture
def _listening(bare: BareApp) -> BareApp:
    return bare


pytestmark = pytest.mark.usefixtures("_listening")


async def test_a_trigger_id_opens_a_modal_for_its_person(ws: Workspace, client: WebClient) -> None:
    opened = await client.views_open(trigger_id=await trigger(ws), view=modal())

    view = ws.modal("ana")
    assert view is not None
    assert (view.id, view.seen) == (opened["view"]["id"], "Form\nLabel\nSend")
    assert ws.modal("bo") is None


async def test_a_trigger_id_works_once(ws: Workspace, client: WebClient) -> None:
    used = await trigger(ws)
    await client.views_open(trigger_id=used, view=modal())

    call = client.views_open(trigger_id=used, view=modal())
    await refused("exchanged_trigger_id", call)


async def test_a_trigger_id_lives_three_seconds(ws: Workspace, client: WebClient) -> None:
    old = await trigger(ws)
    ws.clock_skip(3.01)

    await refused("expired_trigger_id", client.views_open(trigger_id=old, view=modal()))


@pytest.mark.parametrize(
    ("trigger_id", "error"),
    [("12.34." + "0" * 32, "invalid_trigger_id"), ("nonsense", "invalid_arguments")],
)
async def test_an_unknown_trigger_id_is_refused(
    client: WebClient, trigger_id: str, error: str
) -> None:
    await refused(error, client.views_open(trigger_id=trigger_id, view=modal()))


async def test_a_wrong_view_does_not_use_up_the_trigger(ws: Workspace, client: WebClient) -> None:
    fresh = await trigger(ws)
    bad = modal(title=plain("x" * 25))
    answered = await refused("invalid_arguments", client.views_open(trigger_id=fresh, view=bad))
    await client.views_open(trigger_id=fresh, view=modal())

    assert answered["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]


async def test_a_home_tab_cannot_be_opened_as_a_modal(ws: Workspace, client: WebClient) -> None:
    call = client.views_open(trigger_id=await trigger(ws), view=home())

    await refused("invalid_arguments", call)


async def test_a_view_beyond_250_kb_is_refused(ws: Workspace, client: WebClient) -> None:
    huge = modal(*[section("x" * 3000)] * 90)
    call = client.views_open(trigger_id=await trigger(ws), view=huge)

    await refused("view_too_large", call)


async def test_a_stack_is_three_high(ws: Workspace, client: WebClient) -> None:
    view = modal(actions(button("more")))
    await client.views_open(trigger_id=await trigger(ws), view=view)
    for _ in range(2):
        click = await ws.click("ana", ws.modal("ana") or "", "more")
        await client.views_push(trigger_id=click.payload["trigger_id"], view=view)
    click = await ws.click("ana", ws.modal("ana") or "", "more")

    call = client.views_push(trigger_id=click.payload["trigger_id"], view=view)
    await refused("push_limit_reached", call)
    bottom, middle, top = ws.modals("ana")
    assert top.previous_id == middle.id
    assert top.root_id == middle.root_id == bottom.id


async def test_nothing_can_be_pushed_from_outside_of_a_modal(
    ws: Workspace, client: WebClient
) -> None:
    call = client.views_push(trigger_id=await trigger(ws), view=modal())

    await refused("invalid_arguments", call)


async def test_opening_anew_replaces_what_was_open(ws: Workspace, client: WebClient) -> None:
    await client.views_open(trigger_id=await trigger(ws), view=modal())
    await client.views_open(trigger_id=await trigger(ws), view=modal(title=plain("Second")))

    assert [one.title for one in ws.modals("ana")] == ["Second"]


async def test_an_update_keeps_what_was_typed_under_the_same_ids(
    ws: Workspace, client: WebClient
) -> None:
    view = modal(text_field("kept"), text_field("renamed"))
    opened = await client.views_open(trigger_id=await trigger(ws), view=view)
    for block in ("kept", "renamed"):
        await ws.type("ana", ws.modal("ana") or "", (block, "a"), "typed")
    changed = modal(text_field("kept"), text_field("other"))
    await client.views_update(view_id=opened["view"]["id"], view=changed)

    state = (ws.modal("ana") or pytest.fail("closed")).state
    assert state["kept"]["a"]["value"] == "typed"
    assert state["other"]["a"]["value"] is None


async def test_an_old_hash_conflicts(ws: Workspace, client: WebClient) -> None:
    opened = await client.views_open(trigger_id=await trigger(ws), view=modal())
    first = opened["view"]
    await client.views_update(view_id=first["id"], hash=first["hash"], view=modal())

    call = client.views_update(view_id=first["id"], hash=first["hash"], view=modal())
    await refused("hash_conflict", call)


async def test_a_closed_view_is_not_found(ws: Workspace, client: WebClient) -> None:
    opened = await client.views_open(trigger_id=await trigger(ws), view=modal())
    await ws.close("ana", ws.modal("ana") or "")

    call = client.views_update(view_id=opened["view"]["id"], view=modal())
    await refused("not_found", call)
    await refused("invalid_arguments", client.api_call("views.update", json={"view": modal()}))


async def test_an_external_id_finds_its_view_and_stands_once(
    ws: Workspace, client: WebClient
) -> None:
    mine = modal(external_id="run-7")
    await client.views_open(trigger_id=await trigger(ws), view=mine)
    await client.views_update(external_id="run-7", view=mine | {"title": plain("New")})

    assert [one.title for one in ws.modals("ana")] == ["New"]
    call = client.views_open(trigger_id=await trigger(ws, "bo"), view=mine)
    await refused("duplicate_external_id", call)


async def test_a_home_tab_is_published_for_one_person(ws: Workspace, client: WebClient) -> None:
    first = await client.views_publish(user_id="UANA", view=home(section("nothing yet")))
    again = home(section("one run"))
    await client.views_publish(user_id="UANA", hash=first["view"]["hash"], view=again)

    assert [one.seen for one in (ws.home("ana"),) if one] == ["one run"]
    assert ws.home("bo") is None
    old = client.views_publish(user_id="UANA", hash=first["view"]["hash"], view=home())
    await refused("hash_conflict", old)


@pytest.mark.parametrize("user", ["U404", "ana"])
async def test_a_home_tab_needs_a_user_id(client: WebClient, user: str) -> None:
    await refused("invalid_arguments", client.views_publish(user_id=user, view=home()))


async def test_a_view_is_required(ws: Workspace, client: WebClient) -> None:
    fresh = await trigger(ws)

    call = client.api_call("views.open", json={"trigger_id": fresh})
    await refused("invalid_arguments", call)
    call = client.api_call("views.open", json={"trigger_id": fresh, "view": "{"})
    await refused("invalid_arguments", call)
