"""Real services on a real database, with everything outside in a test's hand."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import event

from bot.adapters.database import SqlStore
from bot.adapters.timetables import CronTimetables
from bot.domain.actors import Actor, Place
from bot.domain.answers import Need
from bot.domain.approvals import Verdict
from bot.domain.audit import AuditEntry
from bot.domain.executions import Execution, Status
from bot.domain.jobs import ApprovalRule, Job
from bot.domain.notices import Card, LineKind
from bot.domain.policies import Policy
from bot.domain.processes import Process
from bot.domain.rules import ApprovalPolicy, Binding, Command, Permission, Role
from bot.domain.waits import Wait
from bot.ports import Chat, JobPlatform, Rendered, Store
from bot.services.accounts import Accounts
from bot.services.answerers import Answerers
from bot.services.approvals import Approvals, Decided
from bot.services.cards import Cards
from bot.services.delegations import Delegations
from bot.services.delivery import Delivery, Renderers
from bot.services.drafts import Drafts
from bot.services.emergencies import Emergencies
from bot.services.executions import Executions
from bot.services.firing import Firing
from bot.services.handovers import Handovers
from bot.services.homes import Homes
from bot.services.hosts import Hosts
from bot.services.inbox import Inbox
from bot.services.keepers import Keepers
from bot.services.operators import Operators
from bot.services.outages import Outages
from bot.services.overviews import Overviews
from bot.services.places import Places
from bot.services.polling import Polling
from bot.services.presences import Presences
from bot.services.renewals import Renewals
from bot.services.replies import Replies
from bot.services.requests import Accepted, Requests, RunRequest
from bot.services.resumptions import Resumptions
from bot.services.returns import Returns
from bot.services.schedules import Schedules
from bot.services.starts import Starts
from bot.services.submission import Submission
from bot.services.voices import Voices
from tests.fakes.catalogs import FakeCatalog, FakePolicy
from tests.fakes.chats import FakeChat
from tests.fakes.clocks import FakeClock
from tests.fakes.people import FakePeople
from tests.fakes.platforms import FakePlatform
from tests.fakes.values import OPS, actor, job

ANA = actor("UANA")
BO = actor("UBO")
CHEN = actor("UCHEN")
DANA = actor("UDANA")
WORKSPACE = "https://acme.slack.com/"
HOST_LEASE = timedelta(minutes=10)
OPERATORS = Place(team=OPS.team, channel="COPERATORS")

APPROVED_IN_PROD = ApprovalRule(by=("approver",), when={"env": ("prod",)})


def policy(version: str = "p1", **changes: Any) -> Policy:
    """Ana runs, Bo and Chen approve, Dana is nobody."""
    everyday = {Command.USE, Command.RUN, Command.LOGS, Command.HISTORY}
    deciding = {Command.USE, Command.APPROVE, Command.LOGS, Command.HISTORY, Command.CANCEL}
    given: dict[str, Any] = {
        "version": version,
        "roles": {
            name: Role(
                name=name, permissions=(Permission(name=name, commands=frozenset(commands)),)
            )
            for name, commands in {"developer": everyday, "approver": deciding}.items()
        },
        "bindings": (
            Binding(roles=("developer",), people=("UANA",)),
            Binding(roles=("approver",), people=("UBO", "UCHEN")),
        ),
        "contact": "#help",
        **changes,
    }
    return Policy(**given)


def asking(count: int = 1, **changes: Any) -> ApprovalPolicy:
    """The policy asks for approval of everything."""
    need = Need(rule="policy: more eyes", roles=("approver",), count=count)
    return ApprovalPolicy(need=replace(need, **changes))


def _line(kind: LineKind, facts: Mapping[str, Any], execution: Execution) -> Rendered:
    told = {k: v for k, v in facts.items() if v not in ("", None) and k not in {"kind", "status"}}
    return Rendered(text=f"{kind} {told}")


def _card(card: Card) -> Rendered:
    late = [f"{card.behind} late"] if card.behind else []
    said = " ".join([*(f"{d.name}:{d.verdict}" for d in card.decisions), *late])
    text = f"card #{card.execution.id} {card.execution.status} {said}".rstrip()
    return Rendered(text=text, blocks=({"type": "divider"},))


def _pause(card: Card, wait: Wait) -> Rendered:
    reply = wait.reply
    who = f"{reply.name}:{','.join(reply.chosen)}" if reply else ""
    said = " ".join([*(f"{each.name}:yes" for each in wait.said), who, wait.note]).strip()
    text = f"pause {wait.pause.key} of #{card.execution.id} {wait.standing} {said}".rstrip()
    return Rendered(text=text, blocks=({"type": "divider"},))


RENDERERS = Renderers(
    card=_card,
    approval=lambda card: Rendered(text=f"approve? {_card(card).text}"),
    line=_line,
    ended=lambda card: Rendered(text=f"ended {_card(card).text}"),
    sentence=lambda sentence: Rendered(text=sentence),
    schedule=lambda kind, facts: Rendered(text=f"schedule {facts['schedule']} {kind}"),
    pause=_pause,
    digest=lambda digest, _: Rendered(text=f"{len(digest.executions)} more finished"),
)


@dataclass(kw_only=True)
class Outside:
    """What outlives a process of ours: Slack, the platform, the files, and time."""

    clock: FakeClock = field(default_factory=FakeClock)
    chat: FakeChat = field(default_factory=FakeChat)
    people: FakePeople = field(default_factory=FakePeople)
    catalog: FakeCatalog = field(default_factory=lambda: FakeCatalog(job()))
    policy: FakePolicy = field(default_factory=lambda: FakePolicy(policy()))
    platform: FakePlatform = field(default_factory=FakePlatform)
    others: dict[str, JobPlatform] = field(default_factory=dict[str, JobPlatform])
    limits: dict[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        self.platform.now = self.clock.now()


class World:
    """One process of ours: every service, as wiring would build them."""

    def __init__(
        self,
        outside: Outside,
        store: Store,
        *,
        chat: Chat | None = None,
        platform: JobPlatform | None = None,
        host: str = "",
    ) -> None:
        self.outside = outside
        self.store = store
        self.chat, self.platform = outside.chat, outside.platform
        self.clock, self.catalog = outside.clock, outside.catalog
        self.policy, self.people = outside.policy, outside.people
        behind_chat: Chat = chat or outside.chat
        platforms: Mapping[str, JobPlatform] = {
            "fake": platform or outside.platform,
            **outside.others,
        }
        clock, catalog, rules = self.clock, self.catalog, self.policy
        self.cards = cards = Cards(catalog=catalog, policy=rules)
        self.inbox = Inbox(store=store, clock=clock)
        self.operators = Operators(store=store, clock=clock)
        accounts = Accounts(policy=rules, people=self.people, platforms=platforms)
        self.voices = Voices(store=store, people=self.people, clock=clock)
        self.delegations = Delegations(
            store=store, catalog=catalog, policy=rules, people=self.people, clock=clock
        )
        self.requests = Requests(
            store=store,
            catalog=catalog,
            policy=rules,
            voices=self.voices,
            clock=clock,
            accounts=accounts,
            platforms=platforms,
        )
        self.executions = Executions(
            store=store,
            catalog=catalog,
            policy=rules,
            clock=clock,
            platforms=platforms,
            cards=cards,
        )
        self.renewals = Renewals(
            store=store,
            catalog=catalog,
            policy=rules,
            people=self.people,
            voices=self.voices,
            clock=clock,
            platforms=platforms,
        )
        self.approvals = Approvals(
            store=store,
            catalog=catalog,
            policy=rules,
            clock=clock,
            cards=cards,
            renewals=self.renewals,
            voices=self.voices,
        )
        self.drafts = Drafts(
            store=store, catalog=catalog, policy=rules, clock=clock, requests=self.requests
        )
        self.outages = Outages(store=store, clock=clock, platforms=platforms)
        self.polling = Polling(
            store=store,
            catalog=catalog,
            clock=clock,
            platforms=platforms,
            outages=self.outages,
            host=host,
        )
        answerers = Answerers(
            catalog=catalog, policy=rules, people=self.people, voices=self.voices, clock=clock
        )
        self.resumptions = Resumptions(
            store=store, clock=clock, platforms=platforms, answerers=answerers, host=host
        )
        self.replies = Replies(
            store=store, clock=clock, cards=cards, voices=self.voices, answerers=answerers
        )
        self.starts = Starts(store=store, policy=rules, people=self.people, clock=clock)
        self.submission = Submission(
            store=store,
            catalog=catalog,
            renewals=self.renewals,
            chat=behind_chat,
            clock=clock,
            platforms=platforms,
            accounts=accounts,
            polling=self.polling,
            starts=self.starts,
            places=Places(outside.limits),
            workspace=WORKSPACE,
            host=host,
        )
        self.delivery = Delivery(
            store=store,
            chat=behind_chat,
            clock=clock,
            cards=cards,
            platforms=platforms,
            renderers=RENDERERS,
            operators=OPERATORS,
            people=self.people,
            host=host,
        )
        self.presences = Presences(store=store, clock=clock, own=_process(host, clock.now()))
        self.hosts = Hosts(store=store, clock=clock, host=host, lease=HOST_LEASE)
        self.returns = Returns(store=store, clock=clock, platforms=platforms, host=host)
        self.emergencies = Emergencies(
            store=store,
            catalog=catalog,
            policy=rules,
            clock=clock,
            cards=cards,
            renewals=self.renewals,
        )
        timetables = CronTimetables()
        keepers = Keepers(
            store=store, catalog=catalog, policy=rules, clock=clock, timetables=timetables
        )
        self.schedules = Schedules(
            store=store,
            clock=clock,
            drafts=self.drafts,
            requests=self.requests,
            timetables=timetables,
            keepers=keepers,
        )
        self.handovers = Handovers(store=store, people=self.people, clock=clock, keepers=keepers)
        self.firing = Firing(
            store=store,
            catalog=catalog,
            policy=rules,
            people=self.people,
            clock=clock,
            requests=self.requests,
            timetables=timetables,
        )
        self.homes = Homes(
            schedules=self.schedules,
            emergencies=self.emergencies,
            delegations=self.delegations,
            replies=self.replies,
            voices=self.voices,
            store=store,
            policy=rules,
            clock=clock,
            cards=cards,
            executions=self.executions,
            overviews=Overviews(store=store, clock=clock, platforms=platforms),
        )

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

    async def card(self, execution: int = 1001) -> Card:
        found = await self.now(execution)
        async with self.store.reading() as tx:
            return await self.cards.of(tx, found, self.clock.now())

    def lines(self) -> list[str]:
        """What was said in threads of the channel, one word each."""
        return [p.text.split()[0] for p in self.chat.posts if p.key.startswith("line:")]


def _process(host: str, now: datetime) -> Process:
    """The process of a world."""
    return Process(
        id=uuid4().hex,
        host=host,
        name=f"machine of {host}",
        roles=frozenset(),
        version="test",
        started_at=now,
        seen_at=now,
    )


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
