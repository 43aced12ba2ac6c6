"""A bucket of S3, or of whatever speaks its protocol, that keeps the audit log."""

from datetime import timedelta
from typing import TYPE_CHECKING

from obstore.exceptions import (
    BaseError,
    GenericError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from bot.domain.errors import Permanent, Temporary

if TYPE_CHECKING:
    from obstore.store import S3Config

_CONNECT = timedelta(seconds=5)
_WHOLE = timedelta(seconds=30)
_RETRIES = 2


class BucketArchive:
    """A bucket of S3, or of whatever speaks its protocol; pieces lie below `prefix`."""

    def __init__(
        self,
        bucket: str,
        *,
        prefix: str = "",
        endpoint: str = "",
        region: str = "",
        key_id: str = "",
        secret: str = "",
    ) -> None:
        self._prefix = prefix.strip("/")
        # What is not given is as with any program of AWS: its environment, or the machine's role.
        config: S3Config = {}
        if region:
            config["region"] = region
        if endpoint:
            config["endpoint"] = endpoint
        if key_id:
            config |= {"access_key_id": key_id, "secret_access_key": secret}
        self._bucket = S3Store(
            bucket,
            config=config,
            # Whatever is not AWS itself seldom has a name for each bucket.
            virtual_hosted_style_request=not endpoint,
            # With a digest of its own a piece is taken whole, and by buckets that lock objects.
            checksum_algorithm="SHA256",
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "connect_timeout": _CONNECT,
                "timeout": _WHOLE,
            },
            retry_config={"max_retries": _RETRIES, "retry_timeout": _WHOLE},
        )

    async def put(self, name: str, content: bytes) -> None:
        path = f"{self._prefix}/{name}" if self._prefix else name
        try:
            await self._bucket.put_async(path, content, use_multipart=False)
        except (PermissionDeniedError, UnauthenticatedError, FileNotFoundError) as error:
            raise Permanent(f"the bucket refused {name}: {error}", code="archive") from error
        except (GenericError, BaseError, OSError) as error:
            raise Temporary(f"the bucket did not take {name}: {error}", code="archive") from error
