"""What stands below an instance of Prefect in `platforms.yaml`."""

import re
from datetime import timedelta
from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.domain.durations import parse_duration
from bot.domain.parameters import is_reference

_CLOUD = re.compile(
    r"https://api\.prefect\.cloud/api/accounts/(?P<account>[0-9a-f-]{36})"
    r"/workspaces/(?P<workspace>[0-9a-f-]{36})"
)


def _reference(text: str) -> str:
    if text and not is_reference(text):
        # It may be a secret that was written down by mistake, and is not repeated.
        raise ValueError("name a secret (env:NAME, file:/PATH or store:NAME) and do not write it")
    return text


def _address(text: str) -> str:
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("an address begins with https:// or http:// and names a host")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("an address holds no password, no ? and no #")
    return text.rstrip("/")


def _proxy(text: str) -> str:
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("a proxy begins with http:// or https:// and names a host")
    return text


def _span(said: object) -> object:
    return parse_duration(str(said)) if isinstance(said, str | int) else said


Reference: TypeAlias = Annotated[str, AfterValidator(_reference)]
Address: TypeAlias = Annotated[str, AfterValidator(_address)]
Span: TypeAlias = Annotated[timedelta, BeforeValidator(_span)]


class PrefectAuth(BaseModel):
    """References of secrets: a key of Prefect Cloud, or `name:password` of a server of one's own.

    `basic` is what the server has as `PREFECT_SERVER_API_AUTH_STRING`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    api_key: Reference = ""
    basic: Reference = ""

    @model_validator(mode="after")
    def only_one(self) -> "PrefectAuth":
        if self.api_key and self.basic:
            raise ValueError("say api_key or basic, not both")
        return self


class PrefectSettings(BaseModel):
    """`url` is the API's address, of a server (`/api` may be left out) or of a cloud workspace.

    Deployments that bear all of `tags` are offered. `page` is where people look at runs; it is
    derived when empty. `ca` is a file of the server's authorities, `proxy` the way out.
    `stops_within` is how long a run that was told to stop may take, `timeout` how long an answer
    may, and `log_delay` how long after a run's end its last lines may arrive (workers send them
    every `PREFECT_LOGGING_TO_API_BATCH_INTERVAL`). `requests` is how many are under way at a time.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[Address, Field(min_length=1)]
    tags: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = ("chatops",)
    auth: PrefectAuth = PrefectAuth()
    page: Address = ""
    ca: str = ""
    proxy: Annotated[str, AfterValidator(_proxy)] = ""
    stops_within: Annotated[Span, Field(gt=timedelta(), le=timedelta(days=1))] = timedelta(
        minutes=2
    )
    timeout: Annotated[Span, Field(gt=timedelta(), le=timedelta(minutes=2))] = timedelta(seconds=20)
    log_delay: Annotated[Span, Field(ge=timedelta(), le=timedelta(minutes=5))] = timedelta(
        seconds=5
    )
    requests: Annotated[int, Field(ge=1, le=64)] = 8

    @property
    def api(self) -> str:
        """Where requests go; a server's own API lies below `/api`."""
        return self.url if urlsplit(self.url).path else f"{self.url}/api"

    @property
    def pages(self) -> str:
        """Where people look at runs."""
        if self.page:
            return self.page
        cloud = _CLOUD.fullmatch(self.url)
        if cloud is not None:
            account, workspace = cloud["account"], cloud["workspace"]
            return f"https://app.prefect.cloud/account/{account}/workspace/{workspace}"
        return self.api.removesuffix("/api")
