"""response_url: five uses in 30 minutes, replacing, deleting, new messages."""

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.webhook.async_client import AsyncWebhookClient

from simulator import Fault, Gesture, Workspace
from tests.simulator.apps import BareApp, BoltApp, WebClient
from tests.simulator.pieces import actions, section


@pytest.fixture
def _listening(bare: BareApp) -> BareApp:
    return bare


pytestmark = pytest.mark.usefixtures("_listening")


def hook(gesture: Gesture) -> AsyncWebhookClient:
    return AsyncWebhookClient(gesture.payload["response_url"], retry_handlers=[])


async def pressed(ws: Workspace, client: WebClient) -> Gesture:
    """A click on a card in #ops."""
    await client.chat_postMessage(channel="COPS", text="card", blocks=[actions()])
    return await ws.click("ana", ws.messages("#ops")[-1], "go")


async def test_a_command_is_answered_to_its_person(ws: Workspace) -> None:
    gesture = await ws.slash("ana", "/job", channel="#ops")
    answered = await hook(gesture).send(text="done")

    assert answered.status_code == 200
    assert [one.text for one in ws.ephemerals("ana", "#ops")] == ["done"]
    assert gesture.responses == ws.ephemerals("ana")


async def test_an_answer_may_be_for_the_channel_even_where_the_bot_is_not(
    ws: Workspace,
) -> None:
    gesture = await ws.slash("ana", "/job", channel="#hidden")
    await hook(gesture).send(blocks=[section("for all")], response_type="in_channel")

    assert [one.seen for one in ws.messages("#hidden")] == ["for all"]


async def test_a_url_works_five_times(ws: Workspace) -> None:
    gesture = await ws.slash("ana", "/job", channel="#ops")
    codes = [(await hook(gesture).send(text=str(i))).status_code for i in range(5)]
    with ws.expect_violation("used_url"):
        sixth = await hook(gesture).send(text="6")

    assert codes == [200] * 5
    assert sixth.status_code == 404
    assert len(ws.ephemerals("ana")) == 5


async def test_a_url_lives_thirty_minutes(ws: Workspace) -> None:
    gesture = await ws.slash("ana", "/job", channel="#ops")
    ws.clock_skip(1801)
    with ws.expect_violation("expired_url"):
        answered = await hook(gesture).send(text="late")

    assert answered.status_code == 404


@pytest.mark.parametrize("replace", [None, True])
async def test_from_a_button_the_card_is_replaced_unless_told_otherwise(
    ws: Workspace, client: WebClient, replace: bool | None
) -> None:
    gesture = await pressed(ws, client)
    await hook(gesture).send(text="approved", replace_original=replace)

    [message] = ws.messages("#ops")
    assert (message.text, message.buttons) == ("approved", [])


async def test_from_a_button_a_new_message_must_be_asked_for(
    ws: Workspace, client: WebClient
) -> None:
    gesture = await pressed(ws, client)
    await hook(gesture).send(text="only you", replace_original=False)

    assert [one.text for one in ws.messages("#ops")] == ["card"]
    assert [one.text for one in ws.ephemerals("ana")] == ["only you"]


async def test_an_ephemeral_is_changed_and_deleted_through_its_url(
    ws: Workspace, client: WebClient
) -> None:
    await client.chat_postEphemeral(channel="COPS", user="UANA", text="x", blocks=[actions()])
    gesture = await ws.click("ana", ws.ephemerals("ana")[0], "go")
    await hook(gesture).send(text="changed", replace_original=True)
    changed = [one.text for one in ws.ephemerals("ana")]
    await hook(gesture).send(delete_original=True)

    assert changed == ["changed"]
    assert ws.ephemerals("ana") == []


async def test_an_ephemeral_of_the_bot_counts_as_an_answer(
    ws: Workspace, client: WebClient
) -> None:
    gesture = await ws.slash("ana", "/job", channel="#ops")
    await client.chat_postEphemeral(channel="COPS", user="UANA", text="by the way")

    assert [one.text for one in gesture.responses] == ["by the way"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"response_type": "ephemeral"}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"blocks": [section("")]}, "invalid_blocks"),
        ({"blocks": "nonsense"}, "invalid_blocks_format"),
    ],
)
async def test_a_wrong_answer_is_refused(
    ws: Workspace, body: dict[str, object], error: str
) -> None:
    gesture = await ws.slash("ana", "/job", channel="#ops")
    with ws.expect_violation(error):
        answered = await hook(gesture).send_dict(body)

    assert answered.status_code == 400


async def test_bolts_respond_reaches_the_person(ws: Workspace) -> None:
    bolt = BoltApp(ws)

    @bolt.app.command("/job")
    async def job(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond("from bolt")

    await ws.drop_sockets()
    await bolt.connect()
    gesture = await ws.slash("ana", "/job", channel="#ops")
    await ws.until(lambda: gesture.responses)
    await bolt.close()

    assert [one.text for one in gesture.responses] == ["from bolt"]


async def test_trouble_reaches_response_urls_too(ws: Workspace) -> None:
    gesture = await ws.slash("ana", "/job", channel="#ops")
    ws.faults.add(Fault.server_error("response_url", status=503), Fault.delay("response_url", 0.01))
    answered = await hook(gesture).send(text="x")
    ws.faults.add(Fault.lost_answer("response_url"))
    with pytest.raises(aiohttp.ClientConnectionError):
        await hook(gesture).send(text="y")

    assert answered.status_code == 503
    assert [one.text for one in ws.ephemerals("ana")] == ["y"]


async def test_a_deleted_card_may_be_followed_by_words(ws: Workspace, client: WebClient) -> None:
    gesture = await pressed(ws, client)
    await hook(gesture).send(text="gone", delete_original=True)

    assert ws.messages("#ops") == []
    assert [one.text for one in ws.ephemerals("ana")] == ["gone"]
