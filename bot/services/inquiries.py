"""Inquiries: what the audit log says, for those who may ask it; that they asked is a row of it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import cast

from bot.domain.access import may
from bot.domain.actors import Actor
from bot.domain.answers import Allowed, Circumstances, Denied
from bot.domain.audit import AuditEntry, AuditQuestion, AuditSearch
from bot.domain.chains import Link
from bot.domain.jobs import Command as Argv
from bot.domain.jobs import Job
from bot.domain.parameters import Value
from bot.domain.rules import Command
from bot.domain.sheets import sheet_of
from bot.domain.wording import _
from bot.ports import Catalog, Chat, Clock, PolicySource, Store
from bot.services.gates import refusal_from
from bot.services.moves import record_refusal
from bot.services.records import entry_of

MOST_LISTED = 12
"""Rows in one answer."""

LOOKED_AT = 2_000
"""The newest rows among which an answer is looked for."""

MOST_IN_FILE = 20_000
"""Rows of a file; a longer time is asked for in parts."""

_PAGE = 1_000


class Inquiries:
    """Everybody sees the rows of those jobs of which the policy lets them read the audit log."""

    def __init__(
        self, *, store: Store, policy: PolicySource, catalog: Catalog, clock: Clock, chat: Chat
    ) -> None:
        self._store = store
        self._policy = policy
        self._catalog = catalog
        self._clock = clock
        self._chat = chat

    async def listed(self, actor: Actor, asked: AuditQuestion, channel: str) -> Sequence[Link]:
        """The newest rows that fit, newest first. Raises Refused."""
        around = await self._permitted(actor, asked.search, channel, "read")
        sees = self._seeing(actor, around)
        async with self._store.reading() as tx:
            found = await tx.proofs.found(asked.search, LOOKED_AT, newest_first=True)
        return [link for link in found if sees(link)][:MOST_LISTED]

    async def sent(self, actor: Actor, asked: AuditQuestion, channel: str) -> int:
        """Put a table of all that fits into the asker's DM; how many rows it has.

        Raises Refused, or what the chat raises.
        """
        around = await self._permitted(actor, asked.search, channel, "exported")
        rows = await self._all(asked.search, self._seeing(actor, around))
        now = self._clock.now()
        name = f"audit-{now:%Y%m%d-%H%M%S}.csv"
        await self._chat.upload(
            await self._chat.dm(actor.id),
            filename=name,
            title=_("Audit log, {count} rows").format(count=len(rows)),
            content=sheet_of(rows),
        )
        return len(rows)

    async def _all(self, search: AuditSearch, sees: Callable[[Link], bool]) -> Sequence[Link]:
        rows: list[Link] = []
        async with self._store.reading() as tx:
            after = 0
            while len(rows) < MOST_IN_FILE:
                found = await tx.proofs.found(search, _PAGE, after=after)
                if not found:
                    break
                rows.extend(link for link in found if sees(link))
                after = found[-1].seq
        return rows[:MOST_IN_FILE]

    async def _permitted(
        self, actor: Actor, search: AuditSearch, channel: str, did: str
    ) -> Circumstances:
        now = self._clock.now()
        around = Circumstances(now=now, channel=channel)
        answer = may(self._policy.current(), actor, Command.AUDIT, around=around)
        async with self._store.transaction() as tx:
            if isinstance(answer, Denied):
                detail = {"asked": Command.AUDIT, **_said(search)}
                await record_refusal(tx, actor, "audit", now, rule=answer.rule, detail=detail)
            else:
                await tx.audit.write(_asking(actor, search, did, now, answer.rule))
        if isinstance(answer, Denied):
            raise refusal_from(answer)
        return around

    def _seeing(self, actor: Actor, around: Circumstances) -> Callable[[Link], bool]:
        """Decides of each row; what is alike is decided once."""
        policy, known = self._policy.current(), dict[str, bool]()

        def sees(link: Link) -> bool:
            name, values = _about(link.entry)
            key = f"{name}\0{sorted(values.items())}"
            if key not in known:
                answer = may(policy, actor, Command.AUDIT, self._job(name), values, around)
                known[key] = isinstance(answer, Allowed)
            return known[key]

        return sees

    def _job(self, name: str) -> Job:
        """One by name. A row of no job is as of one without a name: only who sees all sees it."""
        job = self._catalog.find(name) if name else None
        return job if job is not None and job.name == name else Job(name=name, command=_NO_COMMAND)


_NO_COMMAND = Argv(groups=())


def _about(entry: AuditEntry) -> tuple[str, Mapping[str, Value]]:
    """The job of a row and the values that it names, as the policy looks at them."""
    name = entry.detail.get("job") or entry.subject.partition("job:")[2]
    given: object = entry.detail.get("values")
    values = cast("Mapping[str, object]", given if isinstance(given, Mapping) else {})
    return str(name), {key: _value(value) for key, value in values.items()}


def _value(kept: object) -> Value:
    if isinstance(kept, list):
        return tuple(str(each) for each in cast("list[object]", kept))
    return str(kept)


def _asking(actor: Actor, search: AuditSearch, did: str, now: datetime, rule: str) -> AuditEntry:
    detail = {"rule": rule, **_said(search)}
    return entry_of(actor, f"audit:rows:{did}", "audit", now, detail=detail)


def _said(search: AuditSearch) -> Mapping[str, str]:
    said = {
        "of_person": search.person,
        "of_job": search.job,
        "of_subject": search.subject,
        "since": search.since.isoformat() if search.since else "",
        "until": search.until.isoformat() if search.until else "",
    }
    return {name: value for name, value in said.items() if value}
