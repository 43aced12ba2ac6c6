"""Structured logs: one event a line, secrets taken out, error ids that find the line."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, cast
from uuid import uuid4

import structlog

from bot.settings import LogFormat

_SECRETS = re.compile(
    r"(\bxox[a-z]-|\bxapp-|\bxoxe\.|\bsk-ant-|https://hooks\.slack\.com/|[?&]ticket=)[A-Za-z0-9/_.%-]+"
)
"""Slack's tokens, response URLs and socket tickets: whoever has one can speak as the bot."""


_WORDY = (
    *("slack_bolt", "slack_sdk", "aiosqlite", "sqlalchemy", "asyncpg", "psycopg"),
    *("anthropic", "httpcore2"),
)


def set_up(level: str, layout: LogFormat) -> None:
    """Send structlog and the standard library's logging to standard error, in one form."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _without_secrets,
    ]
    last = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if layout is LogFormat.JSON
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # APScheduler tells of every tick, which drowns what matters.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    # At DEBUG these write down whole payloads, rows and headers, with what people typed in them.
    for name in _WORDY:
        logging.getLogger(name).setLevel(max(logging.INFO, root.level))
    # At INFO it writes a line for each question to a model, which the audit log has anyhow.
    logging.getLogger("httpx2").setLevel(logging.WARNING)


def new_error_id() -> str:
    """What a person is told and a log line holds, such as `e-1f8a20c4`."""
    return f"e-{uuid4().hex[:8]}"


def without_tokens(text: str) -> str:
    """The text without what Slack's tokens and addresses look like."""
    return _SECRETS.sub(r"\1•••", text)


def _without_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        event[key] = _cleaned(value)
    return event


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return without_tokens(value)
        case dict():
            held = cast("dict[Any, Any]", value)
            return {key: _cleaned(each) for key, each in held.items()}
        case list() | tuple():
            return [_cleaned(each) for each in cast("list[Any]", value)]
        case BaseException():
            return _cleaned(repr(value))
        case _:
            return value
