"""Every knob, read once from the environment or a `.env` file."""

from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, AnyHttpUrl, BeforeValidator, Field, SecretStr, TypeAdapter
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.domain.actors import ADMISSIBLE, Standing


class SandboxMode(StrEnum):
    """What local jobs run in; `none` must be said, and every card then shows it."""

    BUBBLEWRAP = "bubblewrap"
    NONE = "none"


class LogFormat(StrEnum):
    """`json` for machines, `text` for people."""

    JSON = "json"
    TEXT = "text"


class LogLevel(StrEnum):
    """From which weight on a line is written."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


DRIVERS = ("sqlite+aiosqlite:///", "postgresql+asyncpg://", "postgresql+psycopg://")
"""How a database URL begins: one that SQLAlchemy can speak to without blocking."""


def _in_capitals(level: object) -> object:
    return level.upper() if isinstance(level, str) else level


def _admissible(words: str) -> str:
    if not set(_listed(words)) <= ADMISSIBLE:
        raise ValueError(f"it takes {' and '.join(sorted(ADMISSIBLE))}, separated by commas")
    return words


def _listed(words: str) -> list[str]:
    return [word.strip().lower() for word in words.split(",") if word.strip()]


def _web_address(url: str) -> str:
    TypeAdapter(AnyHttpUrl).validate_python(url)
    return url


def _origin(url: str) -> str:
    """As browsers write it; passkeys work on https (or localhost), and under a name only."""
    if not url:
        return ""
    parts = urlsplit(url)
    host, port = (parts.hostname or "").rstrip("."), parts.port
    is_local = host == "localhost" or host.endswith(".localhost")
    if not host or parts.scheme not in ({"https", "http"} if is_local else {"https"}):
        raise ValueError("it has to begin with https:// and a name")
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("it is a name and perhaps a port, and nothing behind that")
    try:
        ip_address(host)
    except ValueError:
        default = {"https": 443, "http": 80}[parts.scheme]
        shown = "" if port in {None, default} else f":{port}"
        return f"{parts.scheme}://{host}{shown}"
    raise ValueError("passkeys need a name, such as jobs.example.com, and not an address")


def _with_catalogue(language: str) -> str:
    held = sorted(path.name for path in (Path(__file__).parent / "locales").iterdir())
    if language not in {"en", *held}:
        raise ValueError(f"it is one of en, {', '.join(held)}")
    return language


def _with_async_driver(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(DRIVERS):
        raise ValueError(f"it has to begin with one of {', '.join(DRIVERS)}")
    return url


class Settings(BaseSettings):
    """Names of variables are the field's name in capitals; `.env.example` explains each."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    # Slack
    slack_bot_token: SecretStr
    slack_app_token: SecretStr
    slack_api_url: Annotated[str, NoDecode, AfterValidator(_web_address)] = "https://slack.com/api/"

    # What can be run and who may
    jobthread_catalog: Path = Path("catalog")
    jobthread_policy: Path = Path("policy.yaml")
    jobthread_platforms: Path = Path("platforms.yaml")

    # Where things are kept
    jobthread_database_url: Annotated[SecretStr, AfterValidator(_with_async_driver)] = SecretStr(
        "sqlite+aiosqlite:///jobthread.db"
    )
    jobthread_state: Path = Path("state")

    # Processes
    jobthread_host: str = Field(default="", max_length=100)
    jobthread_host_lease: float = Field(default=600, ge=10, le=86_400)
    jobthread_drain_seconds: float = Field(default=20, ge=0, le=600)

    # Slack's sockets and limits
    jobthread_sockets: int = Field(default=2, ge=1, le=10)
    jobthread_probe_seconds: float = Field(default=60, ge=1, le=3_600)
    jobthread_deaf_after: float = Field(default=180, ge=2, le=86_400)
    jobthread_slack_pace: float = Field(default=1.0, gt=0, le=1_000)

    # Schedules
    jobthread_schedule_minutes: int = Field(default=5, ge=1, le=1_440)
    jobthread_schedules_of_one: int = Field(default=20, ge=1, le=1_000)
    jobthread_schedules_of_all: int = Field(default=500, ge=1, le=10_000)

    # Seen from outside
    jobthread_web_host: str = "127.0.0.1"
    jobthread_web_port: int = Field(default=8080, ge=0, le=65_535)
    jobthread_web_url: Annotated[str, AfterValidator(_origin)] = ""
    otel_exporter_otlp_endpoint: str = ""

    # The local platform
    jobthread_sandbox: SandboxMode = SandboxMode.BUBBLEWRAP
    jobthread_log_cap_mb: int = Field(default=50, ge=1, le=1_024)
    jobthread_job_secrets: str = ""
    jobthread_runs_kept_days: int = Field(default=30, ge=1, le=3_650)

    # The audit log's proof
    jobthread_audit_key: SecretStr = SecretStr("")
    jobthread_audit_sign_seconds: float = Field(default=300, ge=10, le=86_400)
    jobthread_audit_checkpoints: str = ""
    jobthread_audit_archive: str = ""
    jobthread_audit_s3_endpoint: str = ""
    jobthread_audit_s3_region: str = ""
    jobthread_audit_s3_key_id: str = ""
    jobthread_audit_s3_secret: SecretStr = SecretStr("")
    jobthread_audit_kept_days: int = Field(default=0, ge=0, le=36_500)

    # Claude, for words that are unclear
    jobthread_claude_key: SecretStr = SecretStr("")
    jobthread_claude_model: str = Field(default="claude-haiku-4-5", min_length=1, max_length=200)
    jobthread_claude_url: Annotated[str, AfterValidator(_web_address)] = "https://api.anthropic.com"
    jobthread_claude_seconds: float = Field(default=10, ge=1, le=15)
    jobthread_claude_tokens: int = Field(default=1_000_000, ge=0, le=1_000_000_000_000)

    # People
    jobthread_operators: str = ""
    jobthread_language: Annotated[str, AfterValidator(_with_catalogue)] = "en"
    jobthread_admit: Annotated[str, AfterValidator(_admissible)] = ""

    # The bot's own log
    jobthread_log_level: Annotated[LogLevel, BeforeValidator(_in_capitals)] = LogLevel.INFO
    jobthread_log_format: LogFormat = LogFormat.JSON

    @property
    def admitted(self) -> frozenset[Standing]:
        """The kinds of accounts that are let in beside members."""
        return frozenset(Standing(word) for word in _listed(self.jobthread_admit))

    @property
    def api_url(self) -> str:
        """Slack's base URL, ending in a slash as slack_sdk wants it."""
        return str(AnyHttpUrl(self.slack_api_url)).rstrip("/") + "/"
