"""An SQLite database has one process at a time; a killed one holds nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bot.adapters.database.locks import only_process
from bot.domain.errors import Mistake
from tests.fakes.databases import url_of

HOLDER = """
import sys
from sqlalchemy.engine import make_url
from bot.adapters.database.locks import only_process
with only_process(make_url(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_who_holds_the_database(tmp_path: Path) -> None:
    url = make_url(url_of(tmp_path / "one.db"))

    told = pytest.raises(Mistake, match=f"process {os.getpid()} ")
    with only_process(url), told, only_process(url):
        pass


def test_what_a_killed_process_held_is_free(tmp_path: Path) -> None:
    url = url_of(tmp_path / "one.db")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Mistake, match=f"process {holder.pid} "), only_process(make_url(url)):
            pass
        holder.send_signal(signal.SIGKILL)

    with only_process(make_url(url)):
        pass


@pytest.mark.parametrize(
    "url", ["postgresql+asyncpg://h/d", "sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:"]
)
def test_what_many_may_use_is_not_locked(url: str) -> None:
    with only_process(make_url(url)), only_process(make_url(url)):
        pass
