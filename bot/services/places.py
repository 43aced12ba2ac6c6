"""Places on platforms: at most so many runs of one are live at a time, in the order of asking."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.executions import Execution
from bot.domain.wording import at_rest
from bot.ports import Transaction
from bot.services.moves import show_card

LOOK_AGAIN = timedelta(seconds=5)
"""How long whoever is first waits at most; an end calls them sooner."""

LONGEST_WAIT = timedelta(minutes=2)

_FULL = at_rest("It waits for a place on {platform}, where at most {limit} run at a time.")


class Places:
    """`limits` are by platform; without one, any number may run there."""

    def __init__(self, limits: Mapping[str, int]) -> None:
        self._limits = limits

    async def is_full(self, tx: Transaction, fresh: Execution, now: datetime) -> bool:
        """True when this has to wait; that was written then, and nobody else counts meanwhile."""
        limit = self._limits.get(fresh.platform)
        if limit is None:
            return False
        live, before = await tx.places.taken(fresh, now)
        if live + before < limit:
            return False
        note = _FULL.format(platform=fresh.platform, limit=limit)
        # Those far behind need not look as often as whoever is next.
        due = now + min(LOOK_AGAIN * (1 + before // limit), LONGEST_WAIT)
        if fresh.start_until is not None:
            due = min(due, fresh.start_until)
        saved = await tx.executions.save(replace(fresh, due_at=due, queued=True, note=note))
        if saved is not None and fresh.note != note:
            await show_card(tx, saved, now)
        return True
