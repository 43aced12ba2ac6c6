"""What a database's refusals mean to a caller: nothing happened, or nobody knows."""

import sqlite3
from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.domain.errors import Temporary

_FULL = "the database's disk is full"
_CROWDED = "the database takes no more connections"
_STANDBY = "the database takes no changes: it is a standby, or was set to be read only"
_STOPPING = "the database is stopping or starting"
_SLOW = "the database took too long"
_CROSSED = "somebody else changed the same rows"
_AWAY = "the database did not answer"
_STRANGER = "the database does not let us in"

SENTENCES: Mapping[str, str] = {
    "53100": _FULL,
    "53300": _CROWDED,
    "25006": _STANDBY,
    "57P01": _STOPPING,
    "57P02": _STOPPING,
    "57P03": _STOPPING,
    "57014": _SLOW,
    "55P03": _SLOW,
    "25P03": _SLOW,
    "25P04": _SLOW,
    "40001": _CROSSED,
    "40P01": _CROSSED,
    "28000": _STRANGER,
    "28P01": _STRANGER,
}
"""PostgreSQL's SQLSTATEs (its manual, appendix A) that pass by themselves."""

PASSING_CLASSES = ("08", "40", "53", "57", "58")
"""Connection, rollback, resources, operator, system: classes of SQLSTATEs that pass too."""

ELSEWHERE = frozenset({"25006", "57P01", "57P02", "57P03"})
"""After these the same connection is of no use, and another one may lead to a server that is."""


class as_port_errors:  # noqa: N801  reads as the statement it is
    """A locked, full or vanished database is `Temporary`; everything else is our own mistake."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, SQLAlchemyError) and (passing := trouble(error)):
            raise passing from error


class reaching:  # noqa: N801  reads as the statement it is
    """While a connection is made everything that goes wrong passes, once somebody mended it."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception):
            passing = trouble(error) if isinstance(error, SQLAlchemyError) else None
            raise passing or Temporary(f"{_AWAY}: {error!r}", code="database") from error


def trouble(error: SQLAlchemyError) -> Temporary | None:
    """What passes by itself, as the port says it; None for our own mistakes."""
    if isinstance(error, PoolTimeout):
        return Temporary("every connection to the database is in use", code="database")
    if not isinstance(error, DBAPIError):
        return None
    state = sqlstate(error)
    if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
        # About what was said, such as a table that is not there: no time mends it.
        return None
    if not (_passes(state) or isinstance(error, OperationalError) or error.connection_invalidated):
        return None
    sentence = SENTENCES.get(state) or (_FULL if "is full" in str(error.orig) else _AWAY)
    return Temporary(f"{sentence}: {error.orig}", code="database")


def sqlstate(error: DBAPIError | BaseException | None) -> str:
    """PostgreSQL's code of an error; empty where there is none."""
    orig = error.orig if isinstance(error, DBAPIError) else error
    return getattr(orig, "sqlstate", None) or ""


def _passes(state: str) -> bool:
    return state in SENTENCES or state[:2] in PASSING_CLASSES
