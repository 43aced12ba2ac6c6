"""Hosts: what ran on one that is gone is lost, and said to be; a healthy one is never given up."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog

from bot.domain.actors import SYSTEM
from bot.domain.executions import LIVE, Execution, Status
from bot.domain.processes import Host
from bot.domain.results import Result
from bot.domain.wording import at_rest
from bot.ports import Clock, Store, Transaction
from bot.services.detours import end_notices_of_host
from bot.services.moves import finish
from bot.services.presences import BEAT_EVERY
from bot.services.sayings import tell_operators

log = structlog.get_logger(__name__)

LOOK_EVERY = BEAT_EVERY

LOST_AT_ONCE = 50
"""Executions of a gone host that are written down in one transaction."""

ROUNDS = 10
"""Transactions for one host in one look; what is left is for the next one."""

_CAUSE = at_rest(
    "Its host {machine} was last seen {seen_at} UTC. {known} Look there, for run {key}, before you "
    "run it again; should {host} come back, what became of it is told here."
)
_TO_START = at_rest("It was to be started there then, and nobody knows whether it began.")
_TO_STOP = at_rest("It was to be stopped there then, and may run on or have ended.")
_TO_STOP_LAST = at_rest(
    "It was to be stopped there then, last at “{last}”, and may run on or have ended."
)
_RAN = at_rest("It ran there then, and may run on or have ended.")
_RAN_LAST = at_rest("It ran there then, last at “{last}”, and may run on or have ended.")
_GONE = at_rest(
    "The host {host} was last seen {seen_at} UTC. What ran there counts as lost now; each thread "
    "says what is known and what to check."
)


class Hosts:
    """A worker watches whether the rows of other hosts change, by its own clock alone.

    So neither a clock that differs, nor one that jumped, nor a database that was away makes a host
    look dead: what is not looked at without a pause for a whole `lease` is not judged.
    """

    def __init__(self, *, store: Store, clock: Clock, host: str, lease: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._own = host
        self._silences = _Silences(lease)

    async def lose_gone(self) -> int:
        """End what ran on hosts that are gone; returns how many executions that were."""
        async with self._store.reading() as tx:
            known = await tx.presences.with_work()
        others = [each for each in known if each.host != self._own]
        gone = self._silences.whole(others, self._clock.now())
        return sum([await self._lose(each) for each in gone])

    async def _lose(self, host: Host) -> int:
        lost = 0
        for _ in range(ROUNDS):
            now = self._clock.now()
            async with self._store.transaction() as tx:
                if host not in await tx.presences.with_work():
                    # Seen again just now, or somebody else ended what it had.
                    break
                ended = await _lose_some(tx, host, now)
                if ended == 0:
                    await end_notices_of_host(tx, host.host, now)
                else:
                    await _tell(tx, host, now)
            lost += ended
            if ended == 0:
                break
        log.warning("host_gone", host=host.host, name=host.name, lost=lost)
        return lost


class _Silences:
    """Since when each host has said nothing."""

    def __init__(self, lease: timedelta) -> None:
        self._lease = lease
        self._longest_pause = max(2 * LOOK_EVERY, lease / 4)
        self._looked_at: datetime | None = None
        self._since: dict[Host, datetime] = {}

    def whole(self, hosts: Sequence[Host], now: datetime) -> Sequence[Host]:
        """Those whose row was the same in every look of a whole lease."""
        pause = now - (self._looked_at or now)
        if not timedelta() <= pause <= self._longest_pause:
            self._since.clear()
        self._looked_at = now
        self._since = {each: self._since.get(each, now) for each in hosts}
        return [each for each, since in self._since.items() if now - since >= self._lease]


async def _lose_some(tx: Transaction, host: Host, now: datetime) -> int:
    found = await tx.executions.of_host(host.host, tuple(LIVE), LOST_AT_ONCE)
    # Read once more, for now they are ours to write.
    fresh = await tx.executions.numbered([each.id for each in found])
    live = [each for each in fresh if each.status.is_live and each.host == host.host]
    for each in live:
        cause = _cause(each, host)
        result = Result(cause=cause, tail=each.tail)
        # Due: if the host comes back, it looks for what became of it.
        after = each.moved_to(Status.LOST, now, result=result, due_at=now)
        await finish(tx, each, after, SYSTEM, now, cause=cause, host=host.host)
    return len(live)


def _cause(execution: Execution, host: Host) -> str:
    machine = f" ({host.name})" if host.name and host.name not in host.host else ""
    return _CAUSE.format(
        host=host.host,
        machine=f"{host.host}{machine}",
        seen_at=_seen(host),
        known=_known(execution),
        key=execution.request_key,
    )


def _known(execution: Execution) -> str:
    if execution.started_at is None:
        return _TO_START
    step = execution.progress.step if execution.progress else ""
    last = step or (execution.tail[-1] if execution.tail else "")
    if execution.status is Status.CANCELLING:
        known = _TO_STOP_LAST if last else _TO_STOP
    else:
        known = _RAN_LAST if last else _RAN
    return known.format(last=last[:80])


def _seen(host: Host) -> str:
    return f"{host.seen_at.astimezone(UTC):%Y-%m-%d %H:%M}"


async def _tell(tx: Transaction, host: Host, now: datetime) -> None:
    sentence = _GONE.format(host=host.host, seen_at=_seen(host))
    key = f"host:gone:{host.host}:{host.seen_at.timestamp():.0f}"
    await tell_operators(tx, key, now, sentence)
