"""Shortcuts as they are said to the letter: `pods prod`, `/pods namespace=prod`, `上线 api`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.intents import RunJob
from bot.domain.jobs import Job
from bot.domain.parameters import Kind
from bot.domain.shortcuts import ShortForm
from bot.language.normalising import cleaned, folded
from bot.language.parameters import parameter_called, value_said
from bot.language.reasons import without_reason
from bot.language.tokens import Shape, Token, tokens_of
from bot.language.vocabulary import forbids

LONGEST = 1_000


def short_run(
    text: str, forms: Sequence[ShortForm], jobs: Mapping[str, Job], taken: frozenset[str]
) -> RunJob | None:
    """The run of a text that is a shortcut and its arguments alone; None for anything else.

    `jobs` are by name; `taken` are names of jobs, which go before.
    """
    if not forms or len(text) > LONGEST:
        return None
    said = cleaned(text)
    tokens = tokens_of(said)
    if tokens and folded(tokens[0].text) == "/job":
        tokens = tokens[1:]
    if not tokens or not tokens[0].is_bare_word:
        return None
    name = folded(tokens[0].text).removeprefix("/")
    form = form_called(forms, name)
    job = jobs.get(form.job) if form is not None else None
    if form is None or job is None or name in taken or any(each.asks for each in tokens):
        return None
    return _read(form, job, tokens[1:], said)


class ShortForms:
    """Reads shortcuts of the catalogue as it is now; gathered anew when that changes."""

    def __init__(
        self,
        jobs: Callable[[], Sequence[Job]],
        shortcuts: Callable[[], Sequence[ShortForm]],
    ) -> None:
        self._current = jobs
        self._shortcuts = shortcuts
        self._jobs: Sequence[Job] | None = None
        self._by_name: Mapping[str, Job] = {}
        self._taken = frozenset[str]()

    def run(self, text: str) -> RunJob | None:
        """The run of a text that is a shortcut and its arguments alone."""
        jobs = self._current()
        if jobs is not self._jobs:
            self._jobs = jobs
            self._by_name = {job.name: job for job in jobs}
            self._taken = frozenset(folded(n) for job in jobs for n in (job.name, *job.aliases))
        return short_run(text, self._shortcuts(), self._by_name, self._taken)


def form_called(forms: Sequence[ShortForm], name: str) -> ShortForm | None:
    """The shortcut with this folded name or alias."""
    return next((f for f in forms if name in map(folded, (f.name, *f.aliases))), None)


@dataclass(kw_only=True, slots=True)
class _Arguments:
    """What was said so far; `exact` unless something was said twice or left open."""

    given: dict[str, str] = field(default_factory=dict[str, str])
    words: list[str] = field(default_factory=list[str])
    exact: bool = True

    def put(self, name: str, value: str) -> None:
        self.exact = self.exact and name not in self.given and bool(value)
        self.given[name] = value


def _read(form: ShortForm, job: Job, tokens: Sequence[Token], text: str) -> RunJob | None:
    parameters = [p for p in (job.parameter(n) for n in form.arguments) if p is not None]
    narrow = replace(job, parameters=tuple(parameters))
    reasoned = without_reason(narrow, tokens, text)
    said = _Arguments(exact=reasoned.exact)
    if not _named(said, narrow, list(reasoned.rest)) or forbids(said.words):
        return None
    still_open = [p.name for p in parameters if p.name not in said.given]
    if len(said.words) > len(still_open):
        return None
    for name, word in zip(still_open, said.words, strict=False):
        said.put(name, word)
    return form.run(said.given, exact=said.exact, reason=reasoned.reason)


def _named(said: _Arguments, job: Job, waiting: list[Token]) -> bool:
    """Take what is named; other words wait for their order. False when something fits nowhere."""
    while waiting:
        token = waiting.pop(0)
        said.exact = said.exact and not token.unclosed
        if token.shape is Shape.WORD:
            said.words.append(token.text)
            continue
        parameter = parameter_called(job, token.key)
        if parameter is None:
            return False
        if token.shape is Shape.PAIR:
            said.put(parameter.name, value_said(parameter, token))
        elif parameter.kind is Kind.BOOLEAN:
            said.put(parameter.name, "true")
        elif waiting and waiting[0].shape is Shape.WORD:
            said.put(parameter.name, value_said(parameter, waiting.pop(0)))
        else:
            return False
    return True
