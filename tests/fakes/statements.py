"""What is said to the database while something is done."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from bot.adapters.database import SqlStore
from bot.ports import Store


@contextmanager
def statements_of(store: Store) -> Generator[list[str]]:
    """Every statement from then on, in order, until it is left."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    assert isinstance(store, SqlStore)
    engine = store.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)
