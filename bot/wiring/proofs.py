"""What proves the audit log, wired: the key that signs, and where its copies are kept."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.adapters.archives import CheckpointFile, archive_of
from bot.adapters.database import SqlStore
from bot.adapters.seals import Signer, signer_given
from bot.ports import Archive, Clock
from bot.services.audits import Audits
from bot.services.prunings import Prunings
from bot.services.shipments import Shipments
from bot.settings import Settings

KEY_FILE = "audit.key"
"""The name of a key that nobody gave, in the state folder."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditProof:
    """The use cases around the chain; without an archive nothing is shipped, nor pruned by itself.

    `kept` is how long rows stay that are in the archive; None is for ever.
    """

    audits: Audits
    prunings: Prunings
    shipments: Shipments | None
    clock: Clock
    kept: timedelta | None

    async def ship(self) -> int:
        """Copy what is new to the archive, if there is one; returns how many pieces."""
        return await self.shipments.ship() if self.shipments else 0

    async def prune(self) -> int:
        """Take away what the archive has and is old enough; returns how many rows."""
        if self.kept is None or self.shipments is None:
            return 0
        before = self.clock.now() - self.kept
        return await self.prunings.prune(before, await self.shipments.kept_upto())


def signer_of(settings: Settings) -> Signer:
    """The key of the settings, or the one in the state folder. Raises Mistake or OSError."""
    own = settings.jobthread_state.absolute() / KEY_FILE
    return signer_given(settings.jobthread_audit_key.get_secret_value().strip(), own)


def witness_of(settings: Settings) -> CheckpointFile | None:
    """The file of checkpoints, if there is to be one."""
    file = checkpoints_of(settings)
    return CheckpointFile(file) if file else None


def checkpoints_of(settings: Settings) -> Path | None:
    """Where checkpoints are appended."""
    said = settings.jobthread_audit_checkpoints
    return Path(said).absolute() if said else None


def shipments_of(settings: Settings, store: SqlStore, clock: Clock) -> Shipments | None:
    """Copies into the archive of the settings, if there is one. Raises Mistake."""
    if not settings.jobthread_audit_archive:
        return None
    return Shipments(store=store, clock=clock, archive=archive_for(settings))


def archive_for(settings: Settings) -> Archive:
    """The archive that the settings name. Raises Mistake."""
    return archive_of(
        settings.jobthread_audit_archive,
        endpoint=settings.jobthread_audit_s3_endpoint,
        region=settings.jobthread_audit_s3_region,
        key_id=settings.jobthread_audit_s3_key_id,
        secret=settings.jobthread_audit_s3_secret.get_secret_value(),
    )


def audit_proof(settings: Settings, store: SqlStore, clock: Clock) -> AuditProof:
    """Everything around the chain. Raises Mistake or OSError when a setting is of no use."""
    signer, witness = signer_of(settings), witness_of(settings)
    days = settings.jobthread_audit_kept_days
    return AuditProof(
        audits=Audits(store=store, clock=clock, signer=signer, witness=witness),
        prunings=Prunings(store=store, clock=clock, signer=signer, witness=witness),
        shipments=shipments_of(settings, store, clock),
        clock=clock,
        kept=timedelta(days=days) if days else None,
    )
