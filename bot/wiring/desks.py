"""The desk: the use cases that listeners reach, built from adapters."""

from bot.adapters.budgets import Budgets
from bot.adapters.people import SlackPeople
from bot.adapters.slack import SlackChat
from bot.language import Reader, format_intent
from bot.language.aliasing import alias_asked
from bot.language.auditing import audit_asked
from bot.language.completing import completing
from bot.language.delegating import away_asked
from bot.language.rights import rights_asked
from bot.language.shortforms import ShortForms
from bot.language.veils import Veils
from bot.language.vocabulary import is_reserved
from bot.services.accounts import Accounts
from bot.services.aliases import Aliases
from bot.services.approvals import Approvals
from bot.services.cards import Cards
from bot.services.delegations import Delegations
from bot.services.digests import DigestPages
from bot.services.drafts import Drafts
from bot.services.emergencies import Emergencies
from bot.services.executions import Executions
from bot.services.followups import FollowUps
from bot.services.guides import Guides
from bot.services.homes import Homes
from bot.services.inbox import Inbox
from bot.services.inquiries import Inquiries
from bot.services.overviews import Overviews
from bot.services.questions import Questions
from bot.services.renewals import Renewals
from bot.services.replies import Replies
from bot.services.requests import Requests
from bot.services.rights import Rights
from bot.services.voices import Voices
from bot.wiring.models import proposals_with
from bot.wiring.outside import Outside, common_of
from bot.wiring.schedules import schedules_with
from bot.wiring.stepups import step_ups_with
from handlers.desk import Desk
from handlers.names import JobNames
from handlers.queues import WorkQueue


def desk_with(
    outside: Outside,
    people: SlackPeople,
    accounts: Accounts,
    cards: Cards,
    overviews: Overviews,
    renewals: Renewals,
    voices: Voices,
    replies: Replies,
) -> Desk:
    """What listeners use, over the world as it was found."""
    common = common_of(outside)
    store, catalog, policy, clock = outside.store, outside.catalog, outside.policy, outside.clock
    requests = Requests(
        **common,
        voices=voices,
        accounts=accounts,
        platforms=outside.platforms,
        traces=outside.instruments.traces,
    )
    executions = Executions(**common, platforms=outside.platforms, cards=cards)
    delegations = Delegations(**common, people=people)
    approvals = Approvals(**common, cards=cards, renewals=renewals, voices=voices)
    emergencies = Emergencies(**common, cards=cards, renewals=renewals)
    drafts = Drafts(**common, requests=requests)
    schedules, handovers = schedules_with(
        outside.settings, **common, people=people, requests=requests, drafts=drafts
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
        replies=replies,
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
            replies=replies,
            voices=voices,
            store=store,
            policy=policy,
            clock=clock,
            cards=cards,
            executions=executions,
            overviews=overviews,
        ),
        proposals=proposals_with(outside),
        questions=Questions(policy=policy, clock=clock),
        inquiries=Inquiries(
            **common,
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
        aliases=Aliases(**common, is_reserved=is_reserved, veiled=Veils(catalog.jobs).over),
        guides=Guides(**common, executions=executions, completing=completing),
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
