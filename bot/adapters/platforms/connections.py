"""What every platform that is reached over REST may be told of its connection."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.adapters.notations import Duration, Words
from bot.adapters.platforms.addresses import Address, Reference
from bot.adapters.platforms.rest import Bounds, Road


class Written(BaseModel):
    """Keys as an operator writes them; the docstrings are what editors show."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Connection(Written):
    """The keys that all of them have."""

    tags: Words = ("chatops",)
    """What is there and has all of these tags is offered."""
    ca: str = ""
    """A file of the authorities that its certificate is held against."""
    proxy: Address = ""
    """A way out, as http://host:3128."""
    proxy_auth: Reference = ""
    """Where `name:password` of the proxy is: env:NAME, file:/PATH or store:NAME."""
    stops_within: Annotated[Duration, Field(gt=timedelta(), le=timedelta(days=1))] = timedelta(
        minutes=2
    )
    """How long a run that was told to stop may take, with what it has to clean up."""
    timeout: Annotated[Duration, Field(gt=timedelta(), le=timedelta(minutes=2))] = timedelta(
        seconds=20
    )
    """How long an answer may take."""
    requests: Annotated[int, Field(ge=1, le=64)] = 8
    """Most requests under way at a time."""

    def road(self, secret: Callable[[str], str]) -> Road:
        """`secret` reads a reference, as `Surroundings.secret` does."""
        read = partial(secret, self.proxy_auth) if self.proxy_auth else None
        return Road(ca=self.ca, proxy=self.proxy, proxy_auth=read)

    @property
    def bounds(self) -> Bounds:
        wait = self.timeout.total_seconds()
        return Bounds(read=wait, total=wait * 1.5, concurrency=self.requests)
