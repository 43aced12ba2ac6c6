"""What stands below an Airflow in `platforms.yaml`, and how an instance is made of it."""

from typing import Annotated, Self, TypeAlias

from pydantic import AfterValidator, Field, TypeAdapter, model_validator

from bot.adapters.platforms.addresses import Address, Reference
from bot.adapters.platforms.airflow.api import Api
from bot.adapters.platforms.airflow.credentials import SignedIn
from bot.adapters.platforms.airflow.platform import AirflowPlatform
from bot.adapters.platforms.airflow.wire import Token
from bot.adapters.platforms.connections import Connection, Written
from bot.adapters.platforms.credentials import Bearer, Credentials, Nobody, secret_of
from bot.adapters.platforms.rest import Rest
from bot.ports import Surroundings

_TOKEN = TypeAdapter(Token)


def _base(address: str) -> str:
    return address.removesuffix("/api/v2")


Server: TypeAlias = Annotated[Address, AfterValidator(_base)]


class AirflowAuth(Written):
    """A user of Airflow and a reference of its password, or a reference of a token."""

    user: str = ""
    """The name of our account there; a token is fetched for it, and anew when it runs out."""
    password: Reference = ""
    """Where its password is: env:NAME, file:/PATH or store:NAME."""
    token: Reference = ""
    """Where a token is that somebody else keeps fresh; it is read again when it runs out."""

    @model_validator(mode="after")
    def only_one(self) -> Self:
        if bool(self.user) != bool(self.password):
            raise ValueError("say user and password together")
        if self.user and self.token:
            raise ValueError("say user and password, or token, not both")
        return self


class AirflowSettings(Connection):
    """One Airflow 3."""

    url: Annotated[Server, Field(min_length=1)]
    """Its address, as a browser has it; with the prefix of `[api] base_url`, if there is one."""
    auth: AirflowAuth = AirflowAuth()
    """How we are let in."""
    page: Server = ""
    """Where people see it, if that is another address than `url`."""


class AirflowKind:
    """`type: airflow` in `platforms.yaml`."""

    settings = AirflowSettings

    def open(
        self, name: str, settings: AirflowSettings, surroundings: Surroundings
    ) -> AirflowPlatform:
        road, bounds = settings.road(surroundings.secret), settings.bounds
        entrance = Rest(name, settings.url, now=surroundings.now, road=road, bounds=bounds)
        rest = Rest(
            name,
            settings.url,
            now=surroundings.now,
            credentials=_credentials(settings.auth, entrance, surroundings),
            road=road,
            bounds=bounds,
            # A token signed with a key that is no more, as after a restart, is a 403 to Airflow.
            outdated=frozenset({401, 403}),
        )
        return AirflowPlatform(
            name,
            Api(rest),
            page=settings.page or settings.url,
            tags=settings.tags,
            now=surroundings.now,
            stops_within=settings.stops_within,
            entrance=entrance,
        )


def _credentials(auth: AirflowAuth, entrance: Rest, surroundings: Surroundings) -> Credentials:
    if auth.token:
        return Bearer(read=lambda: surroundings.secret(auth.token))
    if not auth.user:
        return Nobody()

    async def sign_in() -> str:
        password = secret_of(lambda: surroundings.secret(auth.password))
        reply = await entrance.call(
            "POST",
            "/auth/token",
            json={"username": auth.user, "password": password},
            ok=frozenset({200, 201}),
            repeatable=True,
            hidden=(password,),
        )
        return reply.read(_TOKEN).access_token

    return SignedIn(sign_in)


KIND = AirflowKind()
