"""A run somebody is still putting together in a modal: a row, so that nothing typed is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.actors import PersonId, Place
from bot.domain.parameters import Raw


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What was typed so far, and where the run will be told.

    `given` holds raw values by parameter, as typed on submitted steps. `request_id` becomes the
    execution's own, so that a review submitted twice is one run. `inferred` maps a parameter to the
    words it was read from, where it was not said exactly; `reader` is the model that read them.
    With a `cron` line it becomes a schedule, and no run. It starts from `start_at` on (None: at
    once) and before `start_until` (None: as long after that as the job says).
    """

    id: str
    owner: PersonId
    place: Place
    job: str = ""
    given: Mapping[str, Raw] = field(default_factory=dict[str, Raw])
    inferred: Mapping[str, str] = field(default_factory=dict[str, str])
    reason: str = ""
    cron: str = ""
    reader: str = ""
    rerun_of: int | None = None
    start_at: datetime | None = None
    start_until: datetime | None = None
    request_id: str
    execution: int | None = None
    created_at: datetime
    changed_at: datetime
