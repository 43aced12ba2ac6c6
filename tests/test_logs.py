"""Logs: one event a line, and nobody can speak as the bot who reads them."""

import io
import json
import logging
from collections.abc import Generator
from typing import Any

import pytest
import structlog

from bot.logs import new_error_id, set_up
from bot.settings import LogFormat


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Generator[io.StringIO]:
    stderr = io.StringIO()
    monkeypatch.setattr("sys.stderr", stderr)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    set_up("INFO", LogFormat.JSON)
    yield stderr
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def _events(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-123-456-abcDEF",
        "xapp-1-A0-9-abc",
        "xoxe.xoxb-1-abc",
        "https://hooks.slack.com/commands/T0/1/abc",
        "wss://wss.slack.com/link/?ticket=abc-1",
    ],
)
def test_a_secret_is_taken_out_wherever_it_stands(lines: io.StringIO, secret: str) -> None:
    log = structlog.get_logger("test")
    log.warning("sent", token=secret, deep={"list": [f"<{secret}>"]}, error=ValueError(secret))
    logging.getLogger("library").warning("got %s", secret)
    try:
        int(secret)
    except ValueError:
        log.exception("failed")

    assert len(_events(lines)) == 3
    assert secret not in lines.getvalue()
    assert "•••" in lines.getvalue()


def test_an_event_carries_its_facts_and_what_was_bound_at_the_edge(lines: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        structlog.get_logger("test").info("execution_submitted", execution_id=1042)

    [event] = _events(lines)
    assert (event["event"], event["execution_id"], event["request_id"]) == (
        "execution_submitted",
        1042,
        "r1",
    )
    assert (event["level"], event["logger"]) == ("info", "test")


def test_what_is_below_the_level_is_not_written(lines: io.StringIO) -> None:
    structlog.get_logger("test").debug("quiet")
    logging.getLogger("apscheduler.executors").info("tick")

    assert lines.getvalue() == ""


def test_error_ids_are_short_and_no_two_alike() -> None:
    ids = {new_error_id() for _ in range(100)}

    assert len(ids) == 100
    assert all(len(each) == 10 for each in ids)
