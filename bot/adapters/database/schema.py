"""The migration level of a database: what it is, what it should be, and getting there."""

import asyncio
from dataclasses import dataclass
from importlib.util import find_spec

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.adapters.database.store import SqlStore


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """`current` is empty for a database without tables."""

    current: str
    wanted: str

    @property
    def is_current(self) -> bool:
        return self.current == self.wanted

    @property
    def is_next(self) -> bool:
        """True at the level of the release after this one, while one replaces the other."""
        if not (self.current.isdecimal() and self.wanted.isdecimal()):
            return False
        return int(self.current) == int(self.wanted) + 1

    @property
    def is_usable(self) -> bool:
        """True where this release works: a release adds one level, and takes away only what the
        one before it had stopped to use.
        """
        return self.is_current or self.is_next


def alembic_config(url: str) -> Config:
    """Alembic's configuration for one database URL, without an ini file to keep in step."""
    spec = find_spec("migrations")
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise FileNotFoundError("the migrations package is not installed beside the bot")
    config = Config()
    config.set_main_option("script_location", str(next(iter(folders))).replace("%", "%%"))
    config.attributes["url"] = url
    return config


async def level(store: SqlStore) -> Level:
    """Where the database stands beside this release."""

    def current(connection: Connection) -> str:
        return MigrationContext.configure(connection).get_current_revision() or ""

    wanted = ScriptDirectory.from_config(alembic_config("")).get_current_head() or ""
    async with store.engine.connect() as connection:
        return Level(current=await connection.run_sync(current), wanted=wanted)


def is_known(revision: str) -> bool:
    """True for a level that this release can bring to its own."""
    script = ScriptDirectory.from_config(alembic_config(""))
    return revision in {each.revision for each in script.walk_revisions()}


async def migrate(store: SqlStore) -> None:
    """Bring the database to this release's level."""
    async with store.engine.connect():
        # Opened alone, an SQLite file takes its journal mode for good; opened by many at once, they
        # would lock each other out over it.
        pass
    if (await level(store)).is_next:
        # The next release migrated it already.
        return
    url = store.url.render_as_string(hide_password=False)
    # Alembic runs its own event loop, so it gets a thread of its own.
    await asyncio.to_thread(command.upgrade, alembic_config(url), "head")
