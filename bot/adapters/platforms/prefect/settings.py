"""What stands below an instance of Prefect in `platforms.yaml`."""

import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from bot.adapters.platforms.addresses import Address, Reference
from bot.adapters.platforms.connections import Connection, Written

_CLOUD = re.compile(
    r"https://api\.prefect\.cloud/api/accounts/(?P<account>[0-9a-f-]{36})"
    r"/workspaces/(?P<workspace>[0-9a-f-]{36})"
)


class PrefectAuth(Written):
    """A key of Prefect Cloud, or the name and password of a server of one's own."""

    api_key: Reference = ""
    """Where the key is: env:NAME, file:/PATH or store:NAME."""
    basic: Reference = ""
    """Where `name:password` is, as the server has it in `PREFECT_SERVER_API_AUTH_STRING`."""

    @model_validator(mode="after")
    def only_one(self) -> Self:
        if self.api_key and self.basic:
            raise ValueError("say api_key or basic, not both")
        return self


class PrefectSettings(Connection):
    """One Prefect 3: a server, or a workspace of the cloud."""

    url: Annotated[Address, Field(min_length=1)]
    """The address of its API, whose `/api` may be left out; of a workspace all of it."""
    auth: PrefectAuth = PrefectAuth()
    """How we are let in."""
    page: Address = ""
    """Where people see it, if that does not follow from `url`."""

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
