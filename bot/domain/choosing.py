"""What one person may choose for the parameters of a job, at whatever time and in whatever place.

A rule that only closes for some hours, in some channels or until a freeze ends hides nothing: its
refusal says when it opens.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.domain.actors import Actor
from bot.domain.errors import InvalidValues
from bot.domain.jobs import Job
from bot.domain.parameters import Choice, Parameter, Raw, shown
from bot.domain.patterns import fits, is_wild, touches
from bot.domain.policies import Policy
from bot.domain.readings import read
from bot.domain.rules import Command, Conditions, Scope

Globs: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Chooser:
    """One actor before the choices of one job: what the rules come to, once for all of them.

    `allowed` are by parameter the globs of which a value must fit one, for those that every
    permission bounds. `barred` are by parameter the globs of denies: a value that touches all of
    one deny's is not for them. Each choice is held against these alone.
    """

    allowed: Mapping[str, Globs]
    barred: Mapping[str, Sequence[Sequence[Globs]]]

    def takes(self, parameter: str, value: str) -> bool:
        """True when the actor may run the job with this value, given fitting other ones."""
        allowed = self.allowed.get(parameter)
        if allowed is not None and not fits(value, allowed):
            return False
        denies = self.barred.get(parameter, ())
        return not any(all(touches(value, each) for each in globs) for globs in denies)

    def bounds(self, parameter: str) -> bool:
        """False when every value of this parameter is for them."""
        return parameter in self.allowed or parameter in self.barred

    def takes_all(self, values: Mapping[str, str]) -> bool:
        return all(self.takes(name, value) for name, value in values.items())

    def narrowed(self, job: Job, given: Mapping[str, Raw]) -> Job:
        """The job with only those choices that are for them.

        What was given, and what is the default, stays: the refusal says more than its absence.
        """
        parameters = tuple(self._narrowed(each, given) for each in job.parameters)
        return replace(job, parameters=parameters)

    def offered(self, parameter: Parameter) -> Parameter:
        """The parameter with those choices alone that are for them, defaults included."""
        if not self.bounds(parameter.name):
            return parameter
        kept = (each for each in parameter.choices if self.takes(parameter.name, each.value))
        return replace(parameter, choices=tuple(kept))

    def problems(
        self, job: Job, given: Mapping[str, Raw], found: Mapping[str, str], zone: str
    ) -> Mapping[str, str]:
        """What was found wrong with what was given, naming those choices alone."""
        said = dict(found)
        for parameter in job.parameters:
            name = parameter.name
            if name not in found or not parameter.choices or not self.bounds(name):
                continue
            raw = next((given[each] for each in parameter.names if each in given), None)
            try:
                read(self._narrowed(parameter, given), raw, zone=zone)
            except InvalidValues as error:
                said.update(error.problems)
        return said

    def within(self, job: Job, when: Conditions) -> Conditions | None:
        """Of a rule's conditions what may be named; None where no run of theirs meets them.

        A glob over a parameter without a list of choices is a pattern and names no value.
        """
        said: dict[str, Globs] = {}
        for name, globs in when.items():
            parameter = job.parameter(name)
            if parameter is None or not self.bounds(name):
                said[name] = globs
                continue
            known = [each.value for each in self.offered(parameter).choices]
            is_listed = bool(parameter.choices)
            said[name] = tuple(
                glob
                for glob in globs
                if any(touches(each, (glob,)) for each in known)
                or (not is_listed and (is_wild(glob) or self.takes(name, glob)))
            )
            if not said[name]:
                return None
        return said

    def _narrowed(self, parameter: Parameter, given: Mapping[str, Raw]) -> Parameter:
        if not self.bounds(parameter.name):
            return parameter
        said = {word for name in parameter.names for word in _words(given.get(name))}
        said |= _words(parameter.default)
        kept = (
            each
            for each in parameter.choices
            if self.takes(parameter.name, each.value) or not said.isdisjoint(_names(each))
        )
        return replace(parameter, choices=tuple(kept))


def chooser_of(policy: Policy, actor: Actor, job: Job) -> Chooser:
    """What this actor may choose who may run this job at all."""
    known = {each.name for each in job.parameters}
    rules = policy.rules_for(job)
    # A permission that asks for a value which the job does not have covers no run of it.
    held = [
        each.values
        for _, each in rules.held(Command.RUN, policy.roles_of(actor))
        if each.values.keys() <= known
    ]
    allowed = {
        name: tuple(dict.fromkeys(glob for values in held for glob in values[name]))
        for name in known
        if held and all(name in values for values in held)
    }
    barred: dict[str, list[Sequence[Globs]]] = {}
    for deny in rules.denies[Command.RUN]:
        found = dict(_conditions(deny.scope, job))
        if len(found) == 1 and _always_holds(deny.scope, actor, job):
            [(name, globs)] = found.items()
            barred.setdefault(name, []).append(globs)
    return Chooser(allowed=allowed, barred=barred)


def _conditions(scope: Scope, job: Job) -> Iterator[tuple[str, Sequence[Globs]]]:
    """By parameter what its value has to touch for a rule to speak of a run, all of it."""
    asked = [*scope.values.items()]
    if scope.environments:
        asked.append((job.environment_parameter or "", scope.environments))
    for name in dict.fromkeys(name for name, _ in asked):
        yield name, [globs for other, globs in asked if other == name]


def _always_holds(scope: Scope, actor: Actor, job: Job) -> bool:
    """True for these people and such jobs, at every time and everywhere."""
    return (
        scope.is_about(actor)
        and (not scope.risks or job.risk in scope.risks)
        and not (scope.channels or scope.during or scope.outside)
    )


def _words(given: Raw) -> set[str]:
    """What may have been meant by what was given, in small letters."""
    if given is None:
        return set()
    is_one = isinstance(given, str | int | float)
    whole = (shown(given),) if is_one else given
    return {part.strip().casefold() for each in whole for part in (each, *_parts(each))}


def _parts(text: str) -> Sequence[str]:
    for sign in "，、":
        text = text.replace(sign, ",")
    return text.split(",")


def _names(choice: Choice) -> set[str]:
    return {each.casefold() for each in (choice.value, choice.label, *choice.aliases) if each}
