"""Every knob is read once, and a wrong one is a sentence."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.settings import LogLevel, SandboxMode, Settings


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No `.env` and no variable of the machine that runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def _settings(**given: Any) -> Settings:
    tokens: dict[str, Any] = {"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1"}
    return Settings(**{**tokens, **given})


def test_two_tokens_are_enough() -> None:
    settings = _settings()

    assert settings.api_url == "https://slack.com/api/"
    assert settings.jobthread_sandbox is SandboxMode.BUBBLEWRAP


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBTHREAD_OPERATORS", "C1")
    monkeypatch.setenv("JOBTHREAD_LOG_LEVEL", "warning")

    settings = _settings()

    assert settings.jobthread_operators == "C1"
    assert settings.jobthread_log_level is LogLevel.WARNING


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/api", "http://127.0.0.1:9/api/"])
def test_slacks_address_ends_in_a_slash(url: str) -> None:
    assert _settings(slack_api_url=url).api_url == "http://127.0.0.1:9/api/"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("slack_api_url", "slack.com"),
        ("jobthread_log_level", "LOUD"),
        ("jobthread_log_cap_mb", "0"),
        ("jobthread_runs_kept_days", "-1"),
        ("jobthread_sandbox", "maybe"),
        ("jobthread_database_url", "sqlite:///blocking.db"),
        ("jobthread_database_url", "jobthread.db"),
    ],
)
def test_a_wrong_value_is_named_at_its_setting(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        _settings(**{name: value})

    assert [error["loc"] for error in wrong.value.errors()] == [(name,)]


def test_no_secret_is_shown_when_settings_are() -> None:
    settings = _settings(jobthread_database_url="postgresql+asyncpg://bot:hush@db/jobs")

    assert "hush" not in repr(settings)
    assert "xoxb-1" not in repr(settings)


@pytest.mark.parametrize(
    ("said", "origin"),
    [
        ("https://jobs.example.com/", "https://jobs.example.com"),
        ("https://Jobs.Example.com:443", "https://jobs.example.com"),
        ("https://jobs.example.com:8443", "https://jobs.example.com:8443"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("", ""),
    ],
)
def test_the_web_rooms_address_is_kept_as_browsers_write_it(said: str, origin: str) -> None:
    assert _settings(jobthread_web_url=said).jobthread_web_url == origin


@pytest.mark.parametrize(
    "said",
    [
        "http://jobs.example.com",
        "https://10.0.0.1",
        "https://[::1]",
        "jobs.example.com",
        "https://jobs.example.com/bot",
        "https://me@jobs.example.com",
        "https://jobs.example.com:port",
        "ftp://localhost",
    ],
)
def test_where_passkeys_would_not_work_is_refused(said: str) -> None:
    with pytest.raises(ValidationError, match="jobthread_web_url"):
        _settings(jobthread_web_url=said)


def test_guests_and_outsiders_are_let_in_by_name_and_nobody_else_is() -> None:
    admitted = _settings(jobthread_admit="Guest, external").admitted

    assert (_settings().admitted, admitted) == (frozenset(), {"guest", "external"})
    with pytest.raises(ValidationError, match="external and guest"):
        _settings(jobthread_admit="guest, bot")


def test_only_languages_with_a_catalogue_are_taken() -> None:
    with pytest.raises(ValidationError, match="one of en, zh"):
        _settings(jobthread_language="xx")
