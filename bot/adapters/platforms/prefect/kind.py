"""The entry point: how an instance of Prefect is opened."""

from bot.adapters.platforms.credentials import Basic, Bearer, Credentials, Nobody
from bot.adapters.platforms.prefect.platform import PrefectPlatform
from bot.adapters.platforms.prefect.settings import PrefectSettings
from bot.adapters.platforms.rest import Rest
from bot.ports import Surroundings


class PrefectKind:
    """`type: prefect` in `platforms.yaml`."""

    settings = PrefectSettings

    def open(
        self, name: str, settings: PrefectSettings, surroundings: Surroundings
    ) -> PrefectPlatform:
        rest = Rest(
            name,
            settings.api,
            now=surroundings.now,
            credentials=_credentials(settings, surroundings),
            road=settings.road(surroundings.secret),
            bounds=settings.bounds,
        )
        return PrefectPlatform(name, settings, rest, surroundings.now)


def _credentials(settings: PrefectSettings, surroundings: Surroundings) -> Credentials:
    auth = settings.auth
    if auth.api_key:
        return Bearer(read=lambda: surroundings.secret(auth.api_key))
    if auth.basic:
        return Basic(read=lambda: surroundings.secret(auth.basic))
    return Nobody()


KIND = PrefectKind()
