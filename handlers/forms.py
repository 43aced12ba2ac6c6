"""The form: its pages turn inside the ack, and every submitted step is a row before it turns."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError

from blocks import forms, ids
from blocks.elements import View
from blocks.offers import closed_offer, used_offer
from bot.domain.actors import Actor
from bot.domain.audit import AuditEntry
from bot.domain.drafts import Draft
from bot.domain.errors import BotError, Mistake
from bot.domain.shortcuts import called
from bot.domain.windows import LONGEST_WINDOW, window_of
from bot.domain.wording import N_, _, speaking
from bot.services.origins import coming_from
from handlers.actions import unconfirmed
from handlers.answering import (
    answer,
    attended,
    error_of,
    noted,
    origin_of,
    take_up,
    unknown_actor,
    worded,
)
from handlers.desk import Desk
from handlers.gestures import Gesture, read_gesture
from handlers.opening import next_view

log = structlog.get_logger(__name__)

_TITLE = N_("Run a job")

_OURS = frozenset({ids.PAGE_VIEW, ids.REVIEW_VIEW, ids.SCHEDULE_VIEW})
"""The views of a draft, whichever step it stands at."""


def register(app: AsyncApp, desk: Desk) -> None:
    async def picked(ack: AsyncAck, body: dict[str, Any]) -> None:
        gesture = read_gesture(body)
        with coming_from(origin_of(gesture)), speaking(""):
            turned, audits = await _turned(desk, gesture, answers_of(gesture))
        await desk.inbox.handled(gesture.key, answer=turned, audits=audits)
        await ack(turned)

    async def reviewed(ack: AsyncAck, body: dict[str, Any]) -> None:
        gesture, cleared = read_gesture(body), {"response_action": "clear"}
        given = answers_of(gesture)
        wrong = await unconfirmed(desk, gesture, given.confirmed, given.confirm)
        wrong = wrong or _not_then(desk, given)
        if wrong:
            await desk.inbox.handled(gesture.key, answer=wrong)
            await ack(wrong)
            return
        await desk.inbox.answered(gesture.key, cleared)
        await ack(cleared)
        take_up(desk, gesture, _submit)

    async def closed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        take_up(desk, read_gesture(body), _offer_again)

    async def used(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        gesture = read_gesture(body)
        if gesture.view.get("callback_id") not in _OURS:
            await desk.inbox.handled(gesture.key)
            return
        work = {ids.BACK: _back, ids.MORE: _more}.get(gesture.action, _changed)
        take_up(desk, gesture, work)

    for view in (ids.PICK_VIEW, ids.PAGE_VIEW):
        app.view(view)(picked)
    app.view(ids.REVIEW_VIEW)(reviewed)
    for view in sorted(_OURS):
        app.view_closed(view)(closed)
    for action in (ids.BACK, ids.MORE, ids.VALUE, ids.CHOICE, ids.KEPT, ids.PICK_JOB, ids.WHEN):
        app.action(ids.any_of(action))(used)


def _not_then(desk: Desk, given: forms.FormAnswers) -> dict[str, Any]:
    """The answer to a start that cannot be; empty when it can."""
    if given.start_at is None:
        return {}
    try:
        window_of(given.start_at, None, within=LONGEST_WINDOW, now=desk.clock.now())
    except Mistake as mistake:
        return {"response_action": "errors", "errors": {ids.WHEN_BLOCK: str(mistake)}}
    return {}


def answers_of(gesture: Gesture) -> forms.FormAnswers:
    """What the view held."""
    state: Mapping[str, Any] = gesture.view.get("state") or {}
    return forms.read_form(
        state.get("values"), gesture.view.get("private_metadata"), gesture.action
    )


def told_at(gesture: Gesture, draft: Draft) -> Gesture:
    """The same gesture, answered where its run would have been told."""
    return replace(gesture, place=draft.place, is_dm=draft.place.channel.startswith("D"))


async def _turned(
    desk: Desk, gesture: Gesture, given: forms.FormAnswers
) -> tuple[dict[str, Any], Sequence[AuditEntry]]:
    """The ack of a submitted step: errors at their fields, or the next step; and its refusal."""
    audits: list[AuditEntry] = []
    try:
        actor = await attended(desk, gesture)
        draft = await _keep(desk, actor, given)
        if not given.job:
            job = desk.requests.job(draft.job)
            preview = await desk.drafts.preview(actor, draft.id)
            checked = forms.check_page(
                job, draft.given, given, reading=preview.reading, zone=actor.tz
            )
            if checked.errors:
                return {"response_action": "errors", "errors": dict(checked.errors)}, audits
            view = await next_view(desk, actor, draft.id, checked.place)
        else:
            view = await next_view(desk, actor, draft.id)
    except BotError as error:
        view = noted(desk, _(_TITLE), error)
        if declined := desk.questions.declined(unknown_actor(gesture), error):
            audits.append(declined)
    return {"response_action": "update", "view": view}, audits


async def _keep(desk: Desk, actor: Actor, given: forms.FormAnswers) -> Draft:
    form = called(desk.shortcuts(), forms.picked_shortcut(given.job))
    return await desk.drafts.keep(
        actor,
        given.draft,
        job=(form.job if form else given.job) or None,
        values={**given.values, **form.values} if form else given.values,
        reason=given.reason or None,
        start_at=given.start_at,
        at_once=given.at_once,
    )


async def _redraw(desk: Desk, gesture: Gesture, actor: Actor, place: ids.FormPlace) -> None:
    view = await next_view(desk, actor, place.draft, place)
    await _update(desk, gesture, view)


async def _update(desk: Desk, gesture: Gesture, view: View) -> None:
    try:
        await desk.web.views_update(
            view_id=gesture.view["id"], hash=gesture.view.get("hash"), view=view
        )
    except SlackApiError as error:
        # Somebody typed on: the newer gesture redraws, this one is out of date.
        if error_of(error) not in {"hash_conflict", "not_found"}:
            raise
        log.info("view_moved_on", error=error_of(error))


async def _submit(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    given = answers_of(gesture)
    draft = await desk.drafts.keep(
        actor,
        given.draft,
        reason=given.reason,
        start_at=given.start_at,
        at_once=given.at_once,
    )
    try:
        done = await desk.drafts.submit(actor, given.draft, confirmed=given.confirmed)
    except BotError as error:
        await answer(desk, told_at(gesture, draft), worded(desk, error), privately=True)
        return
    if not done.is_new:
        await answer(desk, told_at(gesture, draft), used_offer(done.execution), privately=True)


async def _offer_again(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    """Whoever submitted a step and closed the form finds the way back."""
    preview = await desk.drafts.preview(actor, answers_of(gesture).draft)
    if preview.job is not None and preview.draft.changed_at > preview.draft.created_at:
        message = closed_offer(preview.draft, preview.job.label)
        await answer(desk, told_at(gesture, preview.draft), message, privately=True)


async def _back(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    given = answers_of(gesture)
    await _keep(desk, actor, given)
    place = ids.FormPlace(draft=given.draft, page=max(0, given.page - 1), more=given.more)
    await _redraw(desk, gesture, actor, place)


async def _more(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    given = answers_of(gesture)
    draft = await _keep(desk, actor, given)
    first_more = len(forms.pages(desk.requests.job(draft.job), draft.given, zone=actor.tz))
    place = ids.FormPlace(draft=given.draft, page=first_more, more=True)
    await _redraw(desk, gesture, actor, place)


async def _changed(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    given = answers_of(gesture)
    await _keep(desk, actor, given)
    await _redraw(desk, gesture, actor, given.place)
