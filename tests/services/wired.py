"""One process of ours, wired: every service, with everything outside in a test's hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from bot.adapters.timetables import CronTimetables
from bot.domain.actors import Place
from bot.domain.processes import Process
from bot.ports import Chat, JobPlatform, Store
from bot.services.accounts import Accounts
from bot.services.answerers import Answerers
from bot.services.approvals import Approvals
from bot.services.cards import Cards
from bot.services.delegations import Delegations
from bot.services.delivery import Delivery
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
from bot.services.requests import Requests
from bot.services.resumptions import Resumptions
from bot.services.returns import Returns
from bot.services.schedules import Schedules
from bot.services.starts import Starts
from bot.services.submission import Submission
from bot.services.voices import Voices
from bot.wiring.outside import Common
from tests.fakes.catalogs import FakeCatalog, FakePolicy
from tests.fakes.chats import FakeChat
from tests.fakes.clocks import FakeClock
from tests.fakes.people import FakePeople
from tests.fakes.platforms import FakePlatform
from tests.fakes.values import OPS, job
from tests.services.renderings import RENDERERS
from tests.services.staff import policy

WORKSPACE = "https://acme.slack.com/"
HOST_LEASE = timedelta(minutes=10)
OPERATORS = Place(team=OPS.team, channel="COPERATORS")


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


class Wired:
    """Every service of one process, as wiring would build them."""

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
        common: Common = {"store": store, "catalog": catalog, "policy": rules, "clock": clock}
        self.cards = cards = Cards(catalog=catalog, policy=rules)
        self.inbox = Inbox(store=store, clock=clock)
        self.operators = Operators(store=store, clock=clock)
        accounts = Accounts(policy=rules, people=self.people, platforms=platforms)
        self.voices = Voices(store=store, people=self.people, clock=clock)
        self.delegations = Delegations(**common, people=self.people)
        self.requests = Requests(
            **common, voices=self.voices, accounts=accounts, platforms=platforms
        )
        self.executions = Executions(**common, platforms=platforms, cards=cards)
        self.renewals = Renewals(
            **common, people=self.people, voices=self.voices, platforms=platforms
        )
        self.approvals = Approvals(
            **common, cards=cards, renewals=self.renewals, voices=self.voices
        )
        self.drafts = Drafts(**common, requests=self.requests)
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
        self.emergencies = Emergencies(**common, cards=cards, renewals=self.renewals)
        timetables = CronTimetables()
        keepers = Keepers(**common, timetables=timetables)
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
            **common, people=self.people, requests=self.requests, timetables=timetables
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
