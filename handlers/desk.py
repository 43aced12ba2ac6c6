"""Everything a listener may call: the services, and the reading of text."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.aliases import AliasQuestion
from bot.domain.audit import AuditQuestion
from bot.domain.delegations import AwayQuestion
from bot.domain.intents import Intent, RunJob
from bot.domain.jobs import Job
from bot.domain.rights import RightsQuestion
from bot.domain.shortcuts import ShortForm
from bot.domain.surroundings import Surroundings
from bot.ports import UNMEASURED, UNTRACED, Clock, Meters, People, Traces
from bot.services.aliases import Aliases
from bot.services.approvals import Approvals
from bot.services.delegations import Delegations
from bot.services.digests import DigestPages
from bot.services.drafts import Drafts
from bot.services.emergencies import Emergencies
from bot.services.executions import Executions
from bot.services.followups import FollowUps
from bot.services.guides import Guides
from bot.services.handovers import Handovers
from bot.services.homes import Homes
from bot.services.inbox import Inbox
from bot.services.inquiries import Inquiries
from bot.services.proposals import Proposals
from bot.services.questions import Questions
from bot.services.replies import Replies
from bot.services.requests import Requests
from bot.services.rights import Rights
from bot.services.schedules import Schedules
from bot.services.stepups import StepUps
from handlers.names import JobNames
from handlers.queues import WorkQueue


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """`parse` reads text with the jobs that exist, `written` is an intent as a command, `veiled` a
    text without typed secrets.

    `web` is the one shared client.
    """

    web: AsyncWebClient
    clock: Clock
    people: People
    inbox: Inbox
    requests: Requests
    executions: Executions
    digests: DigestPages
    drafts: Drafts
    approvals: Approvals
    replies: Replies
    step_ups: StepUps
    emergencies: Emergencies
    delegations: Delegations
    homes: Homes
    schedules: Schedules
    handovers: Handovers
    proposals: Proposals
    questions: Questions
    inquiries: Inquiries
    rights: Rights
    follow_ups: FollowUps
    aliases: Aliases
    guides: Guides
    queue: WorkQueue
    jobs: Callable[[], Sequence[Job]]
    names: JobNames
    shortcuts: Callable[[], Sequence[ShortForm]]
    short: Callable[[str], RunJob | None]
    parse: Callable[[str, Sequence[Job], Surroundings], Intent]
    written: Callable[[Intent], str]
    veiled: Callable[[str], str]
    audit_asked: Callable[[str, Collection[str], datetime], AuditQuestion | None]
    alias_asked: Callable[[str, Collection[str]], AliasQuestion | None]
    rights_asked: Callable[[str, Collection[str]], RightsQuestion | None]
    away_asked: Callable[[str, Collection[str], datetime], AwayQuestion | None]
    contact: Callable[[], str]
    sandbox_note: str = ""
    traces: Traces = UNTRACED
    meters: Meters = UNMEASURED
