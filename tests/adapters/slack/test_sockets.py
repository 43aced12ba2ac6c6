"""The connections that the app holds: shared, rebuilt, closed, and told about."""

import asyncio

from bot.adapters.sockets import Times
from simulator import Fault, Workspace
from tests.adapters.slack.sockets import bench


async def test_two_connections_share_the_work(workspace: Workspace) -> None:
    async with bench(workspace) as held:
        assert await held.sockets.connect() >= 1
        await held.connected(2)

        answers = [await held.asks() for _ in range(4)]

        used = {entry.what["connection"] for entry in workspace.log if entry.kind == "envelope"}
        assert answers == ["back"] * 4
        assert len(used) == 2


async def test_rebuilding_replaces_every_connection(workspace: Workspace) -> None:
    async with bench(workspace) as held:
        await held.sockets.connect()
        before = {one.number for one in await held.connected(2)}
        await held.sockets.rebuild()
        await held.until(lambda: held.events["hello"] == 4, "two new ones")
        await held.connected(2)

        assert not before & {one.number for one in workspace.connections}
        assert await held.asks() == "back"


async def test_closing_lets_what_was_taken_be_acked(workspace: Workspace) -> None:
    async with bench(workspace) as held:
        await held.sockets.connect()
        await held.connected(2)
        asking = [asyncio.create_task(held.asks()) for _ in range(20)]
        await held.until(lambda: len(held.envelopes) == 20, "all taken")
        await held.sockets.close()

        assert [await each for each in asking] == ["back"] * 20
        assert workspace.connections == []


async def test_closing_while_connecting_ends_everything(workspace: Workspace) -> None:
    workspace.faults.add(Fault.delay("apps.connections.open", seconds=30, times=None))
    async with bench(workspace, times=Times(open=60)) as held:
        connecting = asyncio.create_task(held.sockets.connect())
        await held.until(lambda: held.sockets.held() == 2, "being opened")
        await held.sockets.close()
        connecting.cancel()

        assert (held.sockets.held(), held.sockets.connected()) == (0, 0)


async def test_closing_half_dead_connections_is_bounded(workspace: Workspace) -> None:
    patient = Times(ping=60, open=10, drain=0.1, close=0.1, ack=0.1)
    async with bench(workspace, times=patient) as held:
        await held.sockets.connect()
        await held.connected(2)
        workspace.freeze_sockets()
        await held.sockets.close()

        assert held.sockets.connected() == 0
    await workspace.until(lambda: not workspace.connections, why="the connections were cut")


async def test_after_closing_nothing_is_opened_again(workspace: Workspace) -> None:
    async with bench(workspace) as held:
        await held.sockets.connect()
        await held.sockets.close()
        await held.sockets.hold(2)

        assert held.sockets.held() == 0


async def test_holding_fewer_closes_the_others_and_more_opens_them_again(
    workspace: Workspace,
) -> None:
    async with bench(workspace, count=3) as held:
        await held.sockets.connect()
        for count in (1, 0, 2):
            await held.sockets.hold(count)
            await held.connected(count)


async def test_an_envelope_that_is_seized_is_acked_and_the_app_never_sees_it(
    workspace: Workspace,
) -> None:
    async with bench(workspace, count=1) as held:
        held.seizes = lambda frame: True
        await held.sockets.connect()
        gesture = await workspace.slash("ana", "/job", channel="#ops")

        assert gesture.acked
        assert gesture.responses == []
