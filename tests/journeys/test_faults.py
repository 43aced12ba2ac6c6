"""Slack is slow, forgets to answer, refuses, or says things twice: the thread stays true."""

import pytest

from simulator import Fault
from tests.journeys.houses import House


async def test_a_post_whose_answer_was_lost_is_not_posted_twice(house: House) -> None:
    house.workspace.faults.add(Fault.lost_answer("chat.postMessage", times=1))

    await house.workspace.slash("ana", "/job", "run hello who=once", channel="#ops")

    await house.message("#ops", "Done", timeout=30)
    assert len(house.workspace.messages("#ops")) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.ratelimit(method="chat.update", retry_after=1, times=2),
        Fault.ratelimit(method="chat.postMessage", retry_after=1, times=1),
        Fault.server_error("chat.update", status=503, times=2),
        Fault.server_error("chat.postMessage", status=500, times=1),
    ],
    ids=lambda fault: str(fault),
)
async def test_slack_that_refuses_for_a_while_is_told_the_truth_afterwards(
    house: House, fault: Fault
) -> None:
    house.workspace.faults.add(fault)

    await house.workspace.slash("ana", "/job", "run hello who=late", channel="#ops")

    card = await house.message("#ops", "Done", timeout=40)
    await house.line(card, "greeted late", timeout=40)
    assert len(house.workspace.messages("#ops")) == 1


@pytest.mark.parametrize("method", ["users.info", "usergroups.list"])
async def test_who_was_acked_need_not_ask_again_because_slack_was_busy(
    house: House, method: str
) -> None:
    house.workspace.faults.add(Fault.ratelimit(method), Fault.server_error(method))

    await house.workspace.slash("ana", "/job", "run hello who=patient", channel="#ops")

    await house.message("#ops", "Done", timeout=30)
    assert not house.workspace.ephemerals("ana")


async def test_what_comes_in_while_slack_is_busy_is_not_acked_and_forgotten(house: House) -> None:
    house.workspace.faults.add(Fault.ratelimit("auth.test", times=None))

    await house.workspace.mention("ana", "run hello who=first", "#ops")

    await house.message("#ops", "Done", timeout=30)


async def test_an_envelope_delivered_twice_runs_once(house: House) -> None:
    gesture = await house.workspace.slash("ana", "/job", "run hello who=twin", channel="#ops")

    await house.workspace.resend(gesture)

    await house.message("#ops", "Done")
    assert len(house.workspace.messages("#ops")) == 1


async def test_a_mention_that_slack_redelivers_runs_once(house: House) -> None:
    house.workspace.faults.add(Fault.duplicate_envelope(times=1))

    await house.workspace.mention("ana", "run hello who=twin", channel="#ops")

    await house.message("#ops", "Done")
    assert len([m for m in house.workspace.messages("#ops") if "Say hello" in m.seen]) == 1


async def test_a_trigger_that_came_too_late_leaves_a_button(house: House) -> None:
    house.workspace.faults.add(Fault.delay("users.info", 3.5, times=1))

    with house.workspace.expect_violation("expired_trigger_id"):
        await house.workspace.slash("ana", "/job", "run hello", channel="#ops")
        offer = await house.whisper("ana", "needs a few more values")

    await house.workspace.click("ana", offer, "resume")
    await house.workspace.until(lambda: house.workspace.modal("ana"), why="the form")


async def test_a_dropped_socket_is_connected_again(house: House) -> None:
    await house.workspace.drop_sockets()
    await house.workspace.until(
        lambda: house.workspace.connections, timeout=40, why="connected again"
    )

    await house.workspace.slash("ana", "/job", "run hello who=back", channel="#ops")

    await house.message("#ops", "Done")
