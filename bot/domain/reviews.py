"""Reviews: what ran without approval stays open until somebody else has looked at it."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.actors import Actor, PersonId


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """Somebody broke the glass for an execution, by a rule and for a reason.

    `roles` are those of whom one, never the person, must close it with a word.
    """

    execution: int
    target: str
    rule: str
    reason: str
    roles: tuple[str, ...]
    opened_by: PersonId
    opened_name: str
    opened_email: str = ""
    opened_at: datetime
    closed_by: PersonId | None = None
    closed_name: str = ""
    closed_at: datetime | None = None
    word: str = ""

    def is_of(self, actor: Actor) -> bool:
        """True for whoever broke the glass, by this account or another of theirs."""
        return actor.is_person(self.opened_by, self.opened_email)
