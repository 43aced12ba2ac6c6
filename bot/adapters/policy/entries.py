"""What a policy file may say: its keys, and what editors tell about them."""

from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from bot.adapters.notations import Conditions, Duration, Text, Words, is_short
from bot.adapters.yaml_shapes import Entry

RoleName: TypeAlias = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


def _listed(raw: object) -> object:
    return [raw] if is_short(raw, list) else raw


class PermissionEntry(Entry):
    name: Annotated[Text, Field(max_length=75)] = ""
    """What refusals and the audit call this rule."""
    may: Annotated[Words, Field(min_length=1)]
    """Commands: run, logs, history, cancel, approve, admin, or all; `use` goes with each."""
    jobs: Annotated[Words, Field(min_length=1)] = ("*",)
    """Jobs by name, by glob (deploy-*), or by tag (tag:production)."""
    values: Conditions = Field(default_factory=dict)
    """Parameters and the values (or globs) for which it holds: {env: [dev, staging]}."""


Permissions: TypeAlias = Annotated[tuple[PermissionEntry, ...], BeforeValidator(_listed)]
"""A single one may stand without the list."""


class BindingEntry(Entry):
    roles: Annotated[Words, Field(min_length=1)]
    """The roles these people hold."""
    users: Words = ()
    """Slack user ids, as U02ABCDEF; the profile's menu copies them."""
    groups: Words = ()
    """Slack user groups, as @platform or S02ABCDEF."""
    emails: Words = ()
    """E-mail addresses or globs, as *@example.org."""


class PolicyApprovalEntry(Entry):
    name: Annotated[Text, Field(min_length=1, max_length=75)]
    """What cards and the audit call this rule."""
    jobs: Annotated[Words, Field(min_length=1)] = ("*",)
    """Jobs by name, by glob, or by tag."""
    when: Conditions = Field(default_factory=dict)
    """Parameters and the values for which it holds: {env: prod}."""
    by: Annotated[Words, Field(min_length=1)]
    """Roles that may approve."""
    count: Annotated[int, Field(ge=1, le=10)] = 1
    """How many people must say yes; never the one who asked."""
    expires: Duration = timedelta(hours=1)
    """How long the question stays open."""


class PolicyEntry(Entry):
    version: Literal["1"] = "1"
    """The version of this file's format."""
    contact: Annotated[Text, Field(max_length=200)] = ""
    """Whom a refusal points to: a channel, a group or a name."""
    roles: dict[RoleName, Permissions]
    """What each role may do."""
    people: tuple[BindingEntry, ...] = ()
    """Who holds which roles."""
    approvals: tuple[PolicyApprovalEntry, ...] = ()
    """Runs that need somebody else's yes, whatever the job itself says."""
