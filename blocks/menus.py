"""What `/job` alone and `Something else` open."""

from collections.abc import Sequence

from blocks import ids
from blocks.answers import says
from blocks.elements import Block, Message, actions, button, context, section
from bot.domain.wording import N_, _

_MOST_FAVOURITES = 4

_TITLE = N_("What would you like to do?")
_RUN_A_JOB = N_("Run a job")
_SAYINGS = (
    (N_("What is running"), "status"),
    (N_("Jobs"), "list"),
    (N_("History"), "history"),
)
_HELP = (N_("Help"), "help")
_AGAIN = N_("*You run these most*")
_TYPE_IT = N_("Or type it: `/job run NAME`, `/job status`, `/job help`.")


def menu(favourites: Sequence[tuple[str, str]] = ()) -> Message:
    """The things to begin with; `favourites` are pairs of job name and label."""
    start = button(_(_RUN_A_JOB), ids.START, ids.RunValue().encoded(), style="primary")
    rest = [says(_(label), words, at) for at, (label, words) in enumerate((*_SAYINGS, _HELP))]
    blocks = [
        section(_(_TITLE)),
        actions(start, *rest),
        *_favourites(favourites),
        context(_(_TYPE_IT)),
    ]
    return Message(text=_(_TITLE), blocks=tuple(blocks))


def run_buttons(favourites: Sequence[tuple[str, str]]) -> list[Block]:
    """One button a job that opens its form."""
    return [
        button(label, ids.numbered(ids.START, at), ids.RunValue(job=name).encoded())
        for at, (name, label) in enumerate(favourites)
    ]


def _favourites(favourites: Sequence[tuple[str, str]]) -> list[Block]:
    if not favourites:
        return []
    return [section(_(_AGAIN)), actions(*run_buttons(favourites[:_MOST_FAVOURITES]))]
