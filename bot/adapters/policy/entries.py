"""What a policy file may say: its keys, and what editors tell about them."""

from datetime import time, timedelta
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from bot.adapters.notations import Conditions, Duration, Text, Words, is_short
from bot.adapters.policy.times import ClockTime, Dates, Weekdays, Zone
from bot.adapters.yaml_shapes import Entry
from bot.domain.accounts import PLACEHOLDERS, placeholders_of
from bot.domain.actors import ActorKind
from bot.domain.answers import Occasion, Per
from bot.domain.delegations import LONGEST
from bot.domain.jobs import Risk

Name: TypeAlias = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
RuleName: TypeAlias = Annotated[Text, Field(min_length=1, max_length=75)]
Reason: TypeAlias = Annotated[Text, Field(max_length=300)]


def _listed(raw: object) -> object:
    return [raw] if is_short(raw, list) else raw


def _nothing(raw: object) -> object:
    return timedelta() if raw == "none" else raw


def _not_too_long(span: timedelta) -> timedelta:
    if span > LONGEST:
        raise ValueError(f"at most {LONGEST.days}d can be delegated")
    return span


Delegation: TypeAlias = Annotated[
    Duration,
    BeforeValidator(_nothing),
    AfterValidator(_not_too_long),
    WithJsonSchema({"type": ["string", "integer"], "examples": ["14d", "none"]}),
]


class PermissionEntry(Entry):
    name: Annotated[Text, Field(max_length=75)] = ""
    """What refusals and the audit call this rule."""
    may: Annotated[Words, Field(min_length=1)]
    """Commands: run, logs, history, cancel, approve, schedule, audit, admin, or all."""
    jobs: Annotated[Words, Field(min_length=1)] = ("*",)
    """Jobs by name, by glob (deploy-*), or by tag (tag:production)."""
    values: Conditions = Field(default_factory=dict)
    """Parameters and the values (or globs) for which it holds: {env: [dev, staging]}."""
    channels: Words = ()
    """Ids of channels, or globs, in which it holds: C02ABCDEF; everywhere when left out."""
    hours: str = ""
    """Hours, by their name, in which it holds; always when left out."""


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


class PeopleEntry(Entry):
    users: Words = ()
    """Slack user ids, as U02ABCDEF."""
    groups: Words = ()
    """Slack user groups, as @platform or S02ABCDEF."""
    emails: Words = ()
    """E-mail addresses or globs, as *@example.org."""


class ScopeEntry(Entry):
    """What rules that forbid or ask have in common; all that is said must hold."""

    jobs: Annotated[Words, Field(min_length=1)] = ("*",)
    """Jobs by name, by glob, or by tag."""
    environments: Words = ()
    """Environments that a run is aimed at, or globs."""
    risks: Annotated[tuple[Risk, ...], BeforeValidator(_listed)] = ()
    """Risks of jobs: safe or confirm."""
    channels: Words = ()
    """Ids of channels, or globs, from which it is asked."""
    actors: Annotated[tuple[ActorKind, ...], BeforeValidator(_listed)] = ()
    """What asks: person, agent, mcp or system."""
    people: PeopleEntry | None = None
    """Who asks; everybody when left out."""
    during: str = ""
    """Hours, by their name, in which it holds."""
    outside: str = ""
    """Hours, by their name, outside of which it holds."""


class ValuedScopeEntry(ScopeEntry):
    values: Conditions = Field(default_factory=dict)
    """Parameters and the values (or globs) for which it holds: {env: prod}."""


class DenyEntry(ValuedScopeEntry):
    name: RuleName
    """What refusals and the audit call this rule."""
    commands: Annotated[Words, Field(min_length=1)] = ("all",)
    """Commands that it denies: use, run, logs, history, cancel, approve, schedule, audit, admin."""
    reason: Reason = ""
    """Why, as the refusal says it."""


class ExemptionEntry(Entry):
    jobs: Annotated[Words, Field(min_length=1)] = ("*",)
    """Jobs that go on, by name, by glob, or by tag."""
    roles: Words = ()
    """Roles whose holders go on."""
    values: Conditions = Field(default_factory=dict)
    """Values with which it goes on."""


class FreezeEntry(ValuedScopeEntry):
    model_config = ConfigDict(validate_by_alias=True)

    name: RuleName
    """What refusals and the audit call this freeze."""
    from_: Annotated[str, Field(alias="from")]
    """When it begins: 2026-12-20 18:00, or a date."""
    to: str
    """When it ends; a date is meant to its end."""
    zone: Zone | None = None
    """The time zone of both; the file's when left out."""
    reason: Reason = ""
    """Why, as the refusal says it."""
    exceptions: Annotated[tuple[ExemptionEntry, ...], BeforeValidator(_listed)] = Field(
        default=(), alias="except"
    )
    """What goes on all the same; of one exception everything that is said must hold."""


class LimitEntry(ValuedScopeEntry):
    name: RuleName
    """What refusals and the audit call this limit."""
    per: Annotated[tuple[Per, ...], BeforeValidator(_listed)] = ()
    """What is counted apart: person, job, environment, channel, platform; together when absent."""
    runs: Annotated[int, Field(ge=0, le=10_000)] = 0
    """At most so many are asked for within the time."""
    within: Duration = timedelta(hours=1)
    """The time for `runs`."""
    at_once: Annotated[int, Field(ge=0, le=10_000)] = 0
    """At most so many are underway, those that wait included."""


class PolicyApprovalEntry(ScopeEntry):
    name: RuleName
    """What cards and the audit call this rule."""
    when: Conditions = Field(default_factory=dict)
    """Parameters and the values for which it holds: {env: prod}."""
    by: Annotated[Words, Field(min_length=1)]
    """Roles of which any may approve; for two groups that must both agree write two approvals."""
    count: Annotated[int, Field(ge=1, le=10)] = 1
    """How many people must say yes; never the one who asked."""
    expires: Duration = timedelta(hours=1)
    """How long the question stays open."""
    reminder: Duration | None = None
    """After how long those who did not answer are asked once more."""
    comment: bool = False
    """A yes needs a word as well."""
    step_up: bool = False
    """A yes counts only with a passkey."""
    of: Annotated[tuple[Occasion, ...], BeforeValidator(_listed), Field(min_length=1)] = (
        Occasion.RUN,
        Occasion.PAUSE,
    )
    """What it is asked for: run (its start), pause (a question of a run), form (a run's form)."""


class ComplianceEntry(ValuedScopeEntry):
    name: RuleName
    """What the security channel and the audit call this rule."""
    more_than: Annotated[int, Field(ge=0, le=10_000)] = 0
    """It fires for one run more than this within the time."""
    per: Annotated[tuple[Per, ...], BeforeValidator(_listed)] = (Per.PERSON, Per.JOB)
    """What `more_than` counts apart."""
    within: Duration = timedelta(hours=1)
    """The time for `more_than`."""
    first_time: bool = False
    """It fires when this person never ran this job in this environment before."""
    tell: bool = True
    """The security channel is told."""
    confirm: bool = False
    """Whoever asks must confirm once more."""


class BreakGlassEntry(Entry):
    name: RuleName
    """What posts and the audit call this rule."""
    roles: Annotated[Words, Field(min_length=1)]
    """Who may run without approval, with a reason and loudly."""
    review: Annotated[Words, Field(min_length=1)]
    """Roles of whom one must close the review afterwards."""
    jobs: Annotated[Words, Field(min_length=1)] = ("*",)
    """Jobs by name, by glob, or by tag."""
    values: Conditions = Field(default_factory=dict)
    """Values for which it holds."""


class ShiftEntry(Entry):
    model_config = ConfigDict(validate_by_alias=True)

    days: Weekdays = ("mon-sun",)
    """Weekdays: mon-fri, [mon, wed], sat."""
    from_: Annotated[ClockTime, Field(alias="from")] = time()
    """When it begins, as 09:00."""
    to: ClockTime = time()
    """When it ends; before its beginning: on the next day."""


class HoursEntry(ShiftEntry):
    also: Annotated[tuple[ShiftEntry, ...], BeforeValidator(_listed)] = ()
    """Further shifts of the same hours."""
    zone: Zone | None = None
    """Its IANA time zone, as Europe/Berlin; the file's when left out."""
    holidays: Words = ()
    """Lists of holidays, by their name, on which no shift begins."""


class AccountsEntry(Entry):
    table: dict[str, str] = Field(default_factory=dict)
    """Accounts by Slack user id or e-mail address; an empty one for somebody without."""
    template: Annotated[str, Field(max_length=200)] = ""
    """The account of who is not in the table, as {email}, {email_name} or svc-{user}."""
    domains: Words = ()
    """Domains of e-mail addresses for which the template holds; {email_name} needs them."""
    disabled: Words = ()
    """Accounts by which nothing is started."""

    @field_validator("template")
    @classmethod
    def _is_known(cls, template: str) -> str:
        strange = placeholders_of(template) - PLACEHOLDERS
        if strange or (template and not placeholders_of(template)):
            raise ValueError(f"a template names {', '.join(sorted(PLACEHOLDERS))} in braces")
        return template

    @model_validator(mode="after")
    def _names_one_person(self) -> "AccountsEntry":
        if "email_name" in placeholders_of(self.template) and not self.domains:
            raise ValueError("{email_name} needs `domains`: ana@a.example is not ana@b.example")
        return self


class PolicyEntry(Entry):
    version: Literal["1"] = "1"
    """The version of this file's format."""
    contact: Annotated[Text, Field(max_length=200)] = ""
    """Whom a refusal points to: a channel, a group or a name."""
    security: Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{2,30}$|^$")] = ""
    """The id of the security channel, as C02ABCDEF; the operators' channel when left out."""
    zone: Zone = ZoneInfo("UTC")
    """The time zone of what names none itself."""
    holidays: dict[Name, Dates] = Field(default_factory=dict)
    """Lists of days off, by a name: dates, or spans as 2026-12-24..2026-12-26."""
    hours: dict[Name, HoursEntry] = Field(default_factory=dict)
    """Working hours, by a name."""
    roles: dict[Name, Permissions]
    """What each role may do."""
    people: tuple[BindingEntry, ...] = ()
    """Who holds which roles."""
    deny: tuple[DenyEntry, ...] = ()
    """What nobody whom it names may do, whatever roles say."""
    freezes: tuple[FreezeEntry, ...] = ()
    """Spans of time in which nothing of this begins."""
    limits: tuple[LimitEntry, ...] = ()
    """How many runs may be asked for, and be underway at once."""
    approvals: tuple[PolicyApprovalEntry, ...] = ()
    """Runs that need somebody else's yes, whatever the job itself says; every one must be met."""
    compliance: tuple[ComplianceEntry, ...] = ()
    """What the security channel is told of, and what must be confirmed twice."""
    break_glass: tuple[BreakGlassEntry, ...] = ()
    """Who may run without approval in an emergency."""
    delegation: Delegation = LONGEST
    """For how long approving may be delegated at most, 90d or less; none: never."""
    accounts: dict[Name, AccountsEntry] = Field(default_factory=dict)
    """Who people are on each platform; where nothing is said, nobody is anybody."""
