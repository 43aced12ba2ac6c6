"""The use cases, built from adapters."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from blocks.answers import told
from blocks.approvals import approval_card
from blocks.cards import execution_card
from blocks.digests import digest_message
from blocks.elements import Message
from blocks.lines import end_note, thread_line
from blocks.schedules import schedule_note
from bot.adapters.budgets import Budgets
from bot.adapters.catalog import CatalogFolder
from bot.adapters.database import SqlStore
from bot.adapters.people import SlackPeople
from bot.adapters.platforms.local.platform import LocalPlatform, SandboxMode
from bot.adapters.policy import PolicyFile
from bot.adapters.slack import SlackChat
from bot.adapters.slack_checks import SlackCheck
from bot.adapters.slack_clients import MeteredWebClient
from bot.domain.actors import Place
from bot.language import Reader, format_intent
from bot.language.aliasing import alias_asked
from bot.language.auditing import audit_asked
from bot.language.completing import completing
from bot.language.delegating import away_asked
from bot.language.rights import rights_asked
from bot.language.shortforms import ShortForms
from bot.language.veils import Veils
from bot.language.vocabulary import is_reserved
from bot.ports import JobPlatform, LanguageModel, Meters, Rendered, Unmeasured
from bot.services.accounts import Accounts
from bot.services.aliases import Aliases
from bot.services.approvals import Approvals
from bot.services.cards import Cards
from bot.services.delegations import Delegations
from bot.services.delivery import Delivery, Renderers
from bot.services.digests import DigestPages
from bot.services.drafts import Drafts
from bot.services.emergencies import Emergencies
from bot.services.executions import Executions
from bot.services.firing import Firing
from bot.services.followups import FollowUps
from bot.services.guides import Guides
from bot.services.homes import Homes
from bot.services.hosts import Hosts
from bot.services.inbox import Inbox
from bot.services.inquiries import Inquiries
from bot.services.operators import Operators
from bot.services.overviews import Overviews
from bot.services.polling import Polling
from bot.services.presences import Presences
from bot.services.questions import Questions
from bot.services.renewals import Renewals
from bot.services.requests import Requests
from bot.services.returns import Returns
from bot.services.rights import Rights
from bot.services.starts import Starts
from bot.services.submission import Submission
from bot.services.voices import Voices
from bot.settings import Settings
from bot.wiring.instruments import Instruments
from bot.wiring.models import proposals_with
from bot.wiring.schedules import firing_with, schedules_with
from bot.wiring.stepups import step_ups_with
from handlers.desk import Desk
from handlers.names import JobNames
from handlers.queues import WorkQueue


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """What the use cases reach the world through."""

    settings: Settings
    slack: SlackCheck
    web: AsyncWebClient
    store: SqlStore
    catalog: CatalogFolder
    policy: PolicyFile
    platforms: Mapping[str, JobPlatform]
    local: LocalPlatform
    operators: Operators
    presences: Presences
    clock: SystemClock
    instruments: Instruments
    model: LanguageModel | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """The use cases, wired."""

    inbox: Inbox
    delivery: Delivery
    submission: Submission
    starts: Starts
    polling: Polling
    firing: Firing
    approvals: Approvals
    desk: Desk
    operators: Operators
    presences: Presences
    overviews: Overviews
    hosts: Hosts
    returns: Returns


def web_client(
    settings: Settings,
    session: aiohttp.ClientSession | None = None,
    meters: Meters | None = None,
) -> AsyncWebClient:
    """A client that never sends by itself what was sent already: retries are the outbox's."""
    return MeteredWebClient(
        meters=meters or Unmeasured(),
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.api_url,
        session=session,
        timeout=20,
        retry_handlers=[],
    )


def local_platform(settings: Settings, host: str = "") -> LocalPlatform:
    return LocalPlatform(
        settings.jobthread_state.absolute() / "local",
        sandbox=SandboxMode(settings.jobthread_sandbox),
        catalogue=settings.jobthread_catalog.absolute(),
        environment=os.environ,
        store=Path(settings.jobthread_job_secrets) if settings.jobthread_job_secrets else None,
        max_log_bytes=settings.jobthread_log_cap_mb * 1024 * 1024,
        host=host,
    )


def services_of(outside: Outside) -> Services:
    """Every use case over the world as it was found."""
    cards = Cards(catalog=outside.catalog, policy=outside.policy)
    people = SlackPeople(
        outside.web,
        team=outside.slack.team,
        enterprise=outside.slack.enterprise,
        admitted=outside.settings.admitted,
    )
    traces = outside.instruments.traces
    pace = outside.settings.jobthread_slack_pace
    chat = SlackChat(outside.web, Budgets(outside.store.allowances, pace=pace))
    host = outside.presences.own.host
    polling = Polling(
        store=outside.store,
        catalog=outside.catalog,
        clock=outside.clock,
        platforms=outside.platforms,
        host=host,
        traces=traces,
    )
    overviews = Overviews(store=outside.store, clock=outside.clock, platforms=outside.platforms)
    voices = Voices(store=outside.store, people=people, clock=outside.clock)
    renewals = Renewals(
        store=outside.store,
        catalog=outside.catalog,
        policy=outside.policy,
        people=people,
        voices=voices,
        clock=outside.clock,
        platforms=outside.platforms,
    )
    accounts = Accounts(policy=outside.policy, people=people, platforms=outside.platforms)
    desk = _desk(outside, people, accounts, cards, overviews, renewals, voices)
    starts = Starts(store=outside.store, policy=outside.policy, people=people, clock=outside.clock)
    return Services(
        inbox=desk.inbox,
        delivery=Delivery(
            store=outside.store,
            chat=chat,
            clock=outside.clock,
            cards=cards,
            platforms=outside.platforms,
            renderers=_renderers(),
            operators=operators_of(outside),
            people=people,
            host=host,
            traces=traces,
        ),
        submission=Submission(
            store=outside.store,
            catalog=outside.catalog,
            renewals=renewals,
            chat=chat,
            clock=outside.clock,
            platforms=outside.platforms,
            accounts=accounts,
            polling=polling,
            starts=starts,
            host=host,
            traces=traces,
        ),
        starts=starts,
        firing=firing_with(
            store=outside.store,
            catalog=outside.catalog,
            policy=outside.policy,
            people=people,
            clock=outside.clock,
            requests=desk.requests,
        ),
        polling=polling,
        approvals=desk.approvals,
        desk=desk,
        operators=outside.operators,
        presences=outside.presences,
        overviews=overviews,
        hosts=Hosts(
            store=outside.store,
            clock=outside.clock,
            host=host,
            lease=timedelta(seconds=outside.settings.jobthread_host_lease),
        ),
        returns=Returns(
            store=outside.store, clock=outside.clock, platforms=outside.platforms, host=host
        ),
    )


def _desk(
    outside: Outside,
    people: SlackPeople,
    accounts: Accounts,
    cards: Cards,
    overviews: Overviews,
    renewals: Renewals,
    voices: Voices,
) -> Desk:
    store, catalog, policy, clock = outside.store, outside.catalog, outside.policy, outside.clock
    requests = Requests(
        store=store,
        catalog=catalog,
        policy=policy,
        voices=voices,
        clock=clock,
        accounts=accounts,
        traces=outside.instruments.traces,
    )
    executions = Executions(
        store=store,
        catalog=catalog,
        policy=policy,
        clock=clock,
        platforms=outside.platforms,
        cards=cards,
    )
    delegations = Delegations(
        store=store, catalog=catalog, policy=policy, people=people, clock=clock
    )
    approvals = Approvals(
        store=store,
        catalog=catalog,
        policy=policy,
        clock=clock,
        cards=cards,
        renewals=renewals,
        voices=voices,
    )
    emergencies = Emergencies(
        store=store,
        catalog=catalog,
        policy=policy,
        clock=clock,
        cards=cards,
        renewals=renewals,
    )
    drafts = Drafts(store=store, catalog=catalog, policy=policy, clock=clock, requests=requests)
    schedules, handovers = schedules_with(
        outside.settings,
        store=store,
        catalog=catalog,
        policy=policy,
        people=people,
        clock=clock,
        requests=requests,
        drafts=drafts,
    )
    return Desk(
        web=outside.web,
        clock=clock,
        people=people,
        inbox=Inbox(store=store, clock=clock),
        requests=requests,
        executions=executions,
        digests=DigestPages(store=store, executions=executions),
        drafts=drafts,
        schedules=schedules,
        handovers=handovers,
        approvals=approvals,
        step_ups=step_ups_with(
            outside.settings,
            store=store,
            policy=policy,
            people=people,
            clock=clock,
            approvals=approvals,
        ),
        emergencies=emergencies,
        delegations=delegations,
        homes=Homes(
            emergencies=emergencies,
            schedules=schedules,
            delegations=delegations,
            voices=voices,
            store=store,
            policy=policy,
            clock=clock,
            cards=cards,
            executions=executions,
            overviews=overviews,
        ),
        proposals=proposals_with(
            outside.settings,
            outside.model,
            store=store,
            catalog=catalog,
            policy=policy,
            clock=clock,
            instruments=outside.instruments,
        ),
        questions=Questions(policy=policy, clock=clock),
        inquiries=Inquiries(
            store=store,
            policy=policy,
            catalog=catalog,
            clock=clock,
            # A table that somebody waits for is no notice: it takes nothing of what notices have.
            chat=SlackChat(outside.web, Budgets(pace=outside.settings.jobthread_slack_pace)),
        ),
        rights=Rights(
            store=store,
            policy=policy,
            people=people,
            voices=voices,
            clock=clock,
            requests=requests,
            executions=executions,
        ),
        follow_ups=FollowUps(store=store, catalog=catalog, clock=clock),
        aliases=Aliases(
            store=store,
            catalog=catalog,
            policy=policy,
            clock=clock,
            is_reserved=is_reserved,
            veiled=Veils(catalog.jobs).over,
        ),
        guides=Guides(
            store=store,
            catalog=catalog,
            policy=policy,
            clock=clock,
            executions=executions,
            completing=completing,
        ),
        shortcuts=catalog.shortcuts,
        written=format_intent,
        short=ShortForms(catalog.jobs, catalog.shortcuts).run,
        alias_asked=alias_asked,
        audit_asked=audit_asked,
        rights_asked=rights_asked,
        away_asked=away_asked,
        queue=WorkQueue(),
        jobs=catalog.jobs,
        names=JobNames(catalog.jobs),
        parse=Reader().read,
        veiled=Veils(catalog.jobs).over,
        contact=lambda: policy.current().contact,
        sandbox_note="no sandbox" if outside.settings.jobthread_sandbox == "none" else "",
        traces=outside.instruments.traces,
        meters=outside.instruments.meters,
    )


def _renderers() -> Renderers:
    def sent(message: Message) -> Rendered:
        return Rendered(text=message.text, blocks=message.blocks)

    return Renderers(
        card=lambda card: sent(execution_card(card)),
        approval=lambda card: sent(approval_card(card)),
        line=lambda kind, facts, execution: sent(thread_line(kind, facts, execution)),
        ended=lambda card: sent(end_note(card)),
        sentence=lambda sentence: sent(told(sentence)),
        schedule=lambda kind, facts: sent(schedule_note(kind, facts)),
        digest=lambda digest, key: sent(digest_message(digest, key)),
    )


def operators_of(outside: Outside) -> Place | None:
    """The operators' channel, if there is one."""
    channel = outside.settings.jobthread_operators
    if not channel:
        return None
    return Place(team=outside.slack.team, enterprise=outside.slack.enterprise, channel=channel)
