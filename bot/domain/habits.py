"""Habits: values that somebody used before, so that those are offered first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.executions import Execution
from bot.domain.jobs import Job
from bot.domain.parameters import Choice, Kind, Parameter, shown

LOOKED_AT = 60
"""Somebody's newest runs, of whatever jobs, in which their habits are looked for."""

MOST_IN_PLACE = 5
"""So few choices are all seen at once, and stay where people know them to be."""


def habits_of(job: Job, recent: Sequence[Execution]) -> Mapping[str, tuple[str, ...]]:
    """By parameter the values of these runs of the job, the most used first, the newest of equals.

    Nothing that is masked, neither now nor when it ran.
    """
    runs = [each for each in recent if each.job == job.name]
    found: dict[str, tuple[str, ...]] = {}
    for parameter in job.parameters:
        if parameter.is_masked:
            continue
        values = [
            part
            for run in runs
            if parameter.name in run.values and parameter.name not in run.masked
            for part in _parts(run, parameter)
        ]
        if values:
            found[parameter.name] = tuple(value for value, _count in Counter(values).most_common())
    return found


def last_of(job: Job, recent: Sequence[Execution]) -> Mapping[str, str]:
    """What the newest of these runs of the job had for each parameter that people may see."""
    run = next((each for each in recent if each.job == job.name), None)
    if run is None:
        return {}
    return {
        each.name: shown(run.values[each.name])
        for each in job.parameters
        if each.name in run.values and each.name not in run.masked and not each.is_masked
    }


def by_habit(choices: Sequence[Choice], used: Sequence[str]) -> tuple[Choice, ...]:
    """Those used before come first, the others stay in their order."""
    rank = {value: at for at, value in enumerate(used)}
    return tuple(sorted(choices, key=lambda choice: rank.get(choice.value, len(rank))))


def in_order_of_use(job: Job, habits: Mapping[str, Sequence[str]]) -> Job:
    """The job with its longer lists of choices in the order in which somebody uses them."""
    return replace(job, parameters=tuple(_ordered(each, habits) for each in job.parameters))


def _ordered(parameter: Parameter, habits: Mapping[str, Sequence[str]]) -> Parameter:
    used = habits.get(parameter.name, ())
    if not used or len(parameter.choices) <= MOST_IN_PLACE:
        return parameter
    return replace(parameter, choices=by_habit(parameter.choices, used))


def _parts(run: Execution, parameter: Parameter) -> tuple[str, ...]:
    value = run.values[parameter.name]
    if parameter.kind is Kind.MULTI_ENUM and isinstance(value, tuple):
        return value
    return (shown(value),)
