"""Prunings: old audit rows are taken away once they are kept elsewhere; the proof goes on."""

from datetime import datetime

import structlog

from bot.domain.actors import SYSTEM
from bot.domain.audit import AuditEntry
from bot.domain.chains import BEGINNING, Anchor, Checkpoint, Walk, next_checkpoint
from bot.domain.errors import Permanent, Stale
from bot.ports import Clock, Signer, Store, Witness
from bot.services.audits import PAGE

log = structlog.get_logger(__name__)

TAKEN_AT_ONCE = 5_000
"""Rows that one transaction takes away, so that it never lasts."""


class Prunings:
    """Rows go only up to a signed checkpoint, and only when they are surely kept elsewhere.

    The pruning is an audit row, and a signed checkpoint says where the chain begins from then on.
    """

    def __init__(
        self, *, store: Store, clock: Clock, signer: Signer, witness: Witness | None = None
    ) -> None:
        self._store = store
        self._clock = clock
        self._signer = signer
        self._witness = witness

    async def prune(
        self, before: datetime, kept_upto: int, *, actor: str = "system:/system"
    ) -> int:
        """Take away rows that were signed before then and are kept elsewhere up to `kept_upto`.

        Returns how many. Raises Permanent when this role may not, or the chain does not hold, and
        Stale when somebody signed at the same moment.
        """
        async with self._store.reading() as tx:
            newest = await tx.proofs.newest()
            upto = await tx.proofs.checkpoint_upto(kept_upto, before)
        anchor = newest.anchor if newest else BEGINNING
        if newest is not None and upto is not None and upto.upto.seq > anchor.seq:
            await self._prove(anchor, upto.upto)
            await self._anchor(newest, upto, actor)
        return await self._take_away()

    async def _prove(self, anchor: Anchor, upto: Anchor) -> None:
        """What is taken away was whole; afterwards only its copies can be proven."""
        walk = Walk(anchor)
        while walk.at.seq < upto.seq:
            async with self._store.reading() as tx:
                links = await tx.proofs.links(walk.at.seq, PAGE, upto=upto.seq)
            broken = next((broken for link in links if (broken := walk.take(link))), None)
            if broken is not None or not links:
                row = broken.seq if broken else upto.seq
                raise Permanent(f"the audit chain is broken at row {row}", code="audit_broken")
        if walk.at != upto:
            raise Permanent(f"the audit chain is broken at row {upto.seq}", code="audit_broken")

    async def _anchor(self, newest: Checkpoint, upto: Checkpoint, actor: str) -> None:
        now = self._clock.now()
        # Nothing is added to what is proven: only where it begins changes.
        unsigned = next_checkpoint(newest, newest.upto, now, self._signer.key, anchor=upto.upto)
        checkpoint = self._signer.signed(unsigned)
        entry = AuditEntry(
            at=now,
            tag="audit:rows:pruned",
            actor=actor,
            actor_name=SYSTEM.name if actor == "system:/system" else actor.partition(":")[2],
            subject="audit",
            detail={
                "upto": upto.upto.seq,
                "rows": upto.upto.count - newest.anchor.count,
                "hash": upto.upto.hash,
                "checkpoint": checkpoint.number,
                "key": checkpoint.key,
            },
        )
        async with self._store.transaction() as tx:
            if not await tx.proofs.add(checkpoint):
                raise Stale("The audit log was signed at the same moment; prune again.")
            await tx.audit.write(entry)
        log.info("audit_anchored", checkpoint=checkpoint.number, row=upto.upto.seq)
        if self._witness is not None:
            await self._witness.keep(checkpoint)

    async def _take_away(self) -> int:
        """Also what a pruning that was interrupted left."""
        gone = 0
        while True:
            async with self._store.transaction() as tx:
                taken = await tx.proofs.prune(TAKEN_AT_ONCE)
            gone += taken
            if taken < TAKEN_AT_ONCE:
                return gone
