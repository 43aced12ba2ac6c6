"""Who acts, and where they stand while they do."""

from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo


class ActorKind(StrEnum):
    """What acts: a person, or something that acts for people."""

    PERSON = "person"
    AGENT = "agent"
    MCP = "mcp"
    SYSTEM = "system"


class Standing(StrEnum):
    """What kind of account somebody acts with, as Slack says; all but members are refused."""

    MEMBER = "member"
    GUEST = "guest"
    EXTERNAL = "external"
    BOT = "bot"
    WORKFLOW = "workflow"
    DEACTIVATED = "deactivated"
    UNKNOWN = "unknown"


ADMISSIBLE = frozenset({Standing.GUEST, Standing.EXTERNAL})
"""Whom an operator can let in all the same; roles are still the policy's to give."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonId:
    """A Slack user with the team (and on Enterprise Grid the organisation) they belong to."""

    team: str
    user: str
    enterprise: str = ""

    def is_same_person(self, other: "PersonId") -> bool:
        """User ids are unique over all workspaces: another team id is the same person elsewhere."""
        return self.user == other.user


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Somebody or something that asks, as far as we know them.

    `email` is empty unless Slack confirmed it and it is of our own workspace. `groups` holds user
    group ids and handles. `blocked` is empty, or the reason why nobody like that may do anything
    (deleted, another organisation's member, a bot), and `blocked_by` the name of that rule.
    """

    kind: ActorKind = ActorKind.PERSON
    id: PersonId
    name: str
    email: str = ""
    groups: frozenset[str] = field(default_factory=frozenset[str])
    tz: str = "UTC"
    locale: str = "en-US"
    blocked: str = ""
    blocked_by: str = "people:blocked"
    on_behalf_of: PersonId | None = None

    @property
    def zone(self) -> ZoneInfo:
        """Their time zone; UTC where it is one that nobody here knows."""
        try:
            return ZoneInfo(self.tz)
        except (KeyError, ValueError, OSError):
            return ZoneInfo("UTC")

    @property
    def in_audit(self) -> str:
        """How audit rows name who acted: `person:TACME/UANA`."""
        return f"{self.kind}:{self.id.team}/{self.id.user}"

    def is_person(self, person: PersonId, email: str = "") -> bool:
        """True for this account, for another with the same address, and for who acts for it."""
        same_address = bool(self.email) and self.email.casefold() == email.casefold()
        on_behalf = self.on_behalf_of
        return (
            person.is_same_person(self.id)
            or same_address
            or (on_behalf is not None and person.is_same_person(on_behalf))
        )


SYSTEM = Actor(kind=ActorKind.SYSTEM, id=PersonId(team="", user="system"), name="Jobthread")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A conversation: a channel or DM, and a thread in it when `thread` (a message ts) is set."""

    team: str
    channel: str
    thread: str = ""
    enterprise: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageRef:
    """One message in Slack: the channel's id and the message's ts name it."""

    team: str
    channel: str
    ts: str
    enterprise: str = ""
