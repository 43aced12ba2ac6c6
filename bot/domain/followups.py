"""Open questions: what was asked back, so that a short answer fills it."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.actors import PersonId, Place
from bot.domain.intents import RunJob


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenQuestion:
    """The run that is not yet certain or whole, whom and where it was asked, and until when."""

    place: Place
    person: PersonId
    run: RunJob
    until: datetime
