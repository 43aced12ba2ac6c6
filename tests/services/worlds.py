"""Real services on a real database, with everything outside in a test's hand."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from bot.adapters.database import SqlStore
from bot.domain.actors import Actor
from bot.domain.approvals import Verdict
from bot.domain.audit import AuditEntry
from bot.domain.executions import Execution, Status
from bot.domain.jobs import ApprovalRule, Job
from bot.domain.notices import Card
from bot.services.approvals import Decided
from bot.services.requests import Accepted, RunRequest
from tests.fakes.values import NOW, OPS, execution, job
from tests.services.staff import ANA
from tests.services.wired import Wired

APPROVED_IN_PROD = ApprovalRule(by=("approver",), when={"env": ("prod",)})


class World(Wired):
    """One process of ours, and what people and time do to it."""

    async def ask(self, who: Actor = ANA, request_id: str = "r1", **changes: Any) -> Accepted:
        """A request that needs no form: deploy api → dev, unless `given` says otherwise."""
        done = await self.requests.request(who, run_request(request_id, **changes))
        assert isinstance(done, Accepted), done
        return done

    async def decide(
        self, who: Actor, asked: Execution, verdict: Verdict = Verdict.APPROVE, **changes: Any
    ) -> Decided:
        given: dict[str, Any] = {"digest": asked.digest, **changes}
        return await self.approvals.decide(who, asked.id, verdict, **given)

    async def tick(self) -> int:
        """Every tick once, as the scheduler would call them; returns how much there was to do."""
        return sum(
            [
                await self.approvals.expire_due(),
                await self.starts.begin_due(),
                await self.firing.fire_due(),
                await self.submission.reconcile(),
                await self.submission.submit_due(),
                await self.polling.poll_due(),
                await self.resumptions.resume_due(),
                await self.delivery.deliver_due(),
            ]
        )

    async def settle(self, rounds: int = 6) -> None:
        """Ticks a second apart, until nothing has been left to do for a while."""
        for _ in range(rounds):
            while await self.tick():
                self.clock.advance(0.25)
            if await self._is_quiet():
                return
            self.clock.advance(1)

    async def _is_quiet(self) -> bool:
        underway = [status for status in Status if not status.is_final]
        async with self.store.reading() as tx:
            waiting = await tx.outbox.waiting()
            return not waiting and not await tx.executions.listing(statuses=underway, limit=1)

    async def deliver(self) -> None:
        """What is due is delivered, and nothing else happens."""
        while await self.delivery.deliver_due():
            pass

    async def now(self, execution: int = 1001) -> Execution:
        async with self.store.reading() as tx:
            found = await tx.executions.get(execution)
        assert found is not None
        return found

    async def status(self, execution: int = 1001) -> Status:
        return (await self.now(execution)).status

    async def history(self, execution: int = 1001) -> list[str]:
        return [entry.tag for entry in await self.audited(f"execution:{execution}")]

    async def audited(self, subject: str) -> list[AuditEntry]:
        async with self.store.reading() as tx:
            return list(await tx.audit.about(subject))

    async def running(self, **changes: Any) -> Execution:
        """An execution that its platform runs by now."""
        await self.ask(**changes)
        await self.submission.submit_due()
        found = await self.now()
        assert found.status is Status.RUNNING, found
        return found

    async def ran_before(self, times: int, *, seconds: float) -> None:
        """So many runs of deploy → dev are over that took so long."""
        took = {"started_at": NOW, "ended_at": NOW + timedelta(seconds=seconds)}
        async with self.store.transaction() as tx:
            for number in range(900, 900 + times):
                done = execution(number, environment="dev", status=Status.SUCCEEDED, **took)
                await tx.executions.add(done)

    async def card(self, execution: int = 1001) -> Card:
        found = await self.now(execution)
        async with self.store.reading() as tx:
            return await self.cards.of(tx, found, self.clock.now())

    def lines(self) -> list[str]:
        """What was said in threads of the channel, one word each."""
        return [p.text.split()[0] for p in self.chat.posts if p.key.startswith("line:")]


def run_request(request_id: str = "r1", **changes: Any) -> RunRequest:
    given: dict[str, Any] = {
        "job": "deploy",
        "given": {"app": "api", "env": "dev"},
        "place": OPS,
        "request_id": request_id,
        **changes,
    }
    return RunRequest(**given)


def approved_job(**changes: Any) -> Job:
    return job(approval=APPROVED_IN_PROD, **changes)


PROD = {"app": "api", "env": "prod"}


@asynccontextmanager
async def opened(url: str) -> AsyncGenerator[SqlStore]:
    """A store that does not wait for the disk: tests kill processes, not machines."""
    store = SqlStore(url)
    if not store.is_shared:
        event.listen(store.engine.sync_engine, "connect", _without_waiting)
    yield store
    await store.close()


def _without_waiting(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()
