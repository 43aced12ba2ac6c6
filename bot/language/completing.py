"""How a half-said command could go on: `ru`, `run dep`, `run deploy env=`, `run deploy en`."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from bot.domain.completions import Completion, Continuation
from bot.domain.intents import RunJob
from bot.domain.jobs import Job, Risk
from bot.domain.parameters import Choice, Kind, Parameter
from bot.language.matching import has_cjk
from bot.language.names import named_at_start, names_of
from bot.language.normalising import cleaned, folded
from bot.language.parameters import choice_called, parameter_called
from bot.language.parameters import names_of as said_of
from bot.language.slots import filled
from bot.language.tokens import Shape, Token, tokens_of
from bot.language.vocabulary import COMMANDS, SYNONYMS, Verb
from bot.language.writing import format_intent

LONGEST = 300
MOST_TOKENS = 12
SHORTEST = 2
"""Letters that a word needs before it begins something; a Chinese character is enough."""

_OF_A_JOB = {Verb.HELP, Verb.HISTORY}
_SHOWING = frozenset({"status", "list", "history", "help", "why", "approvals", "platforms"})
"""Words that only show something when they are said alone: no button stands for any other."""
_LISTED = frozenset({Kind.ENUM, Kind.MULTI_ENUM})


def completing(text: str, jobs: Sequence[Job], words: Collection[str]) -> Completion | None:
    """How the text could go on; None where its end is not plainly the beginning of something.

    `jobs` and `words` (of commands) are those that the asker may use: nothing else is offered.
    """
    said = cleaned(text)
    tokens = tokens_of(said) if len(said) <= LONGEST else ()
    if tokens and folded(tokens[0].text) == "/job":
        tokens = tokens[1:]
    if not 0 < len(tokens) <= MOST_TOKENS or any(each.asks for each in tokens):
        return None
    found = tuple(_continuations(tokens, jobs, words, said))
    return Completion(said=said, continuations=found) if found else None


def _continuations(
    tokens: Sequence[Token], jobs: Sequence[Job], words: Collection[str], text: str
) -> Iterator[Continuation]:
    verb = COMMANDS.get(folded(tokens[0].text)) if tokens[0].is_bare_word else None
    if verb in _OF_A_JOB and len(tokens) == 2:
        for job in _begun_jobs(jobs, tokens[1]):
            line = f"{verb} {job.name}"
            yield Continuation(words=line, label=job.name, says=True)
        return
    if verb is None and len(tokens) == 1:
        yield from _commands(tokens[0], words)
    if verb not in {None, Verb.RUN} or Verb.RUN not in words:
        return
    rest = tokens[1:] if verb is Verb.RUN else tokens
    named = named_at_start(names_of(jobs), rest)
    if named is not None and len(named.jobs) == 1:
        yield from _values(named.jobs[0], named.rest, text)
    elif len(rest) == 1:
        for job in _begun_jobs(jobs, rest[0]):
            run = RunJob(job=job.name, exact=False)
            yield Continuation(words=format_intent(run), label=job.name, run=run)


def _commands(token: Token, words: Collection[str]) -> Iterator[Continuation]:
    said = folded(token.text)
    if not _is_beginning(token) or said in SYNONYMS or said in words:
        return
    spoken = [*words, *(w for w, verb in COMMANDS.items() if has_cjk(w) and verb in words)]
    for word in spoken:
        if word.startswith(said) and word != said:
            verb = COMMANDS.get(word)
            shows = word in _SHOWING or (verb is not None and verb.value in _SHOWING)
            yield Continuation(words=word, label=word, says=shows)


def _begun_jobs(jobs: Sequence[Job], token: Token) -> Iterable[Job]:
    """Jobs of which a name begins so, then those of which a later word does."""
    said = folded(token.text)
    if not _is_beginning(token):
        return []
    known = [job for job in jobs if job.risk is not Risk.FORBIDDEN]
    if any(said == folded(name) for job in known for name in (job.name, *job.aliases)):
        return []
    first = [job for job in known if any(_begins(n, said) for n in (job.name, *job.aliases))]
    later = [job for job in known if job not in first and f"-{said}" in folded(job.name)]
    return [*first, *later]


def _values(job: Job, tokens: Sequence[Token], text: str) -> Iterator[Continuation]:
    """What could follow in a run whose last word is not whole."""
    if not tokens or job.risk is Risk.FORBIDDEN:
        return
    slots, last = filled(job, tokens[:-1], text), tokens[-1]
    if slots.leftovers or slots.reason or not slots.exact:
        return
    left = [each for each in job.parameters if each.name not in slots.given]
    if last.shape is Shape.PAIR:
        parameter = parameter_called(job, last.key)
        if parameter is None:
            yield from _names(job, slots.given, _begun_names(left, last.key))
        elif parameter in left:
            yield from _choices(job, slots.given, parameter, last.text)
    elif last.is_bare_word and not any(choice_called(each, last.text) for each in left):
        yield from _names(job, slots.given, _begun_names(left, last.text))
        for parameter in left:
            yield from _choices(job, slots.given, parameter, last.text)


def _begun_names(left: Sequence[Parameter], said: str) -> list[Parameter]:
    return [p for p in left if _begins(p.name, folded(said)) and p.kind is not Kind.SECRET]


def _names(job: Job, given: dict[str, str], found: Sequence[Parameter]) -> Iterator[Continuation]:
    for parameter in found:
        words = f"{format_intent(RunJob(job=job.name, given=given))} {parameter.name}="
        yield Continuation(words=words, label=f"{parameter.name}=")


def _choices(
    job: Job, given: dict[str, str], parameter: Parameter, said: str
) -> Iterator[Continuation]:
    if parameter.kind not in _LISTED or parameter.sensitive or choice_called(parameter, said):
        return
    for choice in parameter.choices:
        if _is_begun(choice, folded(said)):
            run = RunJob(job=job.name, given={**given, parameter.name: choice.value}, exact=False)
            label = f"{parameter.name}={choice.value}"
            yield Continuation(words=format_intent(run), label=label, run=run)


def _is_begun(choice: Choice, said: str) -> bool:
    return not said or any(_begins(name, said) for name in said_of(choice))


def _begins(name: str, said: str) -> bool:
    return bool(said) and folded(name).startswith(said) and folded(name) != said


def _is_beginning(token: Token) -> bool:
    return token.is_bare_word and (len(token.text) >= SHORTEST or has_cjk(token.text))
