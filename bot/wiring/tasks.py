"""Ticks, loops and pushes, for as long as the bot runs."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta

import structlog

from bot.domain.instances import LOCAL
from bot.domain.processes import Role
from bot.ports import Capability, JobPlatform, Work
from bot.scheduler import Loop, Tick, run_loop, start_ticks
from bot.services.bursts import bursts
from bot.services.hosts import LOOK_EVERY
from bot.services.polling import ENDS_AT_ONCE, POLLED_AT_ONCE
from bot.services.presences import BEAT_EVERY
from bot.wiring.outside import Outside
from bot.wiring.parts import Services
from bot.wiring.proofs import audit_proof

log = structlog.get_logger(__name__)

HURRY = 1.0
"""Seconds after which a loop looks for work that nobody woke it for."""


@asynccontextmanager
async def tasks_of(
    services: Services, outside: Outside, roles: frozenset[Role]
) -> AsyncGenerator[int]:
    """What these roles do again and again; when left, rounds that were begun come to their end."""
    ticks = [
        Tick(name="beat", seconds=BEAT_EVERY.total_seconds(), work=services.presences.beat),
        *(_worker_ticks(services, outside) if Role.WORKER in roles else ()),
        *_offer_ticks(services, outside, roles),
    ]
    loops = _worker_loops(services, outside) if Role.WORKER in roles else ()
    watch = outside.instruments.watch
    over = asyncio.Event()
    scheduler = start_ticks(ticks, watch)
    tasks = {
        loop: asyncio.create_task(run_loop(loop, watch, over), name=loop.name) for loop in loops
    }
    try:
        yield len(tasks)
    finally:
        over.set()
        scheduler.pause()
        for loop, task in tasks.items():
            if loop.lasts:
                task.cancel()
        if not await watch.ended(outside.settings.jobthread_drain_seconds):
            log.warning("rounds_cut_short", seconds=outside.settings.jobthread_drain_seconds)
        await services.delivery.close()
        # Shut down, the scheduler cancels what it still runs; whatever that was has a lease.
        scheduler.shutdown(wait=False)
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)


class _Punctual:
    """Work that is looked for when it comes due, and not only when a loop comes round.

    `rest` says in how many seconds that is, at most as many as it is given.
    """

    def __init__(
        self, work: Callable[[], Awaitable[int]], rest: Callable[[float], Awaitable[float]]
    ) -> None:
        self.rest = HURRY
        self._work = work
        self._until_due = rest

    async def work(self) -> int:
        done = await self._work()
        if not done:
            self.rest = await self._until_due(HURRY)
        return done


def _offer_ticks(services: Services, outside: Outside, roles: frozenset[Role]) -> Sequence[Tick]:
    """Workers ask platforms what they offer; every process takes over what they said.

    What a platform offered that was taken out of the file is withdrawn by workers without any, too.
    """
    asked = Tick(name="offers", seconds=2, work=services.discoveries.look)
    known = Tick(name="catalogue", seconds=3, work=services.discoveries.refresh)
    withdrawn = Tick(name="withdraw_offers", seconds=30, work=services.withdrawals.look)
    forgotten = Tick(name="forget_offers", seconds=3_600, work=services.withdrawals.forget_old)
    is_worker, has_offers = Role.WORKER in roles, bool(outside.instances.offering)
    return (
        *((known,) if has_offers else ()),
        *((asked,) if has_offers and is_worker else ()),
        *((withdrawn, forgotten) if is_worker else ()),
    )


def _worker_ticks(services: Services, outside: Outside) -> Sequence[Tick]:
    async def prune() -> None:
        kept = timedelta(days=outside.settings.jobthread_runs_kept_days)
        await outside.local.prune(outside.clock.now() - kept)

    async def forget() -> None:
        await services.inbox.forget_old()
        await services.presences.forget_old()
        await services.desk.step_ups.forget_old()

    settings = outside.settings
    proof = audit_proof(settings, outside.store, outside.clock)
    signed = Tick(
        name="sign", seconds=settings.jobthread_audit_sign_seconds, work=proof.audits.sign
    )
    return (
        Tick(name="expire", seconds=2, work=services.approvals.expire_due),
        Tick(name="starts", seconds=1, work=services.starts.begin_due),
        Tick(name="schedules", seconds=1, work=services.firing.fire_due),
        Tick(name="reconcile", seconds=5, work=services.submission.reconcile),
        Tick(name="hosts", seconds=LOOK_EVERY.total_seconds(), work=services.hosts.lose_gone),
        Tick(name="platforms", seconds=15, work=services.outages.look),
        Tick(name="returns", seconds=5, work=services.returns.look),
        Tick(name="audit", seconds=60, work=proof.audits.prove_latest),
        signed,
        Tick(name="ship", seconds=60, work=proof.ship),
        Tick(name="prune_audit", seconds=3_600, work=proof.prune),
        Tick(name="forget", seconds=3_600, work=forget),
        Tick(name="prune", seconds=3_600, work=prune),
    )


def _worker_loops(services: Services, outside: Outside) -> Sequence[Loop]:
    async def polled() -> int:
        """Something only when there is more: a look comes round when it is due, not at once."""
        return int(await services.polling.poll_due() >= POLLED_AT_ONCE)

    looks = _Punctual(polled, services.polling.rest)
    deliveries = _Punctual(services.delivery.deliver_due, services.delivery.rest)

    def pushes_of(platform: JobPlatform) -> Loop:
        async def pushed() -> int:
            async with aclosing(bursts(platform.changes(), ENDS_AT_ONCE)) as changed:
                async for keys in changed:
                    await outside.instruments.watch.guarded(
                        "push", lambda keys=keys: services.polling.changed(platform.name, *keys)
                    )
            return 0

        # The embedded one keeps the plain name, by which it is watched since 0.1.0.
        name = "pushes" if platform.name == LOCAL else f"pushes of {platform.name}"
        return Loop(name=name, woken=lambda: asyncio.sleep(HURRY), work=pushed, lasts=True)

    pushing = [p for p in outside.platforms.values() if Capability.PUSH in p.capabilities]

    return (
        Loop(
            name="submit",
            woken=lambda: outside.store.woken(Work.SUBMISSION, HURRY),
            work=services.submission.submit_due,
        ),
        Loop(
            name="deliver",
            woken=lambda: outside.store.woken(Work.DELIVERY, deliveries.rest),
            work=deliveries.work,
        ),
        Loop(
            name="resume",
            woken=lambda: outside.store.woken(Work.WAITS, HURRY),
            work=services.resumptions.resume_due,
        ),
        # A stop that was asked for elsewhere reaches the host that runs it by this.
        Loop(
            name="poll",
            woken=lambda: outside.store.woken(Work.POLLING, looks.rest),
            work=looks.work,
        ),
        *map(pushes_of, pushing),
    )
