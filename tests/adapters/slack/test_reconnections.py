"""However Slack ends or withholds a connection, there is one again, and nothing taken is lost."""

import asyncio
from collections.abc import Awaitable

import pytest
from slack_bolt.async_app import AsyncAck

from bot.adapters.sockets import Backoff, Fatal, Times
from simulator import Fault, Workspace
from simulator.journal import Entry
from tests.adapters.slack.sockets import Bench, bench


def opens(workspace: Workspace) -> int:
    """Addresses asked for."""
    asked = [entry.who for entry in workspace.log if entry.kind == "api"]
    return asked.count("apps.connections.open")


async def asked_meanwhile(held: Bench, trouble: Awaitable[None]) -> set[str]:
    """What four people who never stop asking are answered while something happens."""
    over = asyncio.Event()

    async def ask() -> set[str]:
        answers: set[str] = set()
        while not (over.is_set() and answers):
            answers.add(await held.asks())
            # Slack's no is at hand at once, and would be asked for again without a pause.
            await asyncio.sleep(0)
        return answers

    asking = [asyncio.create_task(ask()) for _ in range(4)]
    await trouble
    over.set()
    answers: set[str] = set()
    return answers.union(*await asyncio.gather(*asking))


async def test_a_refresh_of_each_under_steady_commands_loses_none(workspace: Workspace) -> None:
    async with bench(workspace) as held:
        await held.sockets.connect()

        async def refreshed() -> None:
            for number, one in enumerate(await held.connected(2)):
                await workspace.disconnect("refresh_requested", which=one.number)
                await held.until(lambda n=number: held.events["hello"] == 3 + n, "a successor")
                await held.connected(2)

        assert await asked_meanwhile(held, refreshed()) == {"back"}


async def test_a_warning_to_both_under_steady_commands_loses_none(workspace: Workspace) -> None:
    async with bench(workspace) as held:
        await held.sockets.connect()
        await held.connected(2)

        async def warned() -> None:
            await workspace.disconnect("warning")
            await held.until(lambda: held.events["hello"] == 4, "two successors")
            await held.connected(2)

        assert await asked_meanwhile(held, warned()) == {"back"}


async def test_one_connection_makes_its_successor_before_it_leaves(workspace: Workspace) -> None:
    async with bench(workspace, count=1) as held:
        await held.sockets.connect()
        await workspace.disconnect("warning")
        await held.until(lambda: held.events["hello"] == 2, "a successor")
        await held.connected(1)

        states = [(entry.what["state"], entry.what["open"]) for entry in connections(workspace)]
        assert states == [("opened", 1), ("opened", 2), ("closed", 1)]


def connections(workspace: Workspace) -> list[Entry]:
    return [entry for entry in workspace.log if entry.kind == "connection"]


async def test_the_two_never_refresh_at_the_same_moment(workspace: Workspace) -> None:
    async with bench(workspace) as held:
        await held.sockets.connect()
        await held.connected(2)
        workspace.faults.add(Fault.delay("apps.connections.open", seconds=0.1, times=2))

        await workspace.disconnect("warning")
        await held.until(lambda: held.events["hello"] == 4, "two successors")
        await held.connected(2)

        least = min(entry.what["open"] for entry in connections(workspace)[2:])
        assert least >= 2


async def test_an_ack_that_is_still_owed_leaves_before_its_connection(workspace: Workspace) -> None:
    async with bench(workspace, count=1) as held:
        going = asyncio.Event()

        @held.app.command("/slow")
        async def slow(ack: AsyncAck) -> None:
            await going.wait()
            await ack("late")

        workspace.add_command("/slow")
        await held.sockets.connect()
        asking = asyncio.create_task(workspace.slash("ana", "/slow", channel="#ops"))
        await held.until(lambda: held.envelopes, "the envelope")
        await workspace.disconnect("refresh_requested")
        await held.until(lambda: held.events["hello"] == 2, "a successor")
        going.set()

        assert (await asking).acked


async def test_a_connection_turned_away_is_not_tried_again_with_its_ticket(
    workspace: Workspace,
) -> None:
    workspace.faults.add(Fault.refuse_socket(times=4))
    async with bench(workspace, count=1) as held:
        await held.sockets.connect()
        await held.connected(1)

        tickets = [entry.who for entry in workspace.log if entry.kind == "fault"]
        assert len(set(tickets)) == len(tickets) == 4


async def test_too_many_websockets_is_no_reason_to_ask_again_at_once(workspace: Workspace) -> None:
    workspace.faults.add(Fault.refuse_socket("too_many_websockets"))
    slow = Backoff(first=600, most=600, steady=60)
    async with bench(workspace, count=1, backoff=slow) as held:
        await held.sockets.connect()
        await held.until(lambda: held.events["too_many_websockets"], "turned away")

        assert opens(workspace) == 1


async def test_a_connection_told_that_there_are_too_many_goes_before_it_comes_again(
    workspace: Workspace,
) -> None:
    async with bench(workspace) as held:
        await held.sockets.connect()
        [leaving, staying] = await held.connected(2)
        await workspace.disconnect("too_many_websockets", which=leaving.number)
        await held.until(lambda: held.events["hello"] == 3, "back again")

        assert max(entry.what["open"] for entry in connections(workspace)) == 2
        assert staying in workspace.connections


async def test_an_app_with_ten_connections_elsewhere_waits_for_a_place(
    workspace: Workspace,
) -> None:
    async with bench(workspace, count=10) as others, bench(workspace, count=1) as held:
        await others.sockets.connect()
        await others.connected(10)
        await held.sockets.connect()
        await held.until(lambda: held.events["too_many_websockets"], "turned away")
        await others.sockets.hold(8)

        await held.until(lambda: held.sockets.connected() == 1, "a place")


async def test_a_disabled_link_is_fatal_and_said_once(workspace: Workspace) -> None:
    with workspace.allow_violation("access_denied"):
        async with bench(workspace) as held:
            await held.sockets.connect()
            await held.connected(2)
            await workspace.disconnect("link_disabled")
            await held.until(lambda: held.events["link_disabled"] == 2, "both heard")

            assert held.fatal == [Fatal.LINK_DISABLED]


async def test_a_token_that_is_refused_again_and_again_is_fatal(workspace: Workspace) -> None:
    with workspace.allow_violation("invalid_auth"):
        async with bench(workspace, token="xapp-revoked") as held:
            assert await held.sockets.connect() == 0
            await held.until(lambda: held.fatal, "given up")

            assert held.fatal == [Fatal.TOKEN_REFUSED]


async def test_a_refused_token_is_not_fatal_while_a_connection_stands(workspace: Workspace) -> None:
    async with bench(workspace) as held:
        await held.sockets.connect()
        [one, _] = await held.connected(2)
        workspace.faults.add(Fault.refusal("apps.connections.open", "token_revoked", times=4))
        await workspace.disconnect("too_many_websockets", which=one.number)
        await held.until(lambda: held.events["not_opened"] == 4, "four refusals")
        await held.connected(2)

        assert held.fatal == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault.server_error("apps.connections.open", status=503, times=3),
        Fault.lost_answer("apps.connections.open", times=3),
        Fault.refusal("apps.connections.open", "internal_error", times=3),
        Fault.refusal("apps.connections.open", "invalid_auth", times=2),
    ],
    ids=lambda fault: f"{fault.trouble}{fault.error}",
)
async def test_a_slack_that_gives_no_address_is_asked_again(
    workspace: Workspace, fault: Fault
) -> None:
    workspace.faults.add(fault)
    async with bench(workspace) as held:
        await held.sockets.connect()
        await held.connected(2)

        assert held.fatal == []


async def test_a_retry_after_is_waited_for(workspace: Workspace) -> None:
    workspace.faults.add(Fault.ratelimit("apps.connections.open", retry_after=3_600))
    async with bench(workspace, count=1) as held:
        await held.sockets.connect()

        assert (opens(workspace), held.events["not_opened"]) == (1, 1)


async def test_an_address_that_never_comes_does_not_hold_up_the_other_connection(
    workspace: Workspace,
) -> None:
    workspace.faults.add(Fault.delay("apps.connections.open", seconds=30, times=1))
    hasty = Times(ping=60, open=1, drain=0.1, close=0.1, ack=0.1)
    async with bench(workspace, times=hasty) as held:
        await held.sockets.connect()
        await held.connected(2)


async def test_a_cut_connection_comes_back(workspace: Workspace) -> None:
    async with bench(workspace) as held:
        await held.sockets.connect()
        await held.connected(2)
        await workspace.drop_sockets()
        await held.until(lambda: held.events["closed"] == 2, "both noticed")
        await held.connected(2)

        assert await held.asks() == "back"


async def test_a_half_dead_connection_that_answers_no_ping_is_replaced(
    workspace: Workspace,
) -> None:
    async with bench(workspace, times=Times(ping=0.2)) as held:
        await held.sockets.connect()
        [frozen, _] = await held.connected(2)
        workspace.freeze_sockets(frozen.number)

        await held.until(
            lambda: (
                held.events["stale"]
                and held.sockets.connected() == 2
                and frozen not in workspace.connections
            ),
            "replaced",
        )


async def test_a_connection_that_hears_nothing_while_the_other_does_is_replaced(
    workspace: Workspace,
) -> None:
    workspace.ack_deadline = 0.02
    async with bench(workspace) as held:
        await held.sockets.connect()
        [deaf, _] = await held.connected(2)
        workspace.deafen_sockets(deaf.number)
        async with asyncio.timeout(30):
            while not held.events["starved"]:
                await asyncio.gather(*(held.asks() for _ in range(20)))
        await held.until(lambda: held.events["hello"] == 3, "replaced")
        workspace.ack_deadline = 3

        assert [await held.asks() for _ in range(4)] == ["back"] * 4


async def test_rebuilding_does_not_wait_for_a_pause(workspace: Workspace) -> None:
    workspace.faults.add(Fault.ratelimit("apps.connections.open", retry_after=3_600))
    async with bench(workspace, count=1) as held:
        await held.sockets.connect()
        await held.sockets.rebuild()

        assert held.sockets.connected() == 1
