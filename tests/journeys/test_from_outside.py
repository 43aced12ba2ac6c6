"""Seen from outside: one request followed through logs, traces and metrics of a real process."""

import json
import socket
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.adapters.traces import trace_ids
from simulator import Workspace
from tests.fakes.collectors import collector
from tests.journeys.houses import House, migrated, settings_for, write_files
from tests.journeys.programs import Program


@pytest.fixture
async def house(workspace: Workspace, tmp_path: Path) -> House:
    write_files(tmp_path)
    settings = settings_for(workspace, tmp_path)
    await migrated(settings)
    return House(workspace=workspace, settings=settings)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def lines_of(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


async def _get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def _approved_run(house: House) -> None:
    words = "run deploy app=api env=prod because hunter2"
    await house.workspace.slash("ana", "/job", words, channel="#ops")
    asked = await house.dm("bo", "deploy api → prod")
    await house.workspace.click("bo", asked, "approve")
    await house.message("#ops", "Done")


async def test_a_request_can_be_followed_by_its_ids_through_the_log(
    house: House, tmp_path: Path
) -> None:
    bot = Program(house.workspace, tmp_path)
    await bot.begin()
    await _approved_run(house)
    await bot.stop()

    lines = lines_of(tmp_path / "bot.log")
    (asked,) = [each for each in lines if each.get("tag") == "job:execution:requested"]
    assert asked["request_id"].startswith("command:")
    mine = [each for each in lines if each.get("request_id") == asked["request_id"]]
    assert {each["execution_id"] for each in mine if "execution_id" in each} == {
        asked["execution_id"]
    }
    assert [each["tag"] for each in mine if "tag" in each] == [
        "job:execution:requested",
        "job:approval:approve",
        "job:execution:ready",
        "job:execution:submitting",
        "job:execution:running",
        "job:execution:succeeded",
    ]
    assert {each["topic"] for each in mine if each["event"] == "notice_sent"} >= {"card", "line"}


async def test_the_click_that_approved_stands_beside_the_request_it_approved(
    house: House, tmp_path: Path
) -> None:
    bot = Program(house.workspace, tmp_path)
    await bot.begin()
    await _approved_run(house)
    await bot.stop()

    lines = lines_of(tmp_path / "bot.log")
    (decided,) = [each for each in lines if each.get("tag") == "job:approval:approve"]
    assert decided["request_id"].startswith("command:")
    assert decided["gesture"].startswith("click:")


async def test_the_error_id_that_a_person_sees_finds_the_line(house: House, tmp_path: Path) -> None:
    bot = Program(house.workspace, tmp_path)
    await bot.begin()
    await house.workspace.slash("ana", "/job", "run hello who=you", channel="#ops")
    await house.message("#ops", "Done")
    await house.workspace.slash("ana", "/job", "cancel 1001", channel="#ops")
    await house.workspace.slash("ana", "/job", "logs 4711", channel="#ops")
    told = [
        await house.whisper("ana", "done already", "Error id"),
        await house.whisper("ana", "no execution", "Error id"),
    ]
    await bot.stop()

    lines = [each for each in lines_of(tmp_path / "bot.log") if each.get("error_id")]
    for message in told:
        (line,) = [each for each in lines if each["error_id"] in message.seen]
        assert line["request_id"].startswith("command:")


async def test_one_request_is_one_trace_before_and_after_a_restart(
    house: House, tmp_path: Path
) -> None:
    async with collector() as kept:
        bot = Program(house.workspace, tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=kept.endpoint)
        await bot.begin()
        await house.workspace.slash(
            "ana", "/job", "run deploy app=api env=prod because hunter2", channel="#ops"
        )
        asked = await house.dm("bo", "deploy api → prod")
        await bot.stop()
        await bot.begin()
        await house.workspace.click("bo", asked, "approve")
        await house.message("#ops", "Done")
        await bot.stop()

    (request,) = kept.of("request")
    ids = trace_ids(request.attributes["jobthread.request_id"])
    mine = {each.name for each in kept.spans if each.trace == f"{ids.trace:032x}"}
    assert mine == {"gesture", "request", "submit", "platform start", "deliver", "end"}
    assert any(each.id == f"{ids.root:016x}" for each in kept.of("gesture"))
    for word in (b"hunter2", b"prod", b"Say", b"xoxb"):
        assert not any(word in body for body in kept.bodies), word


async def test_a_process_without_the_role_web_opens_no_port(house: House, tmp_path: Path) -> None:
    port = free_port()
    words = ("-m", "bot", "run", "--roles", "chat,worker")
    bot = Program(house.workspace, tmp_path, words=words, JOBTHREAD_WEB_PORT=str(port))
    await bot.begin()

    with pytest.raises(aiohttp.ClientConnectorError):
        await _get(f"http://127.0.0.1:{port}/healthz")
    await bot.stop()


async def test_metrics_and_health_of_a_process_at_work(house: House, tmp_path: Path) -> None:
    port = free_port()
    bot = Program(house.workspace, tmp_path, JOBTHREAD_WEB_PORT=str(port))
    await bot.begin()
    await _approved_run(house)
    await house.workspace.slash("ana", "/job", "status", channel="#ops")
    await house.whisper("ana", "Nothing is running")

    assert (await _get(f"http://127.0.0.1:{port}/healthz"))[0] == 200
    assert (await _get(f"http://127.0.0.1:{port}/readyz"))[0] == 200
    _, text = await _get(f"http://127.0.0.1:{port}/metrics")
    await bot.stop()

    found = {
        (each.name, *sorted(each.labels.values())): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }
    assert found["jobthread_executions_ended_total", "succeeded"] == 1
    assert found["jobthread_slack_calls_total", "chat.postMessage", "ok"] >= 1
    assert found["jobthread_slack_calls_total", "ok", "response_url"] == 1
    assert found["jobthread_platform_calls_total", "local", "ok", "start"] == 1
    assert found["jobthread_ack_seconds_count", "slash_commands"] == 2
    assert found["jobthread_delivery_seconds_count", "approval"] >= 1
    assert found["jobthread_sockets_connected",] >= 1
    assert found["jobthread_executions", "running"] == 0
