"""Runs that wait for a person: what they ask, and what was answered."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from bot.adapters.platforms.lines import plain
from bot.adapters.platforms.prefect.api import Api
from bot.adapters.platforms.prefect.masks import Veil
from bot.adapters.platforms.prefect.shapes import Orchestrated, Run, State
from bot.adapters.platforms.prefect.starts import template_in
from bot.adapters.platforms.schemas import is_masked, parameters_of
from bot.adapters.platforms.veils import every_place, hidden_at, veiled
from bot.adapters.recent import Recent
from bot.domain.arguments import place_of
from bot.domain.errors import Permanent, PortError, Temporary
from bot.domain.json_texts import object_of
from bot.domain.pauses import Answer, Pause
from bot.domain.wording import at_rest

APPROVE = "Approve"
REJECT = "Reject"

MOST_AT_ONCE = 20
"""Forms that are read in one go; those of other runs have their turn in the next."""

PATIENCE = timedelta(minutes=1)
"""How long a form may not be readable before people are sent to Prefect's own page."""

RETRY_AFTER = timedelta(minutes=1)
"""How long a form that they were sent away for is left alone before it is tried once more."""

MOST_KEPT = 2_000
LONGEST_TEXT = 2_000

_OVER = at_rest("That pause is over.")
_EMPTY = at_rest("Prefect keeps no empty answer: fill in one value at least.")
_NOT_TAKEN = at_rest("{where} did not take the answer: {why}")

Schema = Mapping[str, Any]


class Pauses:
    """Forms are kept as a cache by their pause, whose form never changes; `now` is our clock."""

    def __init__(
        self, api: Api, ours: Callable[[datetime], datetime], now: Callable[[], datetime]
    ) -> None:
        self._api = api
        self._ours = ours
        self._now = now
        self._kept = Recent[str, Pause](MOST_KEPT)
        self._unread = Recent[str, datetime](MOST_KEPT)

    def of(self, run: Run) -> Pause | None:
        """None while what it asks was not read yet."""
        return self._kept.get(run.state.id) if run.state is not None else None

    async def look(self, runs: Sequence[Run]) -> None:
        """Read what these ask, as far as it is not known; those that were not tried go first."""
        paused = [(run, run.state) for run in runs if run.state is not None]
        due = [each for each in paused if self._is_due(each[1])]
        due = sorted(due, key=lambda each: self._last_try(each[1]))[:MOST_AT_ONCE]
        asked = await asyncio.gather(*(self._asked(*each) for each in due), return_exceptions=True)
        for (run, state), pause in zip(due, asked, strict=True):
            if isinstance(pause, BaseException) and not isinstance(pause, PortError):
                raise pause
            self._take(run, state, pause if isinstance(pause, Pause) else None)

    async def answer(self, run: Run, answer: Answer) -> None:
        """Let it go on, or stop it when the answer is a no."""
        state = run.state
        if state is None or state.type != "PAUSED" or state.id != answer.pause:
            await self._was_answered(run, answer)
            return
        if REJECT in answer.chosen:
            message = f"Rejected by {answer.by}" if answer.by else "Rejected"
            wish = {"type": "CANCELLING", "message": message[:LONGEST_TEXT]}
            stopped = await self._api.set_state(run.id, wish)
            if stopped is not None and stopped.status == "WAIT":
                self._settle(stopped)
            return
        given = await self._given(run, state, answer)
        if given is not None and (why := template_in(given)):
            raise Permanent(why)
        hidden = self._hidden(run, answer)
        came = await self._api.resume(run.id, given, hidden)
        if came.status == "ACCEPT":
            return
        if came.status == "ABORT" or (came.state is not None and came.state.type != "PAUSED"):
            # It goes on: by this answer, or by one that somebody gave a moment before.
            await self._was_answered(run, answer)
            return
        self._settle(came, hidden)

    def _is_due(self, state: State) -> bool:
        tried = self._unread.get(state.id)
        is_kept = self._kept.get(state.id) is not None
        if not is_kept or tried is None:
            return not is_kept
        return not timedelta() <= self._now() - tried < RETRY_AFTER

    def _last_try(self, state: State) -> float:
        tried = self._unread.get(state.id)
        return tried.timestamp() if tried is not None else 0.0

    def _take(self, run: Run, state: State, pause: Pause | None) -> None:
        """What was read; where that was nothing for too long, that it is answered elsewhere."""
        if pause is not None:
            self._kept.put(state.id, pause)
            self._unread.drop(state.id)
            return
        now = self._now()
        self._unread.put(state.id, now)
        began = self._ours(state.timestamp) if state.timestamp is not None else now
        if self._kept.get(state.id) is None and now - began >= PATIENCE:
            elsewhere = replace(self._plain(run, state), choices=(), elsewhere=True)
            self._kept.put(state.id, elsewhere)

    async def _asked(self, run: Run, state: State) -> Pause | None:
        details, plain_one = state.state_details, self._plain(run, state)
        if not details.run_input_keyset:
            return plain_one
        inputs = await self._inputs(run.id, details.run_input_keyset)
        schema = _object(inputs.get("schema", ""))
        if schema is None:
            # The state is set a moment before its form is there.
            return None
        description = Veil(run).over(plain(_text(inputs.get("description", ""))))
        asking = replace(
            plain_one,
            title=plain(str(schema.get("title") or ""))[:100],
            text=description[:LONGEST_TEXT] or plain_one.text,
            choices=(),
        )
        try:
            return replace(asking, parameters=parameters_of(schema))
        except Permanent:
            return replace(asking, elsewhere=True)

    def _plain(self, run: Run, state: State) -> Pause:
        """What a pause asks that has no form."""
        until = state.state_details.pause_timeout
        return Pause(
            key=state.id,
            text=Veil(run).over(plain(state.message or ""))[:LONGEST_TEXT],
            choices=(APPROVE, REJECT),
            until=self._ours(until) if until is not None else None,
        )

    async def _given(self, run: Run, state: State, answer: Answer) -> Mapping[str, Any] | None:
        """What is sent; a form of which nothing was filled in is sent with its defaults.

        Prefect keeps no empty answer, and the flow would wait for one for ever. Raises `Permanent`
        where nothing is left to send.
        """
        keyset = state.state_details.run_input_keyset
        if not keyset or answer.arguments:
            return dict(answer.arguments) if keyset else None
        inputs = await self._inputs(run.id, keyset)
        schema = _object(inputs.get("schema", "")) or {}
        properties = object_of(schema.get("properties"))
        known = [(name, object_of(node)) for name, node in properties.items()]
        given = {
            name: node["default"]
            for name, node in known
            if "default" in node and not is_masked(node["default"])
        }
        if properties and not given:
            raise Permanent(_EMPTY)
        return given

    async def _was_answered(self, run: Run, answer: Answer) -> None:
        """Raises `Permanent` unless what holds now came of this very answer."""
        states = await self._api.states(run.id)
        places = [place for place, state in enumerate(states) if state.id == answer.pause]
        if not places:
            raise Permanent(_OVER, code="over")
        paused, after = states[places[0]], states[places[0] + 1 :]
        following = after[0].type if after else ""
        if REJECT in answer.chosen:
            is_same = following in {"CANCELLING", "CANCELLED"}
        elif following not in {"RUNNING", "SCHEDULED"}:
            is_same = False
        else:
            is_same = await self._is_kept(run, paused, answer)
        if not is_same:
            raise Permanent(_OVER, code="over")

    async def _is_kept(self, run: Run, paused: State, answer: Answer) -> bool:
        keyset = paused.state_details.run_input_keyset
        if not keyset:
            return True
        inputs = await self._inputs(run.id, keyset)
        return _object(inputs.get("response", "")) == await self._given(run, paused, answer)

    async def _inputs(self, run: str, keyset: Mapping[str, str]) -> Mapping[str, str]:
        """`schema`, `description` and `response`, as far as they are there."""
        prefix = keyset.get("schema", "").removesuffix("schema")
        by_key = {each.key: each.value for each in await self._api.inputs(run, prefix)}
        return {name: by_key[key] for name, key in keyset.items() if key in by_key}

    def _hidden(self, run: Run, answer: Answer) -> Sequence[str]:
        """What no refusal may repeat; all of it where the form is not known any more."""
        pause = self.of(run)
        if pause is None:
            return hidden_at(every_place(answer.arguments), answer.arguments)
        places = [".".join(place_of(each)) for each in pause.parameters if each.is_masked]
        return hidden_at(places, answer.arguments)

    def _settle(self, came: Orchestrated, hidden: Sequence[str] = ()) -> None:
        """Tell why a run still waits."""
        why = veiled(came.details.reason or came.status, hidden)
        if came.status == "WAIT":
            raise Temporary(self._not_taken(why), retry_after=came.details.delay_seconds)
        raise Permanent(self._not_taken(why))

    def _not_taken(self, why: str) -> str:
        line = " ".join(plain(why.removeprefix("Reason: ")).split())
        return _NOT_TAKEN.format(where=self._api.rest.where, why=line[:300])


def _object(text: str) -> dict[str, Any] | None:
    try:
        held = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", held) if isinstance(held, dict) else None


def _text(text: str) -> str:
    """A description, which is kept as JSON."""
    try:
        held = json.loads(text) if text else ""
    except (ValueError, RecursionError):
        return text
    return held if isinstance(held, str) else text
