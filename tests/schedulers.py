"""How the processes of xdist share the tests."""

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

from tests.engines.environments import ENGINES

_ROOT = Path(__file__).resolve().parents[1]
_MARKED = re.compile(rf"^pytestmark = .*pytest\.mark\.({'|'.join(ENGINES)})\b", re.MULTILINE)


class ByEngine(LoadScopeScheduling):
    """Tests of one engine go to one process, which starts it once; that begins with them.

    All others go one by one to whoever is free. `xdist_group` would say the same, but xdist 3.8
    writes it into the ids of tests, by which alone it knows them here, in a way that pytest 9.2
    does not read any more.
    """

    def _split_scope(self, nodeid: str) -> str:
        return _engine_of(nodeid.partition("::")[0]) or nodeid


@cache
def _engine_of(file: str) -> str:
    """The engine whose marker the tests of this file carry; empty for none."""
    marked = _MARKED.search((_ROOT / file).read_text(encoding="utf-8"))
    return marked[1] if marked else ""
