"""Proposals: what a model makes of words that the ladder is not sure of, for a person to check."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.actors import Actor, ActorKind, Place
from bot.domain.answers import Allowed, Circumstances
from bot.domain.askers import asking
from bot.domain.choosing import chooser_of
from bot.domain.errors import Mistake
from bot.domain.intents import Clarify, Intent, ScheduleJob, Unknown
from bot.domain.jobs import Job
from bot.domain.parameters import VEIL
from bot.domain.policies import Policy
from bot.domain.prompts import (
    ABOUT,
    LONGEST_TEXT,
    SYSTEM,
    TOOL,
    Hidden,
    Offered,
    hidden,
    is_secretive,
    offered,
    said_in,
    schema_of,
)
from bot.domain.proposals import proposal_of
from bot.ports import (
    UNMEASURED,
    UNTRACED,
    Allowances,
    Catalog,
    Clock,
    LanguageModel,
    Meters,
    PolicySource,
    Question,
    Reply,
    Store,
    Timetables,
    Traces,
)
from bot.services.breakers import Breaker
from bot.services.tokens import TokenBudgets

MOST_SAID = 700
"""Tokens of an answer."""

OVERHEAD = 600
"""Tokens that an endpoint adds to a question with a tool."""

LONGEST_COMMAND = 2
"""Words of what may just be a mistyped command, such as `cancle 7`."""

AT_ONCE, PER_SECOND = 12.0, 1 / 30
"""Questions of one person: so many in a row, and how fast they grow back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What somebody said and what the ladder made of it; `now` carries their zone."""

    text: str
    intent: Clarify | Unknown
    place: Place
    now: datetime


class Proposals:
    """Asks the model, within a budget; whatever goes wrong, the ladder's own answer stands.

    `model` is None where there is no key. `budget` is in tokens a month and workspace. `forbids`
    tells of sentences that say not to do something: none of them is ever handed to a model.
    """

    def __init__(
        self,
        *,
        store: Store,
        catalog: Catalog,
        policy: PolicySource,
        clock: Clock,
        model: LanguageModel | None,
        budget: int,
        forbids: Callable[[str], bool],
        allowances: Allowances,
        timetables: Timetables,
        traces: Traces = UNTRACED,
        meters: Meters = UNMEASURED,
    ) -> None:
        self._catalog = catalog
        self._policy = policy
        self._clock = clock
        self._model = model
        self._budgets = TokenBudgets(store=store, clock=clock, most=budget)
        self._forbids = forbids
        self._allowances = allowances
        self._timetables = timetables
        self._traces = traces
        self._meters = meters
        self._breaker = Breaker()

    def are_possible(self, said: Said) -> bool:
        """Whether a model may see this text at all."""
        is_short = bool(said.text.strip()) and len(said.text) <= LONGEST_TEXT
        if self._model is None or not is_short or VEIL in said.text:
            return False
        if is_secretive(said.text) or self._holds_masked(said.intent):
            return False
        if self._forbids(said.text):
            return False
        return not _is_mistyped(said)

    async def better(self, actor: Actor, said: Said) -> Intent:
        """What the model proposes, or what the ladder said. Raises Temporary of the store."""
        model = self._model
        if model is None or actor.kind is not ActorKind.PERSON or not self.are_possible(said):
            return said.intent
        # Rights of thousands of jobs take a while, in which others want to be heard.
        offer = await asyncio.to_thread(self._offer, actor, said)
        if not offer.jobs or not await self._is_free(actor):
            return said.intent
        text = hidden(said.text)
        question = _question(text, offer, said.now)
        held = await self._budgets.hold(
            actor, said.place.team, _most_tokens(question), model=model.name
        )
        if held is None:
            self._meters.model_skipped("budget")
            return said.intent
        reply = await self._asked(model, question)
        await self._budgets.settle(actor, held, reply)
        return self._worth(reply, offer, text, said)

    def _worth(self, reply: Reply, offer: Offered, text: Hidden, said: Said) -> Intent:
        if reply.filled is None:
            return said.intent
        found = proposal_of(reply.filled, offer, text, said.now)
        if isinstance(found, ScheduleJob) and not self._happens(found.cron, said.now):
            return said.intent
        return found or said.intent

    def _happens(self, cron: str, now: datetime) -> bool:
        """Whether a cron line holds, and ever comes."""
        try:
            return next(self._timetables.after(cron, str(now.tzinfo), now), None) is not None
        except Mistake:
            return False

    def _offer(self, actor: Actor, said: Said) -> Offered:
        """The jobs that this person may run here, with the choices open to them."""
        policy = self._policy.current()
        around = Circumstances(now=self._clock.now(), channel=said.place.channel)
        asker = asking(policy, actor, around)
        jobs = [j for j in self._catalog.jobs() if isinstance(asker.could_run(j), Allowed)]
        return offered(jobs, said.text, lambda job: _open_to(policy, actor, job))

    def _holds_masked(self, intent: Clarify | Unknown) -> bool:
        """Whether the ladder read a value in it that nobody else should read."""
        if isinstance(intent, Unknown):
            return False
        for run in intent.candidates:
            job = self._catalog.find(run.job or "")
            masked = {p.name for p in job.parameters if p.is_masked} if job else set[str]()
            if masked & run.given.keys():
                return True
        return False

    async def _is_free(self, actor: Actor) -> bool:
        """Whether the endpoint is not left alone, and this person not asked for too much."""
        if not self._breaker.lets(self._clock.now()):
            self._meters.model_skipped("breaker")
            return False
        key = f"model:{actor.id.user}"
        if await self._allowances.take(key, rate=PER_SECOND, size=AT_ONCE):
            self._meters.model_skipped("person")
            return False
        return True

    async def _asked(self, model: LanguageModel, question: Question) -> Reply:
        began = time.monotonic()
        with self._traces.span("model", model=model.name):
            reply = await model.ask(question)
        self._breaker.ended(self._clock.now(), well=not reply.outcome.is_trouble)
        tokens = reply.usage.total if reply.usage else 0
        self._meters.model_called(reply.outcome, time.monotonic() - began, tokens)
        self._meters.model_breaker(is_open=self._breaker.is_open)
        return reply


def _is_mistyped(said: Said) -> bool:
    """A command with a wrong letter: what it is like is offered at once, and for nothing."""
    is_command = said.text.isascii() and len(said.text.split()) <= LONGEST_COMMAND
    return isinstance(said.intent, Unknown) and bool(said.intent.near) and is_command


def _open_to(policy: Policy, actor: Actor, job: Job) -> Job:
    """The job with those choices alone with which this person may run it, defaults included."""
    chooser = chooser_of(policy, actor, job)
    return replace(job, parameters=tuple(map(chooser.offered, job.parameters)))


def _question(text: Hidden, offer: Offered, now: datetime) -> Question:
    return Question(
        system=SYSTEM,
        tool=TOOL,
        about=ABOUT,
        schema=schema_of(offer),
        said=said_in(text, now),
        most_said=MOST_SAID,
    )


def _most_tokens(question: Question) -> int:
    """More than any question of this size costs: a token is rarely less than two bytes."""
    read = json.dumps(question.schema, ensure_ascii=False) + question.system + question.said
    return len(read.encode(errors="replace")) // 2 + OVERHEAD + question.most_said
