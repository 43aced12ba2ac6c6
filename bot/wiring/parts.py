"""The use cases, built from adapters."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from bot.adapters.budgets import Budgets
from bot.adapters.instances import version_at
from bot.adapters.people import SlackPeople
from bot.adapters.slack import SlackChat
from bot.services.accounts import Accounts
from bot.services.answerers import Answerers
from bot.services.approvals import Approvals
from bot.services.cards import Cards
from bot.services.delivery import Delivery
from bot.services.discoveries import Discoveries
from bot.services.firing import Firing
from bot.services.hosts import Hosts
from bot.services.inbox import Inbox
from bot.services.operators import Operators
from bot.services.outages import Outages
from bot.services.overviews import Overviews
from bot.services.places import Places
from bot.services.polling import Polling
from bot.services.presences import Presences
from bot.services.renewals import Renewals
from bot.services.replies import Replies
from bot.services.resumptions import Resumptions
from bot.services.returns import Returns
from bot.services.starts import Starts
from bot.services.submission import Submission
from bot.services.voices import Voices
from bot.services.withdrawals import Withdrawals
from bot.wiring.desks import desk_with
from bot.wiring.outside import Outside, common_of, operators_of
from bot.wiring.renderers import renderers
from bot.wiring.schedules import firing_with
from handlers.desk import Desk


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """The use cases, wired."""

    inbox: Inbox
    delivery: Delivery
    submission: Submission
    discoveries: Discoveries
    withdrawals: Withdrawals
    resumptions: Resumptions
    starts: Starts
    polling: Polling
    firing: Firing
    approvals: Approvals
    desk: Desk
    operators: Operators
    presences: Presences
    overviews: Overviews
    outages: Outages
    hosts: Hosts
    returns: Returns


def services_of(outside: Outside) -> Services:
    """Every use case over the world as it was found."""
    common = common_of(outside)
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
    outages = Outages(store=outside.store, clock=outside.clock, platforms=outside.platforms)
    polling = Polling(
        store=outside.store,
        catalog=outside.catalog,
        clock=outside.clock,
        platforms=outside.platforms,
        outages=outages,
        host=host,
        traces=traces,
    )
    file = outside.settings.jobthread_platforms.absolute()
    overviews = Overviews(
        store=outside.store,
        clock=outside.clock,
        platforms=outside.platforms,
        on_disk=lambda: asyncio.to_thread(version_at, file),
    )
    voices = Voices(store=outside.store, people=people, clock=outside.clock)
    renewals = Renewals(**common, people=people, voices=voices, platforms=outside.platforms)
    accounts = Accounts(policy=outside.policy, people=people, platforms=outside.platforms)
    answerers = Answerers(
        catalog=outside.catalog,
        policy=outside.policy,
        people=people,
        voices=voices,
        clock=outside.clock,
    )
    replies = Replies(
        store=outside.store, clock=outside.clock, cards=cards, voices=voices, answerers=answerers
    )
    desk = desk_with(outside, people, accounts, cards, overviews, renewals, voices, replies)
    starts = Starts(store=outside.store, policy=outside.policy, people=people, clock=outside.clock)
    return Services(
        inbox=desk.inbox,
        delivery=Delivery(
            store=outside.store,
            chat=chat,
            clock=outside.clock,
            cards=cards,
            platforms=outside.platforms,
            renderers=renderers(),
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
            places=Places(outside.instances.limits),
            workspace=outside.slack.workspace,
            host=host,
            traces=traces,
        ),
        resumptions=Resumptions(
            store=outside.store,
            clock=outside.clock,
            platforms=outside.platforms,
            answerers=answerers,
            host=host,
        ),
        discoveries=Discoveries(
            store=outside.store,
            clock=outside.clock,
            platforms=outside.platforms,
            operators=outside.operators,
            take=outside.catalog.offered,
        ),
        withdrawals=Withdrawals(
            store=outside.store, clock=outside.clock, ours=outside.instances.offering
        ),
        starts=starts,
        firing=firing_with(**common, people=people, requests=desk.requests),
        polling=polling,
        approvals=desk.approvals,
        desk=desk,
        operators=outside.operators,
        presences=outside.presences,
        overviews=overviews,
        outages=outages,
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
