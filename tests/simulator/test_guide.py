"""The guide's examples run as they stand."""

import inspect
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "simulator.md"
Example = Callable[[], Awaitable[None]]


def examples() -> list[Example]:
    """The tests in the guide that need nothing but the workspace."""
    found: list[Example] = []
    for source in re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL):
        names: dict[str, Any] = {}
        exec(compile(source, str(GUIDE), "exec"), names)
        tests = [value for name, value in names.items() if name.startswith("test_")]
        found += [one for one in tests if not inspect.signature(one).parameters]
    return found


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.__name__)
async def test_an_example_of_the_guide_runs(example: Example) -> None:
    await example()


def test_the_guide_has_examples() -> None:
    assert len(examples()) == 3
