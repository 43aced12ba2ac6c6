"""Completing a command that is being typed."""

from collections.abc import Iterable, Sequence

from bot.domain.jobs import Job
from bot.domain.parameters import Kind, Parameter
from bot.language.names import named, names_of
from bot.language.normalising import cleaned, folded
from bot.language.parameters import names_of as choice_names
from bot.language.parameters import parameter_called
from bot.language.tokens import Shape, Token, tokens_of
from bot.language.vocabulary import COMMANDS, Verb
from bot.language.writing import quote_value

MOST_SUGGESTIONS = 10
_LONGEST = 500


def complete(text: str, jobs: Sequence[Job]) -> list[str]:
    """Whole commands that begin with what was typed, the likeliest first; at most ten."""
    if len(text) > _LONGEST:
        return []
    typed = cleaned(text)
    tokens = tokens_of(typed)
    is_between = not typed or text[-1:].isspace()
    begun = "" if is_between else typed[tokens[-1].start :] if tokens else ""
    before = tokens if is_between else tokens[:-1]
    lead = typed[: len(typed) - len(begun)]
    lead = f"{lead.rstrip()} " if lead.strip() else ""
    endings = _endings(before, begun, jobs)
    return [lead + ending for ending in dict.fromkeys(endings)][:MOST_SUGGESTIONS]


def _endings(before: Sequence[Token], begun: str, jobs: Sequence[Job]) -> list[str]:
    if not before:
        return [*_begin(begun, Verb), *_names(begun, jobs)]
    verb = COMMANDS.get(folded(before[0].text))
    if len(before) == 1 and verb in {Verb.RUN, Verb.HISTORY, Verb.HELP}:
        return _names(begun, jobs)
    job = _job_of(before, verb, jobs)
    return _values(job, before, begun) if job is not None else []


def _job_of(before: Sequence[Token], verb: Verb | None, jobs: Sequence[Job]) -> Job | None:
    place = 1 if verb is Verb.RUN else 0
    if verb not in {None, Verb.RUN} or len(before) <= place:
        return None
    found = named(names_of(jobs), before[place].text)
    return found.jobs[0] if found is not None and len(found.jobs) == 1 else None


def _names(begun: str, jobs: Sequence[Job]) -> list[str]:
    """Names first, then aliases of other jobs that begin like this."""
    aliases = (alias for job in jobs for alias in job.aliases if begun)
    return [*_begin(begun, (job.name for job in jobs)), *_begin(begun, aliases)]


def _values(job: Job, before: Sequence[Token], begun: str) -> list[str]:
    key, sign, value = begun.partition("=")
    parameter = parameter_called(job, key) if sign else None
    if parameter is not None:
        choices = _begin(value, _choices(parameter))
        return [f"{key}={quote_value(choice)}" for choice in choices]
    said = {parameter_called(job, token.key) for token in before if token.shape is not Shape.WORD}
    is_open = [p for p in job.parameters if p not in said]
    ordered = sorted(is_open, key=lambda p: not p.required)
    return [f"{name}=" for name in _begin(begun, (p.name for p in ordered))]


def _choices(parameter: Parameter) -> list[str]:
    if parameter.kind is Kind.BOOLEAN:
        return ["true", "false"]
    if parameter.kind is Kind.SECRET:
        return []
    return [choice_names(choice)[0] for choice in parameter.choices]


def _begin(begun: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if folded(word).startswith(folded(begun))]
