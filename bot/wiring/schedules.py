"""Schedules, wired: their times come from cron lines, their bounds from the settings."""

from datetime import timedelta
from typing import Unpack

from bot.adapters.timetables import CronTimetables
from bot.ports import People
from bot.services.drafts import Drafts
from bot.services.firing import Firing
from bot.services.handovers import Handovers
from bot.services.keepers import Bounds, Keepers
from bot.services.requests import Requests
from bot.services.schedules import Schedules
from bot.settings import Settings
from bot.wiring.outside import Common


def schedules_with(
    settings: Settings,
    *,
    people: People,
    requests: Requests,
    drafts: Drafts,
    **common: Unpack[Common],
) -> tuple[Schedules, Handovers]:
    """What people do with schedules."""
    timetables = CronTimetables()
    bounds = Bounds(
        least=timedelta(minutes=settings.jobthread_schedule_minutes),
        of_one=settings.jobthread_schedules_of_one,
        of_all=settings.jobthread_schedules_of_all,
    )
    keepers = Keepers(**common, timetables=timetables, bounds=bounds)
    store, clock = common["store"], common["clock"]
    schedules = Schedules(
        store=store,
        clock=clock,
        drafts=drafts,
        requests=requests,
        timetables=timetables,
        keepers=keepers,
    )
    return schedules, Handovers(store=store, people=people, clock=clock, keepers=keepers)


def firing_with(*, people: People, requests: Requests, **common: Unpack[Common]) -> Firing:
    """What their times do."""
    return Firing(**common, people=people, requests=requests, timetables=CronTimetables())
