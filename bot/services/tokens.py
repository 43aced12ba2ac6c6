"""Token budgets: what models cost, counted by workspace and month before it is spent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.domain.actors import Actor
from bot.domain.errors import PortError
from bot.domain.wording import at_rest
from bot.ports import Clock, Outcome, Reply, Store, Transaction
from bot.services.records import record_about
from bot.services.sayings import tell_operators

_SPENT = at_rest(
    "This month's {tokens} tokens for Claude are spent. Until next month the bot understands words "
    "by itself alone; JOBTHREAD_CLAUDE_TOKENS raises the budget."
)
_DENIED = at_rest(
    "Claude's endpoint refuses what the bot asks: check JOBTHREAD_CLAUDE_KEY, "
    "JOBTHREAD_CLAUDE_MODEL and JOBTHREAD_CLAUDE_URL. Words are understood without it."
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """Tokens that are counted as spent while a question is out; `month` is as `2026-11`."""

    workspace: str
    month: str
    tokens: int


class TokenBudgets:
    """`most` is in tokens a month and workspace."""

    def __init__(self, *, store: Store, clock: Clock, most: int) -> None:
        self._store = store
        self._clock = clock
        self._most = most

    async def hold(self, actor: Actor, workspace: str, tokens: int, *, model: str) -> Held | None:
        """Count the most that a question can cost; None, told to the operators, if too much."""
        now = self._clock.now()
        held = Held(workspace=workspace, month=f"{now:%Y-%m}", tokens=tokens)
        async with self._store.transaction() as tx:
            if await tx.spendings.reserve(held.workspace, held.month, tokens, self._most):
                facts = {"model": model, "reserved": tokens}
                await record_about(tx, actor, "model:asked", "words", now, **facts)
                return held
            await self._tell_spent(tx, held, now)
        return None

    async def settle(self, actor: Actor, held: Held, reply: Reply) -> None:
        """Count what it did cost; what nobody knows stays counted as it was held."""
        now, used = self._clock.now(), reply.usage.total if reply.usage else 0
        counted = max(used, held.tokens) if reply.may_have_cost else used
        try:
            async with self._store.transaction() as tx:
                await tx.spendings.settle(held.workspace, held.month, counted - held.tokens)
                facts = {**_facts(reply), "counted": counted}
                await record_about(tx, actor, "model:answered", "words", now, **facts)
                if reply.outcome is Outcome.DENIED:
                    await self._tell_denied(tx, now)
        except PortError as error:
            # What is held stands, which is more than it cost: nothing was spent uncounted.
            log.warning("model_not_settled", error=str(error))

    async def _tell_spent(self, tx: Transaction, held: Held, now: datetime) -> None:
        """Once a month and workspace."""
        key = f"model:spent:{held.workspace}:{held.month}"
        if await tx.tallies.tells(key, now, now + timedelta(days=32)):
            await tell_operators(tx, key, now, _SPENT.format(tokens=self._most))

    async def _tell_denied(self, tx: Transaction, now: datetime) -> None:
        """Once a day."""
        if await tx.tallies.tells("model:denied", now, now + timedelta(days=1)):
            await tell_operators(tx, f"model:denied:{now:%Y-%m-%d}", now, _DENIED)


def _facts(reply: Reply) -> dict[str, Any]:
    facts = {"outcome": reply.outcome.value, "answer": reply.request_id}
    usage = reply.usage
    if usage is None:
        return facts
    read = usage.fresh + usage.written + usage.cached
    return {**facts, "read": read, "cached": usage.cached, "said": usage.said}
