"""Home: what waits for somebody, what runs, what they did, and what they do most."""

from collections.abc import Sequence

from blocks import ids
from blocks.cards import cancel_button, decision_buttons
from blocks.delegations import away_button, away_lines
from blocks.elements import Block, Message, View, actions, button, context, divider, header, section
from blocks.listings import logs_button, run_line
from blocks.menus import run_buttons
from blocks.pauses import waiting_section
from blocks.platforms import platform_lines
from blocks.schedules import schedule_blocks
from blocks.states import number
from blocks.stories import approval_needs, first_line, story, why
from blocks.texts import brief, clock, code, joined, moment, prose, safe
from bot.domain.executions import Execution, Status
from bot.domain.notices import Card, HomeView
from bot.domain.reviews import Review
from bot.domain.schedules import Shown
from bot.domain.waits import Wait
from bot.domain.wording import N_, _

_MOST = 8
_MOST_FAVOURITES = 5
_MOST_SCHEDULES = 8
_SCHEDULES = N_("My schedules")

_WAITING, _RUNNING, _RECENT, _FAVOURITES = (
    N_("Waiting for me"),
    N_("Running now"),
    N_("My recent runs"),
    N_("What I run most"),
)
_NONE_WAITING = N_(
    "Nothing waits for you. When somebody needs your approval, you can give it here."
)
_NONE_RUNNING = N_("Nothing is running. Say `/job run` in any channel to start something.")
_NONE_RECENT = N_("You have not run anything yet. The button above shows what you can run.")
_LATER = N_("To start later")
_ASKED_BY = N_("asked by {who}")
_STANDING_IN = N_("While people are away")
_TO_REVIEW, _CLOSE_REVIEW = N_("Ran without approval"), N_("Close review")
_UNAPPROVED = N_("{reason}\nRun by {who} {when}")
_RUN_A_JOB, _RERUN = N_("Run a job"), N_("Rerun")
_HEALTHY = N_("All platforms answer.")
_AS_OF = N_("As of {when}")


def home_view(home: HomeView) -> View:
    """A Home tab for `views.publish`; a second try gives the same view."""
    # What waits for a decision is the primary thing, when anything does.
    is_waited_for = bool(home.waiting or home.pauses)
    style = "" if is_waited_for else "primary"
    later = [card for card in home.running if card.execution.status is Status.SCHEDULED]
    running = [card for card in home.running if card not in later]
    start = button(_(_RUN_A_JOB), ids.START, ids.RunValue().encoded(), style=style)
    blocks = [
        actions(start, *([away_button()] if home.may_delegate else [])),
        *_part(_(_WAITING), [b for card in home.waiting[:_MOST] for b in _waiting(card)]),
        *(waiting_section(card, wait) for card, wait in home.pauses[:_MOST]),
        *([] if is_waited_for else [section(_(_NONE_WAITING))]),
        *_reviews(home.reviews[:_MOST]),
        *_standing_in(home),
        *_part(_(_RUNNING), [_running(card) for card in running[:_MOST]]),
        *([] if running else [section(_(_NONE_RUNNING))]),
        *_later(later[:_MOST]),
        *_part(_(_RECENT), [_recent(each) for each in home.recent[:_MOST]]),
        *([] if home.recent else [section(_(_NONE_RECENT))]),
        *_schedules(home.schedules[:_MOST_SCHEDULES]),
        *_favourites(home.favourites[:_MOST_FAVOURITES]),
        divider(),
        context(_health(home)),
        *platform_lines(home.platforms),
    ]
    return {"type": "home", "blocks": blocks}


def waiting_answer(cards: Sequence[Card], pauses: Sequence[tuple[Card, Wait]] = ()) -> Message:
    """What waits for the asker's yes, each with a button that shows it whole and takes the answer.

    Where the answer is given everything is told as it is then, so that no button here grows old.
    """
    if not cards and not pauses:
        return Message(text=_(_NONE_WAITING), blocks=(section(_(_NONE_WAITING)),))
    listed = [
        *(_to_look_at(card) for card in cards[:_MOST]),
        *(waiting_section(card, wait) for card, wait in pauses[:_MOST]),
    ]
    return Message(text=_(_WAITING), blocks=(section(f"*{_(_WAITING)}*"), *listed))


def _to_look_at(card: Card) -> Block:
    execution = card.execution
    asked = _(_ASKED_BY).format(who=safe(execution.requester_name, 80))
    head = joined([f"{code(number(execution.id))} {first_line(card)}", asked])
    value = ids.ButtonValue(execution=execution.id, digest=execution.digest).encoded()
    text = joined([head, why(execution), approval_needs(card)], "\n")
    return section(text, accessory=button(_("Details"), ids.DETAILS, value))


def _part(title: str, blocks: Sequence[Block]) -> list[Block]:
    return [header(title), *blocks]


def _reviews(reviews: Sequence[Review]) -> list[Block]:
    return _part(_(_TO_REVIEW), [_review(each) for each in reviews]) if reviews else []


def _review(review: Review) -> Block:
    who, when = safe(review.opened_name, 80), moment(review.opened_at)
    first = joined([code(number(review.execution)), f"*{safe(review.target, 200)}*"], " ")
    said = _(_UNAPPROVED).format(reason=safe(brief(review.reason, 240), 600), who=who, when=when)
    value = ids.ButtonValue(execution=review.execution).encoded()
    return section(f"{first}\n{said}", accessory=button(_(_CLOSE_REVIEW), ids.REVIEWED, value))


def _schedules(shown: Sequence[Shown]) -> list[Block]:
    blocks = [block for each in shown for block in schedule_blocks(each)]
    return _part(_(_SCHEDULES), blocks) if blocks else []


def _standing_in(home: HomeView) -> list[Block]:
    lines = away_lines(home.delegations[:_MOST], home.person, home.now)
    return _part(_(_STANDING_IN), lines) if lines else []


def _favourites(favourites: Sequence[tuple[str, str]]) -> list[Block]:
    return _part(_(_FAVOURITES), [actions(*run_buttons(favourites))]) if favourites else []


def _waiting(card: Card) -> list[Block]:
    execution = card.execution
    asked = _(_ASKED_BY).format(who=safe(execution.requester_name, 80))
    lines = [
        joined([f"{code(number(execution.id))} {first_line(card)}", asked]),
        why(execution),
        approval_needs(card),
    ]
    # An actions block's action_ids are unique within it, and each card has a block of its own.
    return [section(joined(lines, "\n")), actions(*decision_buttons(execution))]


def _running(card: Card) -> Block:
    execution = card.execution
    text = joined([f"{code(number(execution.id))} {first_line(card)}", *story(card)], "\n")
    if execution.status is Status.SCHEDULED:
        return section(text, accessory=cancel_button(execution))
    has_log = execution.started_at is not None
    return section(text, accessory=logs_button(execution) if has_log else None)


def _later(cards: Sequence[Card]) -> list[Block]:
    return _part(_(_LATER), [_running(card) for card in cards]) if cards else []


def _recent(execution: Execution) -> Block:
    value = ids.ButtonValue(execution=execution.id).encoded()
    return section(run_line(execution, is_own=True), accessory=button(_(_RERUN), ids.RERUN, value))


def _health(home: HomeView) -> str:
    return joined([prose(home.health, 500) or _(_HEALTHY), _(_AS_OF).format(when=clock(home.now))])
