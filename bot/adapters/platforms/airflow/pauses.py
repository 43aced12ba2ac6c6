"""Tasks that wait for a person (human-in-the-loop operators), and what the person says."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.adapters.platforms.airflow.api import Api
from bot.adapters.platforms.airflow.params import object_schema
from bot.adapters.platforms.airflow.wire import DagRun, Question, TaskInstance
from bot.adapters.platforms.schemas import parameters_of, problems
from bot.adapters.recent import Recent
from bot.domain.errors import Permanent, PortError
from bot.domain.pauses import Answer, Pause
from bot.domain.wording import at_rest

log = structlog.get_logger(__name__)

NOT_BEFORE = timedelta(seconds=3)
"""Airflow fails a task that is answered while its scheduler still sees off the asking process."""

PATIENCE = timedelta(minutes=1)
"""How long a question may not be readable before people are sent to Airflow's own page."""

READ_AGAIN_AFTER = timedelta(minutes=1)
"""A task may wait for its triggerer long after somebody answered it on Airflow's own page."""

_OVER = at_rest("That pause is over.")
_ANSWERED = at_rest("{who} answered it already: {what}.")
_NO_CHOICE = at_rest("`{what}` cannot be chosen there.")
_ONE_CHOICE = at_rest("Only one can be chosen there.")
_SOMEBODY = at_rest("Somebody else")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a task asks, as it was read then; `pause` is None once it was answered."""

    pause: Pause | None
    at: datetime


class Pauses:
    """A question stays as it is until it is answered, so each is seldom asked for."""

    def __init__(self, api: Api, now: Callable[[], datetime]) -> None:
        self._api = api
        self._now = now
        self._known = Recent[str, Asked](1_000)

    async def of(self, run: DagRun, waiting: TaskInstance) -> Asked | None:
        """What a task of this run waits for; None where it is not among what is asked."""
        now, known = self._now(), self._known.get(waiting.id)
        if known is not None and timedelta() <= now - known.at < READ_AGAIN_AFTER:
            return known
        for question in await self._api.questions(run):
            if question.task_instance.may_ask:
                pause = None if question.response_received else _pause(question)
                self._known.put(question.task_instance.id, Asked(pause=pause, at=now))
        return self._known.get(waiting.id)

    def unread(self, waiting: TaskInstance) -> Pause | None:
        """What there is to say of a task whose question could not be read, once that has lasted."""
        if waiting.start_date is None:
            return None
        lasted = self._now() - self._api.rest.theirs_to_ours(waiting.start_date)
        return None if lasted < PATIENCE else Pause(key=waiting.id, elsewhere=True)

    async def answer(self, run: DagRun, answer: Answer) -> None:
        self._known.drop(answer.pause)
        question = await self._question(run, answer)
        if question is None:
            raise Permanent(_OVER)
        response = _response(question, answer)
        if question.response_received:
            return _compare(question, response)
        if not question.task_instance.may_ask:
            raise Permanent(_OVER)
        age = self._api.rest.ours_to_theirs(self._now()) - question.created_at
        if timedelta() <= age < NOT_BEFORE:
            await asyncio.sleep((NOT_BEFORE - age).total_seconds())
        if await self._api.respond(question.task_instance, response):
            return await self._say_who(question.task_instance, answer)
        question = await self._question(run, answer)
        if question is None or not question.response_received:
            raise Permanent(_OVER)
        return _compare(question, response)

    async def _question(self, run: DagRun, answer: Answer) -> Question | None:
        found = await self._api.questions(run)
        return next((each for each in found if each.task_instance.id == answer.pause), None)

    async def _say_who(self, task: TaskInstance, answer: Answer) -> None:
        """For Airflow's own page, which knows our account only. The answer stands without it."""
        if not answer.by:
            return
        try:
            await self._api.annotate(task, f"Answered in Slack by {answer.by}")
        except PortError as error:
            log.warning("answerer_not_noted", run=task.dag_run_id, error=str(error))


def _pause(question: Question) -> Pause:
    asked = Pause(
        key=question.task_instance.id,
        title=question.subject,
        text=question.body,
        choices=question.options if len(question.options) > 1 else (),
        several=question.multiple,
    )
    try:
        return replace(asked, parameters=parameters_of(object_schema(question.params)))
    except Permanent:
        return replace(asked, choices=(), several=False, elsewhere=True)


def _response(question: Question, answer: Answer) -> Mapping[str, Any]:
    """What Airflow is told. It would take anything and fail afterwards, so it is checked here.

    Who does not choose the first way on need not fill in its form.
    """
    chosen = list(answer.chosen or question.options[:1])
    if not chosen:
        raise Permanent(_OVER)
    for each in chosen:
        if each not in question.options:
            raise Permanent(_NO_CHOICE.format(what=each))
    if len(chosen) > 1 and not question.multiple:
        raise Permanent(_ONE_CHOICE)
    given: dict[str, Any] = {}
    if answer.arguments or chosen[0] == question.options[0]:
        defaults = {name: each.value for name, each in question.params.items()}
        given = {**defaults, **answer.arguments}
        _check(question, given)
    return {"chosen_options": chosen, "params_input": given}


def _check(question: Question, given: Mapping[str, Any]) -> None:
    schema = object_schema(question.params)
    # A default that Airflow shows as null is none, where null is not taken.
    said = {
        name: value
        for name, value in given.items()
        if value is not None or name not in schema["required"]
    }
    wrong = problems(schema, said, parameters_of(schema))
    if wrong:
        raise Permanent(" ".join(f"{name}: {why}" if name else why for name, why in wrong.items()))


def _compare(question: Question, response: Mapping[str, Any]) -> None:
    """The same answer once more is none; another one comes too late."""
    chosen = list(question.chosen_options or ())
    if (
        chosen == response["chosen_options"]
        and (question.params_input or {}) == response["params_input"]
    ):
        return
    who = question.responded_by_user.name if question.responded_by_user else ""
    raise Permanent(_ANSWERED.format(who=who or _SOMEBODY, what=", ".join(chosen)))
