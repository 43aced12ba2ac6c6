"""Audits: the newest rows of the chain are proven again and again, so that a break is noticed."""

from bot.domain.errors import Permanent
from bot.ports import Clock, Store
from bot.services.moves import tell_operators

LATEST = 1_000
"""Rows proven at a time: what a busy minute writes. All of them: `jobthread audit verify`."""


class Audits:
    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def prove_latest(self) -> None:
        """Raises Permanent when a row does not follow from the one before; operators are told."""
        async with self._store.reading() as tx:
            broken = await tx.audit.first_broken(LATEST)
        if broken is None:
            return
        sentence = (
            f"The audit log is broken at row {broken}: it was changed after it was written, or a "
            "row before it was taken away. Keep a copy of the database and run "
            "`jobthread audit verify`."
        )
        async with self._store.transaction() as tx:
            await tell_operators(tx, f"audit:broken:{broken}", self._clock.now(), sentence)
        raise Permanent(f"the audit chain is broken at row {broken}", code="audit_broken")
