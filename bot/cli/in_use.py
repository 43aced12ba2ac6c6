"""What the processes that run now have of the platforms file, held against the file itself."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.database import SqlStore
from bot.cli.sentences import given_settings
from bot.domain.errors import PortError
from bot.domain.offers import left_behind
from bot.domain.processes import Process, outdated
from bot.services.presences import ALIVE_FOR
from bot.settings import Settings
from bot.wiring import Fleet
from bot.wiring.outside import SystemClock


async def in_use(settings: Settings, fleet: Fleet) -> Sequence[str]:
    """What has to be done or known until all processes go by this file; empty when they do.

    Nothing is said where no database can be read: whoever needs one says so.
    """
    url = settings.jobthread_database_url.get_secret_value()
    if not _is_there(url):
        return []
    store = SqlStore(url)
    try:
        async with store.reading() as tx:
            living = await tx.presences.living(SystemClock().now() - ALIVE_FOR)
            offering = await tx.offers.standing()
            counts = await tx.countings.platforms()
    except (SQLAlchemyError, OSError, PortError):
        return []
    finally:
        await store.close()
    file = settings.jobthread_platforms
    left = left_behind(fleet.instances.named.keys(), offering, counts.keys())
    return [*_to_restart(file, living, fleet.version), *(_said_of(name, file) for name in left)]


def settings_beside(file: Path) -> Settings | None:
    """The settings, where they are whole and name this very file."""
    try:
        found = given_settings()
    except ValidationError:
        return None
    return found if found.jobthread_platforms.absolute() == file.absolute() else None


def _is_there(url: str) -> bool:
    """Not to make an empty SQLite file by looking into it."""
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").is_file()


def _to_restart(file: Path, living: Sequence[Process], version: str) -> Sequence[str]:
    old = outdated(living, version)
    if not old:
        return []
    which = ", ".join(f"{each.name} ({each.host})" for each in old[:5])
    return [
        f"{file} is not what {len(old)} of {len(living)} running processes use: they began with "
        f"another one. Restart them to take it over: {which}."
    ]


def _said_of(name: str, file: Path) -> str:
    return (
        f"Platform {name}: it is not in {file} any more. A process without it starts nothing there "
        "and looks at nothing there."
    )
