"""Schedules, wired: their times come from cron lines, their bounds from the settings."""

from datetime import timedelta

from bot.adapters.timetables import CronTimetables
from bot.ports import Catalog, Clock, People, PolicySource, Store
from bot.services.drafts import Drafts
from bot.services.firing import Firing
from bot.services.handovers import Handovers
from bot.services.keepers import Bounds, Keepers
from bot.services.requests import Requests
from bot.services.schedules import Schedules
from bot.settings import Settings


def schedules_with(
    settings: Settings,
    *,
    store: Store,
    catalog: Catalog,
    policy: PolicySource,
    people: People,
    clock: Clock,
    requests: Requests,
    drafts: Drafts,
) -> tuple[Schedules, Handovers]:
    """What people do with schedules."""
    timetables = CronTimetables()
    keepers = Keepers(
        store=store,
        catalog=catalog,
        policy=policy,
        clock=clock,
        timetables=timetables,
        bounds=Bounds(
            least=timedelta(minutes=settings.jobthread_schedule_minutes),
            of_one=settings.jobthread_schedules_of_one,
            of_all=settings.jobthread_schedules_of_all,
        ),
    )
    schedules = Schedules(
        store=store,
        clock=clock,
        drafts=drafts,
        requests=requests,
        timetables=timetables,
        keepers=keepers,
    )
    return schedules, Handovers(store=store, people=people, clock=clock, keepers=keepers)


def firing_with(
    *,
    store: Store,
    catalog: Catalog,
    policy: PolicySource,
    people: People,
    clock: Clock,
    requests: Requests,
) -> Firing:
    """What their times do."""
    return Firing(
        store=store,
        catalog=catalog,
        policy=policy,
        people=people,
        clock=clock,
        requests=requests,
        timetables=CronTimetables(),
    )
