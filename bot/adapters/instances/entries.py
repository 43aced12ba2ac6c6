"""What an instance may say whatever its kind; the rest of its keys are the kind's own."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from bot.adapters.catalog.entries import ApprovalEntry
from bot.adapters.notations import Duration, Text, Words, is_short
from bot.adapters.yaml_shapes import Entry
from bot.domain.jobs import Risk

LONGEST_NAME = 30


def _by(raw: object) -> object:
    return {"by": raw} if is_short(raw, dict) else raw


class JobsEntry(Entry):
    risk: Risk | None = None
    """safe, confirm (the review step is always shown) or forbidden; found jobs are `confirm`."""
    timeout: Duration | None = None
    """When a run is stopped (24h)."""
    approval: Annotated[ApprovalEntry, BeforeValidator(_by)] | None = None
    """Who must say yes first: a role, or {by, count, expires, when}."""
    tags: Words = ()
    """Words for searching, and for policies as tag:NAME, beside those of the jobs themselves."""
    notify: Words = ()
    """Channels and people that are told how each run ended."""


class InstanceEntry(Entry):
    type: Text = ""
    """Its kind: an entry point of the group jobthread.platforms, such as prefect or airflow."""
    concurrency: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """Most runs at a time, of all processes together; more wait for their turn."""
    who: Words = ()
    """Roles of which one must be held to run anything here; without, whoever else may."""
    default: bool = False
    """Whether jobs run here that name no platform."""
    jobs: JobsEntry = JobsEntry()
    """What holds for jobs here that say nothing of it themselves."""


COMMON = frozenset(InstanceEntry.model_fields)
"""The keys that are not the kind's."""
