"""Opening and turning the pages of the form: views from a draft, at the step where it stands."""

from dataclasses import replace
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError

from blocks import forms, ids, offers
from blocks.elements import View
from blocks.recurrences import Recurrence
from blocks.reviews import Review, review_view
from bot.domain.actors import Actor
from bot.domain.answers import Denied
from bot.domain.drafts import Draft
from bot.domain.errors import BotError, Refused
from bot.domain.intents import RunJob
from bot.domain.jobs import Job
from bot.domain.wording import _
from bot.services.drafts import Preview
from handlers.answering import answer, error_of, noted, part_of
from handlers.desk import Desk
from handlers.gestures import Gesture

log = structlog.get_logger(__name__)

TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})


async def open_form(desk: Desk, gesture: Gesture, actor: Actor, draft: Draft) -> None:
    """Open a draft's next step; without a living trigger, offer a button that opens it."""
    opened = None
    if gesture.trigger_id:
        opened = await open_view(desk, gesture, forms.loading_view())
    if opened is None:
        await _offer(desk, gesture, actor, draft)
        return
    try:
        view = await next_view(desk, actor, draft.id)
    except BotError as error:
        view = noted(desk, _("Run a job"), error)
    await desk.web.views_update(view_id=opened["id"], hash=opened.get("hash"), view=view)


async def open_said(
    desk: Desk, gesture: Gesture, actor: Actor, said: RunJob, *, cron: str = ""
) -> None:
    """Open the form of what was said, to run once or, with a cron line, again and again."""
    draft = await desk.drafts.begin(
        actor,
        gesture.place,
        request_id=gesture.key,
        job=said.job or "",
        given=said.given,
        reason=said.reason,
        inferred=said.inferred,
        reader=said.reader,
        start_at=said.at,
        start_until=said.until,
        cron=cron,
    )
    await open_form(desk, gesture, actor, draft)


async def next_view(
    desk: Desk, actor: Actor, draft: str, place: ids.FormPlace | None = None
) -> View:
    """The view of a draft at a place, or where it stands. Raises Refused, UnknownName."""
    preview = await desk.drafts.preview(actor, draft)
    plan = await desk.schedules.plan(actor, preview) if preview.draft.cron else None
    preview = plan.preview if plan is not None else preview
    job = preview.job
    if job is None:
        return forms.pick_view(draft)
    if isinstance(preview.answer, Denied) and preview.draft.start_at is None:
        denied = preview.answer
        raise Refused(
            denied.reason,
            rule=denied.rule,
            who_can=denied.who_can,
            opens_at=denied.opens_at,
        )
    at = place or forms.first_place(job, preview.draft, zone=actor.tz, reading=preview.reading)
    pages = forms.pages(job, preview.draft.given, more=at.more, zone=actor.tz)
    if at.page < len(pages):
        problems = preview.reading.problems
        return forms.page_view(
            job, preview.draft, at, problems=problems, last=preview.last, zone=actor.tz
        )
    review = _review(desk, preview, job, actor, at)
    if plan is not None:
        problems = (*review.problems, *plan.problems)
        cron = preview.draft.cron
        recurrence = Recurrence(cron=cron, zone=plan.zone, upcoming=plan.upcoming)
        review = replace(review, problems=problems, recurrence=recurrence)
    return review_view(review, zone=actor.tz)


def _review(desk: Desk, preview: Preview, job: Job, actor: Actor, at: ids.FormPlace) -> Review:
    reading = preview.reading
    missing = [_("{name} is needed.").format(name=name) for name in reading.missing]
    answer_ = preview.answer or Denied(rule="", reason=_("Some values are missing or wrong."))
    return Review(
        job=job,
        draft=preview.draft,
        values=reading.values,
        answer=answer_,
        requester_name=actor.name,
        sandbox=desk.sandbox_note if job.platform == "local" else "",
        more=at.more,
        problems=(*missing, *reading.problems.values(), *filter(None, [preview.problem])),
        window=preview.window,
    )


async def open_view(desk: Desk, gesture: Gesture, view: View) -> dict[str, Any] | None:
    """The opened view as Slack keeps it, or None when the trigger is over."""
    try:
        if gesture.view.get("type") == "modal":
            opened = await desk.web.views_push(trigger_id=gesture.trigger_id, view=view)
        else:
            opened = await desk.web.views_open(trigger_id=gesture.trigger_id, view=view)
    except SlackApiError as error:
        if error_of(error) in TOO_LATE:
            log.info("trigger_too_late", error=error_of(error))
            return None
        raise
    return part_of(opened, "view")


async def _offer(desk: Desk, gesture: Gesture, actor: Actor, draft: Draft) -> None:
    """A message whose button opens the form with the values that were given."""
    preview = await desk.drafts.preview(actor, draft.id)
    label = preview.job.label if preview.job else ""
    complete = preview.reading.is_complete
    await answer(desk, gesture, offers.form_offer(draft, label, is_complete=complete))
