"""Environments of engines: made once, kept, and made by one process at a time."""

from pathlib import Path

import pytest

from tests.engines import environments


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which an engine's environment is kept, of one that needs nothing."""
    requirements = tmp_path / "requirements"
    requirements.mkdir()
    (requirements / "tiny.txt").write_text("")
    monkeypatch.setattr(environments, "_REQUIREMENTS", requirements)
    monkeypatch.setenv("JOBTHREAD_ENGINES", str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_an_engine_without_its_environment_says_how_to_make_it(tiny: Path) -> None:
    assert "python -m tests.engines prepare tiny" in environments.missing("tiny")


def test_an_environment_is_made_once_and_kept(tiny: Path) -> None:
    made = environments.prepare("tiny")
    (made / "kept").touch()

    assert environments.prepare("tiny") == made
    assert (made / "kept").exists()
    assert environments.missing("tiny") == ""
    assert made.parent == tiny
