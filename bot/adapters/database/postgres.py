"""Connections to PostgreSQL: few, each with its time limits, and looked at before they are used."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.adapters.database.batch_rows import stamp
from bot.adapters.database.troubles import ELSEWHERE, as_port_errors, reaching, sqlstate
from bot.domain.audit import AuditEntry
from bot.domain.errors import Ambiguous, PortError, Temporary

CHANNEL = "jobthread"
"""The channel of NOTIFY that wakes other processes."""

_UNUSED_FOR = 30.0
"""Seconds after which a connection is asked whether it still leads anywhere."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """Connections of one process, and how long anything may take, in seconds.

    With its listener and its two for batches a process has at most `size + 3`. `fate` is how long
    the fate of a commit is asked for that nobody answered.
    """

    size: int = 20
    wait: float = 10.0
    connect: float = 5.0
    statement: float = 15.0
    lock: float = 10.0
    idle_in_transaction: float = 60.0
    fate: float = 5.0

    def settings(self) -> dict[str, str]:
        """What the server is told, so that a process that vanished holds nothing for long."""
        return {
            "application_name": "jobthread",
            "statement_timeout": _milliseconds(self.statement),
            "lock_timeout": _milliseconds(self.lock),
            "idle_in_transaction_session_timeout": _milliseconds(self.idle_in_transaction),
            "tcp_keepalives_idle": "30",
            "tcp_keepalives_interval": "10",
            "tcp_keepalives_count": "3",
        }


def postgres_engine(url: URL, pool: Pool) -> AsyncEngine:
    """An engine of at most `pool.size` connections that heals itself after a restart."""
    return _healing(url, pool, pool.size, {})


def batch_engine(url: URL, pool: Pool) -> AsyncEngine:
    """Two more connections, on which each statement is a transaction: one way there and back."""
    settings = {
        # Batches find their rows by key alone. A plan made while the table was small is kept, and
        # would read all of it long after it has grown.
        "enable_seqscan": "off",
        "plan_cache_mode": "force_generic_plan",
    }
    return _healing(url, pool, 2, settings).execution_options(isolation_level="AUTOCOMMIT")


def _healing(url: URL, pool: Pool, size: int, settings: Mapping[str, str]) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_timeout=pool.wait,
        pool_use_lifo=True,
        pool_recycle=1_800,
        connect_args={
            "timeout": pool.connect,
            # The server's own limit comes first, unless the way to it is broken.
            "command_timeout": pool.statement + 5,
            "server_settings": {**pool.settings(), **settings},
        },
    )

    def look_at(dbapi_connection: Any, record: Any, _proxy: Any) -> None:
        # Driver's word: it is told at once when the server closes, so looking costs nothing.
        closed = dbapi_connection.driver_connection.is_closed()
        now = monotonic()
        if not closed and now - record.info.get("used_at", now) > _UNUSED_FOR:
            closed = not _answers(engine, dbapi_connection)
        if closed:
            raise InvalidatePoolError
        record.info["used_at"] = now

    event.listen(engine.sync_engine, "checkout", look_at)
    event.listen(engine.sync_engine, "handle_error", _let_go)
    return engine


async def last_words(
    connection: AsyncConnection, *, entries: Sequence[AuditEntry] = (), bells: str = ""
) -> str:
    """What a transaction says last: it rings, appends to the audit, and says what it is called."""
    said, given = ["pg_current_xact_id_if_assigned()::text"], dict[str, str]()
    if bells:
        said.append(f"pg_notify('{CHANNEL}', :bells)")
        given["bells"] = bells
    if entries:
        # Whoever is to append waits here, and after this for nothing but the commit: no two that
        # append ever wait for each other.
        said.append("jobthread_append(CAST(:entries AS json))")
        given["entries"] = appended(entries)
    statement = text(f"SELECT {', '.join(said)}")
    return (await connection.execute(statement, given)).one()[0] or ""


def appended(entries: Iterable[AuditEntry]) -> str:
    """The argument of `jobthread_append`, which alone knows the hash before."""
    rows = [
        (
            stamp(each.at),
            each.tag,
            each.actor,
            each.actor_name,
            each.on_behalf_of,
            each.subject,
            each.request_id,
            # In a text of its own: escapes that PostgreSQL cannot write as text are let pass.
            json.dumps(dict(each.detail)),
            b64encode(each.after()).decode(),
        )
        for each in entries
    ]
    return json.dumps(rows, separators=(",", ":"))


async def learn_fate(
    engine: AsyncEngine, transaction: str, error: BaseException, *, patience: float
) -> None:
    """Return when a commit that nobody answered was made. Raises Temporary when surely not.

    Raises Ambiguous when the database does not say in time.
    """
    unknown = f"it is not known whether the database kept it: {error}"
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            while transaction:
                match await _status(engine, transaction):
                    case "committed":
                        return
                    case "aborted":
                        raise Temporary(f"the database did not keep it: {error}", code="database")
                    case _:
                        await asyncio.sleep(0.1)
    raise Ambiguous(unknown, code="database") from error


def is_unanswered(error: DBAPIError) -> bool:
    """True when a commit was sent and the connection was lost before its answer."""
    return error.connection_invalidated or sqlstate(error)[:2] in {"08", "57"}


async def _status(engine: AsyncEngine, transaction: str) -> str | None:
    status = text("SELECT pg_xact_status(CAST(CAST(:own AS text) AS xid8))")
    with suppress(PortError), as_port_errors():
        with reaching():
            connection = await engine.connect()
        try:
            return await connection.scalar(status, {"own": transaction})
        finally:
            await connection.close()
    return None


def _answers(engine: AsyncEngine, dbapi_connection: Any) -> bool:
    try:
        return engine.dialect.do_ping(dbapi_connection)
    except (engine.dialect.loaded_dbapi.Error, OSError):
        return False


def _let_go(context: ExceptionContext) -> Exception | None:
    """Connections that lead to nobody, or to a server that takes no changes, are not used again."""
    original = context.original_exception
    if sqlstate(original) in ELSEWHERE:
        context.is_disconnect = True
    if isinstance(original, TimeoutError):
        # The driver's own limit: the server's did not come through.
        context.is_disconnect = True
        return OperationalError(context.statement, None, original, connection_invalidated=True)
    return None


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1_000))
