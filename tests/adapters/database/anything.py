"""Executions with anything in every field, for what must come back as it was written."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.domain.actors import MessageRef, PersonId, Place
from bot.domain.answers import Need
from bot.domain.executions import Execution, Status
from bot.domain.parameters import Choice, Kind, Parameter
from bot.domain.pauses import Pause
from bot.domain.results import Link, Metric, Progress, Resources, Result

# PostgreSQL takes no NUL in a text.
text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
moments = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001  hypothesis adds the zone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
spans = st.timedeltas(timedelta(0), timedelta(days=400))
numbers = st.floats(allow_nan=False, allow_infinity=False)
values = st.one_of(
    text, st.integers(-(10**18), 10**18), numbers, st.booleans(), st.lists(text).map(tuple)
)
people = st.builds(PersonId, team=text, user=text, enterprise=text)
refs = st.builds(MessageRef, team=text, channel=text, ts=text, enterprise=text)
results = st.builds(
    Result,
    exit_code=st.none() | st.integers(-255, 255),
    signal=text,
    summary=text,
    cause=text,
    failing_step=text,
    tail=st.lists(text, max_size=3).map(tuple),
    metrics=st.lists(st.builds(Metric, name=text, value=numbers, unit=text), max_size=2).map(tuple),
    links=st.lists(st.builds(Link, url=text, text=text), max_size=2).map(tuple),
    outputs=st.dictionaries(text, text, max_size=2),
    log_size=st.integers(0, 2**40),
    log_truncated=st.booleans(),
    resources=st.none()
    | st.builds(Resources, processor=st.none() | spans, memory=st.none() | st.integers(0, 2**50)),
)
parameters = st.builds(
    Parameter,
    name=text,
    kind=st.sampled_from(list(Kind)),
    default=st.none() | values,
    choices=st.lists(st.builds(Choice, value=text, label=text), max_size=2).map(tuple),
    path=st.lists(text, max_size=2).map(tuple),
)
pauses = st.builds(
    Pause,
    key=text,
    title=text,
    parameters=st.lists(parameters, max_size=2).map(tuple),
    choices=st.lists(text, max_size=2).map(tuple),
    several=st.booleans(),
    until=st.none() | moments,
    given=st.dictionaries(text, values, max_size=2),
)
of_field: dict[str, st.SearchStrategy[Any]] = {
    "values": st.dictionaries(text, values, max_size=3),
    "masked": st.frozensets(text, max_size=3),
    "defaults": st.frozensets(text, max_size=3),
    "requester": people,
    "place": st.builds(Place, team=text, channel=text, thread=text, enterprise=text),
    "card": st.none() | refs,
    "status": st.sampled_from(list(Status)),
    "timeout": spans,
    "concurrency_key": st.none() | text,
    **dict.fromkeys(("approvers", "notify"), st.lists(text, max_size=2).map(tuple)),
    "progress": st.none()
    | st.builds(
        Progress, fraction=st.none() | st.floats(0, 1), step=text, tries=st.integers(1, 99)
    ),
    "pause": st.none() | pauses,
    "page": st.none() | st.builds(Link, url=text, text=text),
    **dict.fromkeys(("over_time", "queued"), st.booleans()),
    "tail": st.lists(text, max_size=3).map(tuple),
    "result": st.none() | results,
    **dict.fromkeys(("rerun_of", "schedule"), st.none() | st.integers(0, 10**9)),
    **{name: st.integers(0, 10**6) for name in ("attempt", "retries", "approvals_needed")},
    **dict.fromkeys(("polls_unchanged", "asked_again"), st.integers(0, 10**6)),
    "needs": st.lists(
        st.builds(
            Need,
            rule=text,
            roles=st.lists(text, max_size=2).map(tuple),
            count=st.integers(0, 9),
            expires=spans,
            reminder=st.none() | spans,
        ),
        max_size=2,
    ).map(tuple),
    **dict.fromkeys(("created_at", "changed_at"), moments),
    **{
        name: st.none() | moments
        for name in (
            "due_at",
            "expires_at",
            "started_at",
            "ended_at",
            "unheard_since",
            "start_at",
            "start_until",
        )
    },
}
kept = {"id", "request_id", "request_key"}
anything = st.fixed_dictionaries(
    {
        each.name: of_field.get(each.name, text)
        for each in fields(Execution)
        if each.name not in kept
    }
)
