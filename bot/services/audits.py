"""Audits: the chain is proven again and again, and what was proven is signed."""

import structlog

from bot.domain.chains import BEGINNING, Checkpoint, Walk, next_checkpoint
from bot.domain.errors import Permanent
from bot.domain.wording import at_rest
from bot.ports import Clock, Signer, Store, Transaction, Witness
from bot.services.sayings import tell_operators

log = structlog.get_logger(__name__)

LATEST = 1_000
"""Rows proven at a time: what a busy minute writes. All of them: `jobthread audit verify`."""

PAGE = 500
"""Rows read at a time: their hashes keep the event loop for some milliseconds."""


_BROKEN = at_rest(
    "The audit log is broken at row {row}: it was changed after it was written, or a row before it "
    "was taken away. Keep a copy of the database and run `jobthread audit verify`."
)


class Audits:
    """Proves the rows that came since the last checkpoint, and signs the new one."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        signer: Signer | None = None,
        witness: Witness | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._signer = signer
        self._witness = witness

    async def prove_latest(self) -> None:
        """Raises Permanent when a row does not follow from the one before; operators are told."""
        async with self._store.reading() as tx:
            broken = await tx.audit.first_broken(LATEST)
        if broken is not None:
            await self._tell(broken)

    async def sign(self) -> Checkpoint | None:
        """Sign the chain as far as it is proven since the last signature; None: nothing new.

        A chain that is broken is never signed: raises Permanent, and operators are told. A witness
        that does not take the checkpoint raises Temporary after it was written to the database.
        """
        assert self._signer is not None, "wiring gives a signer to whoever signs"
        async with self._store.reading() as tx:
            newest = await tx.proofs.newest()
            before = newest.upto if newest else BEGINNING
            walk = Walk(before)
            broken = await _along(tx, walk)
        if broken is not None:
            await self._tell(broken)
        if walk.at == before:
            return None
        now = self._clock.now()
        unsigned = next_checkpoint(newest, walk.at, now, self._signer.key)
        checkpoint = self._signer.signed(unsigned)
        async with self._store.transaction() as tx:
            if not await tx.proofs.add(checkpoint):
                # Another process was faster, and signed the same.
                return None
        log.info("audit_signed", checkpoint=checkpoint.number, row=checkpoint.upto.seq)
        if self._witness is not None:
            await self._witness.keep(checkpoint)
        return checkpoint

    async def _tell(self, broken: int) -> None:
        sentence = _BROKEN.format(row=broken)
        async with self._store.transaction() as tx:
            await tell_operators(tx, f"audit:broken:{broken}", self._clock.now(), sentence)
        raise Permanent(f"the audit chain is broken at row {broken}", code="audit_broken")


async def _along(tx: Transaction, walk: Walk) -> int | None:
    """Walk to the end; the number of the first row that does not follow."""
    signed = walk.at
    if signed.seq:
        # The signed row itself must still be what was signed, or everything after it was made up.
        found = await tx.proofs.links(signed.seq - 1, 1, upto=signed.seq)
        newest = await tx.proofs.newest()
        is_pruned = newest is not None and newest.anchor.seq >= signed.seq
        if not is_pruned and [link.hash for link in found] != [signed.hash]:
            return signed.seq
    while links := await tx.proofs.links(walk.at.seq, PAGE):
        for link in links:
            if broken := walk.take(link):
                return broken.seq
    return None
