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
from bot.domain.wording import N_, _

_LONGEST = 500
_TITLE, _RUN, _CLOSE = N_("Run without approval"), N_("Run it now"), N_("Close")
_WARNING = N_(
    "*{target}* waits for approval. Run it now and nobody is asked: the security "
    "channel is told with your reason, and somebody else has to review it."
)
_WHY, _WHY_HINT = N_("Why can it not wait?"), N_("The thread and the security channel read it.")
_TYPE, _TYPE_HINT = N_("Confirm"), N_("Type {word} to confirm.")
_REVIEW_TITLE, _REVIEWED = N_("Close the review"), N_("Close review")
_FOUND, _FOUND_HINT = N_("What did you find?"), N_("It is kept in the audit log.")
_BY = N_("{who} ran it without approval {when}")


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
        title=_(_TITLE),
        blocks=[
            section(_(_WARNING).format(target=target(execution))),
            words_input(ids.REASON_BLOCK, ids.REASON, _(_WHY), _(_WHY_HINT), multiline=True),
            words_input(
                ids.CONFIRM_BLOCK, ids.CONFIRM, _(_TYPE), _(_TYPE_HINT).format(word=one_line(word))
            ),
        ],
        close=_(_CLOSE),
        submit=_(_RUN),
        metadata=value.encoded(),
    )


def reviewed_view(review: Review) -> View:
    """Asks what somebody else found. Read by `read_said`."""
    by = _(_BY).format(who=safe(review.opened_name, 80), when=moment(review.opened_at))
    return modal(
        callback=ids.REVIEWED_VIEW,
        title=_(_REVIEW_TITLE),
        blocks=[
            section(joined([f"*{safe(review.target, 200)}*", safe(review.reason, 600)], "\n")),
            context(joined([by, safe(review.rule, 200)])),
            words_input(ids.REASON_BLOCK, ids.REASON, _(_FOUND), _(_FOUND_HINT), multiline=True),
        ],
        close=_(_CLOSE),
        submit=_(_REVIEWED),
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
