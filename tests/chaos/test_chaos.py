"""The short chaos run, on both databases: whole processes, everything failing, all promises."""

from pathlib import Path

import pytest

from chaos.__main__ import QUICK, report_of
from chaos.runs import Course, run


@pytest.mark.timeout(420)
@pytest.mark.parametrize(
    ("name", "replicas"), [("postgres", 2), ("sqlite", 1)], ids=["postgres", "sqlite"]
)
async def test_every_promise_holds_while_everything_fails(
    tmp_path: Path, name: str, replicas: int
) -> None:
    course = Course(
        name=name,
        seed=7,
        size=QUICK,
        replicas=replicas,
        on_postgres=name == "postgres",
        within=180.0,
    )

    outcome = await run(course, tmp_path / name)

    assert outcome.is_kept, report_of(outcome)
