"""Resumptions: people are asked how a run goes on, and what they said reaches its platform once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.domain.actors import SYSTEM
from bot.domain.arguments import arguments_of
from bot.domain.errors import Permanent, PortError, Temporary
from bot.domain.executions import Execution, Status
from bot.domain.jobs import Command, Job
from bot.domain.pauses import Answer
from bot.domain.waits import Reply, Standing, Wait
from bot.domain.wording import at_rest
from bot.ports import Clock, JobPlatform, Store, Transaction
from bot.services.answerers import Answerers
from bot.services.moves import record, show_card
from bot.services.rounds import every, within
from bot.services.waits import show_wait, tell_answerer

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=90)
"""How long nobody else looks at a wait that one looks at: longer than asking and looking take."""

LONGEST_ANSWER = timedelta(seconds=30)
LOOK_AGAIN = timedelta(seconds=5)
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=1)
AT_ONCE = 20

_ENDED = at_rest("The run ended before anybody answered.")
_STOPPING = at_rest("The run is being cancelled.")
_NOBODY = at_rest("Nobody answered in time.")
_ELSEWHERE = at_rest("It went on without an answer from here.")
_TOO_LATE = at_rest("The answer came too late: {why}")
_NOT_TAKEN = at_rest("{who} answered, and {platform} did not take it: {why}")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sent:
    """A reply on its way; `unsure`: an earlier try of it may have been taken."""

    execution: Execution
    wait: Wait
    reply: Reply
    unsure: bool

    @property
    def keys(self) -> tuple[str, str]:
        return self.wait.request_key, self.wait.pause.key


class Resumptions:
    """What the worker does with waits. A crash between any two steps leads to the same end."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        platforms: Mapping[str, JobPlatform],
        answerers: Answerers,
        host: str = "",
    ) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._answerers = answerers
        self._hosts = ("", host)

    async def resume_due(self, *, restarted: bool = False) -> int:
        """Look at what is due; returns how many there were.

        `restarted`: this process is the only one and has just begun, so every lease is over.
        """
        now = self._clock.now()
        horizon = now + LEASE if restarted else now
        async with self._store.transaction() as tx:
            due = await tx.waits.claim(horizon, horizon + LEASE, AT_ONCE, hosts=self._hosts)
        await every(self._look(each) for each in due)
        return len(due)

    async def _look(self, wait: Wait) -> None:
        try:
            if wait.standing is Standing.OPEN:
                await self._open(wait)
            else:
                await self._hand_over(wait)
        except PortError as error:
            log.warning("wait_put_off", execution_id=wait.execution, error=str(error))
            await self._put_off(wait, self._clock.now() + LOOK_AGAIN)

    async def _open(self, wait: Wait) -> None:
        """Somebody is asked, or need not be any more."""
        async with self._store.reading() as tx:
            execution = await tx.executions.get(wait.execution)
        if execution is None or not _is_at(execution, wait):
            await self._over(wait)
            return
        if wait.is_asked:
            await self._put_off(wait, None)
            return
        asked = replace(wait, needs=await self._answerers.needs(execution, wait.occasion))
        voices = await self._answerers.to_ask(execution, asked)
        people = [voice.speaker.id for voice in voices]
        now = self._clock.now()
        async with self._store.transaction() as tx:
            execution = await tx.executions.get(wait.execution)
            fresh = await tx.waits.get(wait.request_key, wait.pause.key)
            if execution is None or fresh is None or fresh.standing is not Standing.OPEN:
                return
            if fresh.pause != wait.pause or not _is_at(execution, fresh):
                await tx.waits.save(replace(fresh, due_at=now))
                return
            kept = replace(fresh, needs=asked.needs, is_asked=True, due_at=None)
            await tx.waits.save(kept)
            new = [each for each in people if kept.copy_of(each) is None]
            await show_wait(tx, execution, kept, now, new)

    async def _over(self, wait: Wait) -> None:
        now = self._clock.now()
        async with self._store.transaction() as tx:
            execution = await tx.executions.get(wait.execution)
            fresh = await tx.waits.get(wait.request_key, wait.pause.key)
            if execution is None or fresh is None or fresh.standing is not Standing.OPEN:
                return
            if _is_at(execution, fresh):
                await tx.waits.save(replace(fresh, due_at=now))
                return
            await _end(tx, execution, fresh, _why_over(execution, fresh, now), now)

    async def _hand_over(self, wait: Wait) -> None:
        sent = await self._begin_to_send(wait)
        if sent is None:
            return
        platform = self._platforms.get(sent.execution.platform)
        if platform is None:
            raise Permanent(f"there is no platform called {sent.execution.platform}")
        try:
            answering = platform.answer(wait.request_key, _answer(sent))
            await within(LONGEST_ANSWER, answering)
        except Temporary as error:
            await self._later(sent, error, unsure=sent.unsure)
        except PortError as error:
            await self._find_out(platform, sent, error)
        else:
            await self._taken(sent)

    async def _begin_to_send(self, wait: Wait) -> _Sent | None:
        """Written down before it is sent, so that whoever comes after a crash knows of it."""
        async with self._store.transaction() as tx:
            execution = await tx.executions.get(wait.execution)
            fresh = await tx.waits.get(wait.request_key, wait.pause.key)
            if execution is None or fresh is None or fresh.reply is None:
                return None
            if fresh.standing is not Standing.ANSWERED:
                return None
            sending = replace(fresh, tries=fresh.tries + 1, unsure=True)
            await tx.waits.save(sending)
        return _Sent(execution=execution, wait=sending, reply=fresh.reply, unsure=fresh.unsure)

    async def _find_out(self, platform: JobPlatform, sent: _Sent, error: PortError) -> None:
        """No answer, or a no: what the platform says of the run tells what that means."""
        seen = await within(LONGEST_ANSWER, platform.observe([sent.wait.request_key]))
        run = seen.get(sent.wait.request_key)
        pause = run.pause if run is not None else None
        is_there = pause is not None and pause.key == sent.wait.pause.key
        # A run that goes on without a pause may have one that cannot be read just now.
        is_past = run is None or run.state.is_final or (pause is not None and not is_there)
        if not isinstance(error, Permanent):
            await (self._taken(sent) if is_past else self._later(sent, error, unsure=True))
        elif is_there:
            await self._not_taken(sent, error)
        elif sent.unsure:
            # It was taken by the try before this one, of which nobody heard.
            await self._taken(sent)
        else:
            await self._too_late(sent, error)

    async def _later(self, sent: _Sent, error: PortError, *, unsure: bool) -> None:
        wait = min(FIRST_RETRY * 2 ** min(sent.wait.tries, 8), LONGEST_RETRY)
        if isinstance(error, Temporary) and error.retry_after is not None:
            wait = max(wait, timedelta(seconds=min(error.retry_after, 3_600)))
        now = self._clock.now()
        async with self._store.transaction() as tx:
            execution, fresh = await _still(tx, sent)
            if execution is None or fresh is None:
                return
            later = replace(fresh, unsure=unsure, due_at=now + wait, note=str(error))
            await tx.waits.save(later)
            if not fresh.note:
                await show_wait(tx, execution, later, now)

    async def _taken(self, sent: _Sent) -> None:
        now = self._clock.now()
        async with self._store.transaction() as tx:
            execution, fresh = await _still(tx, sent)
            if execution is None or fresh is None:
                return
            ended = replace(
                fresh, standing=Standing.TAKEN, reply=_veiled(sent.reply), ended_at=now, note=""
            )
            await tx.waits.save(replace(ended, due_at=None, unsure=False))
            await record(tx, SYSTEM, "pause:taken", execution, now, digest=sent.reply.digest)
            if execution.pause is not None and execution.pause.key == fresh.pause.key:
                execution = replace(execution, pause=None, polls_unchanged=0)
                soon = now if execution.status is Status.RUNNING else execution.due_at
                execution = replace(execution, due_at=soon)
                await tx.executions.save(execution)
            await show_wait(tx, execution, ended, now)
            await show_card(tx, execution, now)

    async def _not_taken(self, sent: _Sent, error: PortError) -> None:
        """The platform waits on and wants something else: whoever may answer is asked once more."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            execution, fresh = await _still(tx, sent)
            if execution is None or fresh is None:
                return
            why = _NOT_TAKEN.format(
                who=sent.reply.name, platform=execution.platform, why=str(error)
            )
            anew = replace(fresh, standing=Standing.OPEN, reply=None, said=(), note=why)
            await tx.waits.save(replace(anew, due_at=None, unsure=False))
            if execution.answered == fresh.pause.key:
                execution = replace(execution, answered="")
                await tx.executions.save(execution)
            facts = {"digest": sent.reply.digest, "error": str(error)}
            await record(tx, SYSTEM, "pause:not_taken", execution, now, **facts)
            await show_wait(tx, execution, anew, now)
            await show_card(tx, execution, now)
            await tell_answerer(tx, execution, sent.wait, sent.reply, str(error), now)

    async def _too_late(self, sent: _Sent, error: PortError) -> None:
        now = self._clock.now()
        async with self._store.transaction() as tx:
            execution, fresh = await _still(tx, sent)
            if execution is None or fresh is None:
                return
            veiled = replace(fresh, reply=_veiled(sent.reply))
            await _end(tx, execution, veiled, _TOO_LATE.format(why=str(error)), now)
            await tell_answerer(tx, execution, sent.wait, sent.reply, str(error), now)

    async def _put_off(self, wait: Wait, due: datetime | None) -> None:
        """Look again then, unless something else was written meanwhile."""
        async with self._store.transaction() as tx:
            fresh = await tx.waits.get(wait.request_key, wait.pause.key)
            if fresh is not None and fresh.standing is wait.standing and not fresh.is_final:
                is_woken = fresh.due_at is not None and fresh.due_at != wait.due_at
                if not is_woken:
                    await tx.waits.save(replace(fresh, due_at=due))


def _is_at(execution: Execution, wait: Wait) -> bool:
    """True while the run waits there for a person."""
    asked = execution.waits_for
    is_same_try = execution.request_key == wait.request_key
    return asked is not None and is_same_try and asked.key == wait.pause.key


def _answer(sent: _Sent) -> Answer:
    form = Job(
        name=sent.execution.job,
        command=Command(groups=()),
        parameters=sent.wait.pause.parameters,
    )
    return Answer(
        pause=sent.wait.pause.key,
        arguments=arguments_of(form, sent.reply.values),
        chosen=sent.reply.chosen,
        by=sent.reply.name,
    )


def _veiled(reply: Reply) -> Reply:
    """Without what nobody is to read: the platform has it."""
    kept = {name: value for name, value in reply.values.items() if name not in reply.masked}
    return replace(reply, values=kept)


def _why_over(execution: Execution, wait: Wait, now: datetime) -> str:
    if execution.request_key != wait.request_key or execution.status.is_final:
        return _ENDED
    if execution.status is Status.CANCELLING:
        return _STOPPING
    until = wait.pause.until
    return _NOBODY if until is not None and until <= now else _ELSEWHERE


async def _still(tx: Transaction, sent: _Sent) -> tuple[Execution | None, Wait | None]:
    """The rows, where the reply that was sent is still the one to be handed over."""
    execution = await tx.executions.get(sent.execution.id)
    fresh = await tx.waits.get(*sent.keys)
    if fresh is None or fresh.standing is not Standing.ANSWERED or fresh.reply != sent.reply:
        return None, None
    return execution, fresh


async def _end(tx: Transaction, execution: Execution, wait: Wait, why: str, now: datetime) -> None:
    ended = replace(wait, standing=Standing.OVER, note=why, ended_at=now, due_at=None, unsure=False)
    await tx.waits.save(ended)
    await record(tx, SYSTEM, "pause:over", execution, now, why=why)
    await show_wait(tx, execution, ended, now)
