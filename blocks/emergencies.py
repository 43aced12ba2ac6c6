"""Running without approval: why it cannot wait, and the word that closes its review."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from blocks import ids
from blocks.elements import View, context, modal, section, words_input
from blocks.states import target
from blocks.texts import joined, moment, one_line, safe
from bot.domain.notices import Card
from bot.domain.reviews import Review

_LONGEST = 500
_TITLE, _RUN, _CLOSE = "Run without approval", "Run it now", "Close"
_WARNING = (
    "*{}* waits for approval. Run it now and nobody is asked: the security channel is told with "
    "your reason, and somebody else has to review it."
)
_WHY, _WHY_HINT = "Why can it not wait?", "The thread and the security channel read it."
_TYPE, _TYPE_HINT = "Confirm", "Type {} to confirm."
_REVIEW_TITLE, _REVIEWED = "Close the review", "Close review"
_FOUND, _FOUND_HINT = "What did you find?", "It is kept in the audit log."
_BY = "{} ran it without approval {}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What such a view held when it was submitted."""

    value: ids.ButtonValue
    words: str = ""
    typed: str = ""


def glass_view(card: Card, word: str) -> View:
    """Asks why, and for the name of what is touched. Read by `read_said`."""
    execution = card.execution
    value = ids.ButtonValue(execution=execution.id, digest=execution.digest, confirm=word)
    return modal(
        callback=ids.GLASS_VIEW,
        title=_TITLE,
        blocks=[
            section(_WARNING.format(target(execution))),
            words_input(ids.REASON_BLOCK, ids.REASON, _WHY, _WHY_HINT, multiline=True),
            words_input(ids.CONFIRM_BLOCK, ids.CONFIRM, _TYPE, _TYPE_HINT.format(one_line(word))),
        ],
        close=_CLOSE,
        submit=_RUN,
        metadata=value.encoded(),
    )


def reviewed_view(review: Review) -> View:
    """Asks what somebody else found. Read by `read_said`."""
    by = _BY.format(safe(review.opened_name, 80), moment(review.opened_at))
    return modal(
        callback=ids.REVIEWED_VIEW,
        title=_REVIEW_TITLE,
        blocks=[
            section(joined([f"*{safe(review.target, 200)}*", safe(review.reason, 600)], "\n")),
            context(joined([by, safe(review.rule, 200)])),
            words_input(ids.REASON_BLOCK, ids.REASON, _FOUND, _FOUND_HINT, multiline=True),
        ],
        close=_CLOSE,
        submit=_REVIEWED,
        metadata=ids.ButtonValue(execution=review.execution).encoded(),
    )


def read_said(state: object, metadata: object) -> Said | None:
    """From `view["state"]["values"]` and its private metadata; None when it is not one of ours."""
    value = ids.read_button(metadata)
    if value is None:
        return None
    words = _value(state, ids.REASON_BLOCK, ids.REASON)
    return Said(value=value, words=words, typed=_value(state, ids.CONFIRM_BLOCK, ids.CONFIRM))


def _value(state: object, block: str, action: str) -> str:
    found: object = state
    for name in (block, action, "value"):
        if not isinstance(found, Mapping):
            return ""
        found = cast("Mapping[str, object]", found).get(name)
    return found[:_LONGEST].strip() if isinstance(found, str) else ""
