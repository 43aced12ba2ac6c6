"""The house keeps its own rules: who imports whom, every setting explained, the least of scopes."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.adapters.slack_checks import SCOPES
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
_SETTING = re.compile(r"^(?:# )?([A-Z][A-Z0-9_]+)=(.*)$")


def test_everybody_imports_only_whom_the_house_lets_them() -> None:
    command = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run(
        [command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stdout[-3_000:]


def _lines() -> list[str]:
    return (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()


def test_the_example_environment_names_exactly_the_settings() -> None:
    named = [found.group(1) for line in _lines() if (found := _SETTING.match(line))]

    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)


def test_every_setting_is_explained_in_a_sentence_above_it() -> None:
    lines = _lines()

    for number, line in enumerate(lines):
        if _SETTING.match(line):
            above = lines[number - 1]
            assert above.startswith("# "), line
            assert above.endswith("."), line


@pytest.mark.parametrize(
    ("name", "default"),
    [
        (found.group(1), found.group(2))
        for line in _lines()
        if line.startswith("# ") and (found := _SETTING.match(line))
    ],
)
def test_what_is_commented_out_shows_the_default(name: str, default: str) -> None:
    held = Settings.model_fields[name.lower()].default

    assert str(getattr(held, "get_secret_value", lambda: held)()) == default


def test_the_manifest_asks_for_exactly_the_scopes_that_are_checked() -> None:
    manifest = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))

    assert sorted(manifest["oauth_config"]["scopes"]["bot"]) == sorted(SCOPES)
