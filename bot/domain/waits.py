"""Waits: a run that waits for a person, whose word that takes, and what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.actors import MessageRef, PersonId
from bot.domain.answers import Need, Occasion
from bot.domain.approvals import Decision, missing, people_for
from bot.domain.executions import Execution
from bot.domain.jobs import digest_of
from bot.domain.parameters import VEIL, Parameter, Value, masked
from bot.domain.pauses import Pause

MOST_BUTTONS = 5
"""Choices that are buttons; more are a list in a form."""


class Standing(StrEnum):
    """Where a wait stands. ANSWERED: somebody said what, and the platform has it not yet."""

    OPEN = "open"
    ANSWERED = "answered"
    TAKEN = "taken"
    OVER = "over"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What a person said to a pause: there is one for each that went on by us.

    `values` are those of its form as kept and shown; the ones named in `masked` are emptied once
    the platform has them. `digest` binds all of it. `behalf` is for whom a stand-in said it.
    """

    person: PersonId
    name: str
    chosen: tuple[str, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict[str, Value])
    masked: frozenset[str] = field(default_factory=frozenset[str])
    comment: str = ""
    behalf: str = ""
    digest: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """One pause of one try of an execution; `request_key` and the pause's key name it.

    `needs` are whose yes it takes as far as that was found out; empty: whoever may run it. `said`
    are those who said theirs while more are needed. `due_at` is when the worker looks at it: to ask
    people, to hand the reply over, or to see whether it is over. `tries` counts the replies sent,
    and `unsure` that one of them may have been taken. `note` is why it was not taken, or why it is
    over. `ref` is the message that asks in the thread, `copies` those by DM.
    """

    execution: int
    request_key: str
    host: str = ""
    pause: Pause
    standing: Standing = Standing.OPEN
    needs: tuple[Need, ...] = ()
    is_asked: bool = False
    said: tuple[Decision, ...] = ()
    reply: Reply | None = None
    begun_at: datetime
    due_at: datetime | None = None
    ended_at: datetime | None = None
    tries: int = 0
    unsure: bool = False
    note: str = ""
    ref: MessageRef | None = None
    copies: tuple[tuple[MessageRef, PersonId], ...] = ()

    @property
    def occasion(self) -> Occasion:
        """A form is filled in by whoever may run the job; anything else is a kind of approval."""
        return Occasion.FORM if self.pause.parameters else Occasion.PAUSE

    @property
    def name(self) -> str:
        """What names it: a pause's key may be longer than an index or a button takes."""
        return name_of(self.request_key, self.pause.key)

    @property
    def mark(self) -> str:
        """What a button or form of it carries: `mark_of`."""
        return mark_of(self.request_key, self.pause)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that are asked, each once."""
        return tuple(dict.fromkeys(role for need in self.needs for role in need.roles))

    @property
    def is_final(self) -> bool:
        return self.standing in {Standing.TAKEN, Standing.OVER}

    def copy_of(self, person: PersonId) -> MessageRef | None:
        """The message by DM to this person, where one stands."""
        return next((ref for ref, whose in self.copies if whose.is_same_person(person)), None)

    def as_asked(self, execution: Execution, digest: str) -> Execution:
        """The execution as approvals look at it: this wait's needs, and a yes to this digest."""
        count = sum(need.count for need in self.needs)
        return replace(
            execution,
            needs=self.needs,
            approvers=self.roles,
            approvals_needed=count,
            rule=self.needs[0].rule if self.needs else "",
            digest=digest,
        )

    def still_needed(self, execution: Execution, digest: str) -> int:
        """How many more people must say the same."""
        return people_for(missing(self.as_asked(execution, digest), self.said))


def name_of(request_key: str, pause: str) -> str:
    """The name of a try's pause, as SHA-256 in hex."""
    return digest_of(request_key, pause)


def mark_of(request_key: str, pause: Pause) -> str:
    """What a button of this very pause carries, as SHA-256 in hex: any change makes another."""
    asked = [(each.name, each.kind, each.required) for each in pause.parameters]
    shown = (pause.title, pause.text, list(pause.choices), pause.several)
    about = (pause.key, *shown, pause.elsewhere)
    return digest_of(request_key, *about, asked)


def digest_of_reply(wait: Wait, chosen: Sequence[str], values: Mapping[str, Value]) -> str:
    """What somebody said to what, as SHA-256 in hex."""
    return digest_of(wait.mark, list(chosen), dict(values))


def is_no(pause: Pause, chosen: Sequence[str]) -> bool:
    """True for a choice that is a refusal by its own word; the first choice never is one."""
    if len(chosen) != 1 or not pause.choices or chosen[0] == pause.choices[0]:
        return False
    return chosen[0].strip().casefold() in _NOES


def shown_values(parameters: Iterable[Parameter], reply: Reply) -> Sequence[tuple[str, str]]:
    """The form as it was filled in, label and text, as all may see it."""
    return [
        (each.label, VEIL if each.name in reply.masked else masked(each, reply.values[each.name]))
        for each in parameters
        if each.name in reply.values or each.name in reply.masked
    ]


_NOES = frozenset(
    {
        *("reject", "deny", "decline", "no", "cancel", "abort", "stop", "refuse", "disapprove"),
        *("拒绝", "否", "不", "取消", "停止", "驳回", "不同意"),
    }
)
