"""The Protocols through which the services reach the world; each has a contract suite in tests."""

from bot.ports.allowances import Allowances
from bot.ports.chats import Chat, Rendered
from bot.ports.countings import Countings, Footprint
from bot.ports.delegations import Delegations
from bot.ports.dialogues import Aliases, OpenQuestions
from bot.ports.executions import Decisions, Executions
from bot.ports.letters import TOLD_ANOTHER_WAY, Letter, Letters, LetterState
from bot.ports.meters import UNMEASURED, Meters, Unmeasured
from bot.ports.models import LanguageModel, Outcome, Question, Reply, Spendings, Usage
from bot.ports.offers import Offers
from bot.ports.passkeys import Ceremonies, Passkeys
from bot.ports.places import Places
from bot.ports.platforms import (
    FILES_FOLDER,
    Attachment,
    Capability,
    Health,
    JobPlatform,
    LogChunk,
    Observation,
    PlatformKind,
    RunState,
    StartOrder,
    Surroundings,
)
from bot.ports.proofs import Archive, Cursor, Proofs, Signer, Witness
from bot.ports.reviews import Reviews
from bot.ports.schedules import Schedules
from bot.ports.sources import Catalog, Clock, People, PolicySource
from bot.ports.stores import (
    AuditLog,
    Copies,
    Drafts,
    Envelope,
    Inbox,
    Outbox,
    Outgoing,
    Presences,
    Store,
    Transaction,
    Work,
)
from bot.ports.tallies import Tallies
from bot.ports.timetables import Timetables
from bot.ports.traces import UNTRACED, Traces, Untraced
from bot.ports.waits import Waits

__all__ = [
    "FILES_FOLDER",
    "TOLD_ANOTHER_WAY",
    "UNMEASURED",
    "UNTRACED",
    "Aliases",
    "Allowances",
    "Archive",
    "Attachment",
    "AuditLog",
    "Capability",
    "Catalog",
    "Ceremonies",
    "Chat",
    "Clock",
    "Copies",
    "Countings",
    "Cursor",
    "Decisions",
    "Delegations",
    "Drafts",
    "Envelope",
    "Executions",
    "Footprint",
    "Health",
    "Inbox",
    "JobPlatform",
    "LanguageModel",
    "Letter",
    "LetterState",
    "Letters",
    "LogChunk",
    "Meters",
    "Observation",
    "Offers",
    "OpenQuestions",
    "Outbox",
    "Outcome",
    "Outgoing",
    "Passkeys",
    "People",
    "Places",
    "PlatformKind",
    "PolicySource",
    "Presences",
    "Proofs",
    "Question",
    "Rendered",
    "Reply",
    "Reviews",
    "RunState",
    "Schedules",
    "Signer",
    "Spendings",
    "StartOrder",
    "Store",
    "Surroundings",
    "Tallies",
    "Timetables",
    "Traces",
    "Transaction",
    "Unmeasured",
    "Untraced",
    "Usage",
    "Waits",
    "Witness",
    "Work",
]
