"""The guide is true: its example is read without a mistake, and every common key stands in it."""

from pathlib import Path

import pytest

from bot.adapters.instances import entry_point_kinds, read_platforms
from bot.adapters.instances.entries import InstanceEntry, JobsEntry
from tests.adapters.catalog.guides import blocks

GUIDE = Path(__file__).parents[3] / "docs" / "platforms.md"


def test_the_example_is_whole(tmp_path: Path) -> None:
    (tmp_path / "platforms.yaml").write_text(blocks("platforms.md")[0], encoding="utf-8")

    found = read_platforms(tmp_path / "platforms.yaml", entry_point_kinds())

    assert found.all_mistakes == ()
    assert [each.instance.name for each in found.instances] == ["local", "prefect", "prod-airflow"]


@pytest.mark.parametrize("model", [InstanceEntry, JobsEntry])
def test_every_common_key_is_explained(model: type[InstanceEntry | JobsEntry]) -> None:
    text = GUIDE.read_text(encoding="utf-8")

    assert [key for key in model.model_fields if f"| `{key}` |" not in text] == []
