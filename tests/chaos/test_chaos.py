"""The short chaos run, on both databases: whole processes, everything failing, all promises."""

from pathlib import Path

import pytest

from chaos.__main__ import courses, report_of
from chaos.runs import Course, run


@pytest.mark.timeout(900)
@pytest.mark.parametrize("course", courses(7, quick=True), ids=lambda course: course.name)
async def test_every_promise_holds_while_everything_fails(tmp_path: Path, course: Course) -> None:
    outcome = await run(course, tmp_path / course.name)

    assert outcome.is_kept, report_of(outcome)
