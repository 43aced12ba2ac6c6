"""What the guides show is true: their whole examples are read without a mistake."""

from pathlib import Path

from bot.adapters.policy import disagreements, read_policy
from bot.domain.parameters import Kind
from tests.adapters.catalog.guides import DOCS, blocks
from tests.adapters.catalog.written import read


def test_the_first_job_of_the_guide_is_whole(tmp_path: Path) -> None:
    found = read(tmp_path / "c", blocks("catalogue.md")[0])

    assert (found.mistakes, [job.name for job in found.jobs]) == ((), ["restart"])


def test_the_guide_names_every_type() -> None:
    text = (DOCS / "catalogue.md").read_text(encoding="utf-8")

    assert [kind for kind in Kind if f"`{kind}`" not in text] == []


def test_the_policy_of_the_guide_is_whole(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(blocks("policy.md")[0])

    found = read_policy(tmp_path / "policy.yaml")

    assert found.mistakes == ()
    assert found.policy is not None
    assert disagreements([], found.policy)
