"""Aliases: making, listing, removing and carrying out people's own short forms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.access import may
from bot.domain.actors import Actor
from bot.domain.aliases import (
    LONGEST_ALIAS,
    LONGEST_WORDS,
    MOST_ALIASES,
    Alias,
    MakeAlias,
    alias_key,
    is_alias_name,
)
from bot.domain.answers import Denied
from bot.domain.audit import AuditEntry
from bot.domain.errors import Mistake
from bot.domain.intents import (
    Intent,
    ListApprovals,
    ListJobs,
    ListRunning,
    ListSchedules,
    RunJob,
    ScheduleJob,
    ShowHistory,
    ShowLogs,
    ShowStatus,
)
from bot.domain.rules import Command
from bot.domain.secrets import typed_secret_refused
from bot.domain.shortcuts import COMMANDS
from bot.domain.wording import _
from bot.ports import Catalog, Clock, PolicySource, Store, Transaction
from bot.services.gates import refusal_from
from bot.services.moves import record_refusal
from bot.services.records import entry_of

_PLAIN = (
    ListApprovals,
    ListJobs,
    ListRunning,
    ListSchedules,
    ShowHistory,
    ShowLogs,
    ShowStatus,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Expansion:
    """What a text with an alias before it means: to be read as if it had been typed."""

    alias: str
    words: str


class Aliases:
    """`is_reserved` tells words that mean something, `veiled` is a text without typed secrets."""

    def __init__(
        self,
        *,
        store: Store,
        catalog: Catalog,
        policy: PolicySource,
        clock: Clock,
        is_reserved: Callable[[str], bool],
        veiled: Callable[[str], str],
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._policy = policy
        self._clock = clock
        self._is_reserved = is_reserved
        self._veiled = veiled

    async def of(self, actor: Actor) -> Sequence[Alias]:
        """The actor's own, by name."""
        return await self._store.look(lambda tx: tx.aliases.of(actor.id))

    async def make(self, actor: Actor, wanted: MakeAlias, meant: Intent) -> Alias:
        """Keep it; `meant` is what its words are read as. Raises Mistake or Refused."""
        now = self._clock.now()
        if self._veiled(wanted.words) != wanted.words:
            async with self._store.transaction() as tx:
                refused = typed_secret_refused()
                await record_refusal(tx, actor, "alias", now, rule=refused.rule)
            raise refused
        self._check_name(wanted.name)
        self._check_words(wanted.words, meant)
        alias = Alias(owner=actor.id, name=wanted.name, words=wanted.words, made_at=now)
        async with self._store.transaction() as tx:
            use = may(self._policy.current(), actor, Command.USE)
            if isinstance(use, Denied):
                await record_refusal(tx, actor, f"alias:{alias.name}", now, rule=use.rule)
            else:
                await self._check_count(tx, alias)
                await tx.aliases.put(alias)
                await tx.audit.write(self._entry(actor, "made", alias.name, words=alias.words))
        if isinstance(use, Denied):
            raise refusal_from(use)
        return alias

    async def remove(self, actor: Actor, name: str) -> bool:
        """False when they have none of that name, whoever else has."""
        if not is_alias_name(name):
            return False
        async with self._store.transaction() as tx:
            is_gone = await tx.aliases.drop(actor.id, name)
            if is_gone:
                await tx.audit.write(self._entry(actor, "removed", name))
        return is_gone

    async def expanded(self, actor: Actor, text: str) -> Expansion | None:
        """The text with the actor's alias at its beginning written out, once; else None."""
        first, _blank, rest = text.strip().partition(" ")
        if not is_alias_name(first) or self._taken(first):
            return None
        found = await self._store.look(lambda tx: tx.aliases.get(actor.id, first))
        if found is None:
            return None
        return Expansion(alias=found.name, words=f"{found.words} {rest}".strip())

    def hidden(self, alias: Alias) -> bool:
        """True for one whose name has come to mean something else since."""
        return bool(self._taken(alias.name))

    def _taken(self, name: str) -> str:
        """What a name means already; empty when nothing."""
        key = alias_key(name)
        if key in COMMANDS or self._is_reserved(name):
            return _("`{name}` is a command.").format(name=key)
        job = self._catalog.find(key)
        if job is not None:
            return _("`{name}` names the job {job}.").format(name=key, job=job.name)
        for short in self._catalog.shortcuts():
            if key in {alias_key(each) for each in (short.name, *short.aliases)}:
                return _("`{name}` is a shortcut.").format(name=key)
        return ""

    def _check_name(self, name: str) -> None:
        if not is_alias_name(name):
            raise Mistake(
                _(
                    "An alias is one word of at most {most} letters, digits, `-` and `_` that "
                    "begins with a letter."
                ).format(most=LONGEST_ALIAS)
            )
        if taken := self._taken(name):
            said = _("{taken} Choose another name for the alias.")
            raise Mistake(said.format(taken=taken))

    def _check_words(self, words: str, meant: Intent) -> None:
        if len(words) > LONGEST_WORDS:
            said = _("An alias stands for at most {most} characters.")
            raise Mistake(said.format(most=LONGEST_WORDS))
        run = meant.run if isinstance(meant, ScheduleJob) else meant
        if isinstance(run, RunJob) and self._is_whole(run):
            return
        if not isinstance(meant, _PLAIN):
            raise Mistake(
                _(
                    "An alias stands for an exact command to run, look at or schedule something, "
                    "as in `alias pp = run deploy app=api`: `{words}` is none."
                ).format(words=words[:80])
            )

    def _is_whole(self, run: RunJob) -> bool:
        job = self._catalog.find(run.job or "")
        if job is None or not run.exact:
            return False
        for name in run.given:
            parameter = job.called(name)
            if parameter is not None and parameter.is_masked:
                said = _("`{name}` is shown to nobody, so no alias keeps it: leave it out.")
                raise Mistake(said.format(name=name))
        return True

    async def _check_count(self, tx: Transaction, alias: Alias) -> None:
        own = await tx.aliases.of(alias.owner)
        others = [each for each in own if alias_key(each.name) != alias_key(alias.name)]
        if len(others) >= MOST_ALIASES:
            said = _("You have {most} aliases already; remove one first: `aliases`.")
            raise Mistake(said.format(most=MOST_ALIASES))

    def _entry(self, actor: Actor, done: str, name: str, **detail: Any) -> AuditEntry:
        now = self._clock.now()
        return entry_of(actor, f"job:alias:{done}", f"alias:{name}", now, detail=detail)
