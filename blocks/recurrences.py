"""What the review of a schedule asks and shows beside that of a run, and reading what came back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from blocks.elements import Block, plain, section
from blocks.texts import code, joined, moment, safe
from bot.domain.schedules import LATEST, Missed, Overlap, ScheduleRules
from bot.domain.wording import N_, _

OVERLAP_BLOCK, MISSED_BLOCK = "schedule:overlap", "schedule:missed"
CHOICE = "schedule_choice"

_DAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_TIMES = N_("*{cron}* on the clock of {zone}")
_NEXT = N_("Next: {times}")
_THERE = N_("{moment} ({day} {wall} in {zone})")
_OVERLAP, _MISSED = N_("When the run before is not over"), N_("When its time was missed")
_OVERLAPS = {
    Overlap.SKIP: N_("Skip this one"),
    Overlap.QUEUE: N_("Start it when that has ended"),
    Overlap.ALLOW: N_("Start it all the same"),
}
_MISSES = {
    "run": N_("Run it late, at most an hour"),
    "day": N_("Run it late, at most a day"),
    "skip": N_("Skip it"),
}
_CHOSEN = {
    "run": ScheduleRules(missed=Missed.RUN, late=LATEST),
    "day": ScheduleRules(missed=Missed.RUN, late=timedelta(days=1)),
    "skip": ScheduleRules(missed=Missed.SKIP),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Recurrence:
    """When a schedule runs: its cron line, whose clock that is on, and the times that come next."""

    cron: str
    zone: str
    upcoming: tuple[datetime, ...]


def recurrence_blocks(recurrence: Recurrence, said: ScheduleRules) -> list[Block]:
    """The times, and what the job leaves open. Read by `read_rules`."""
    blocks = [section(times_text(recurrence))]
    if said.overlap is None:
        blocks.append(_select(OVERLAP_BLOCK, _(_OVERLAP), _OVERLAPS.items(), Overlap.SKIP))
    if said.missed is None:
        blocks.append(_select(MISSED_BLOCK, _(_MISSED), _MISSES.items(), "run"))
    return blocks


def read_rules(state: object) -> ScheduleRules:
    """What was chosen, from `view["state"]["values"]`; what is not one of ours is left out."""
    overlap, missed = _picked(state, OVERLAP_BLOCK), _picked(state, MISSED_BLOCK)
    chosen = _CHOSEN.get(missed, ScheduleRules())
    return ScheduleRules(
        missed=chosen.missed,
        late=chosen.late,
        overlap=Overlap(overlap) if overlap in set(Overlap) else None,
    )


def times_text(recurrence: Recurrence) -> str:
    """The cron line, its zone and the next times, in the reader's zone and in its own."""
    line = _(_TIMES).format(cron=code(recurrence.cron, 100), zone=safe(recurrence.zone, 60))
    times = [there(each, recurrence.zone) for each in recurrence.upcoming]
    return joined([line, *([_(_NEXT).format(times=joined(times, "\n"))] if times else [])], "\n")


def there(when: datetime, zone: str) -> str:
    """A moment for whoever reads it, and as the clock of its own zone has it."""
    day, wall = _(_DAYS[when.weekday()]), f"{when:%H:%M}"
    return _(_THERE).format(moment=moment(when), day=day, wall=wall, zone=safe(zone, 60))


def _select(block: str, label: str, choices: Iterable[tuple[str, str]], first: str) -> Block:
    options = {
        value: {"text": plain(_(words), 75), "value": str(value)} for value, words in choices
    }
    return {
        "type": "input",
        "block_id": block,
        "label": plain(label),
        "element": {
            "type": "static_select",
            "action_id": CHOICE,
            "options": list(options.values()),
            "initial_option": options[first],
        },
    }


def _picked(state: object, block: str) -> str:
    found: object = state
    for name in (block, CHOICE, "selected_option", "value"):
        if not isinstance(found, Mapping):
            return ""
        found = cast("Mapping[str, object]", found).get(name)
    return found if isinstance(found, str) else ""
