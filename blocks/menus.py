"""What `/job` alone and `Something else` open."""

from collections.abc import Sequence

from blocks import ids
from blocks.answers import says
from blocks.elements import Block, Message, actions, button, context, section

_MOST_FAVOURITES = 4

_TITLE = "What would you like to do?"
_RUN_A_JOB = "Run a job"
_SAYINGS = (("What is running", "status"), ("Jobs", "list"), ("History", "history"))
_HELP = ("Help", "help")
_AGAIN = "*You run these most*"
_TYPE_IT = "Or type it: `/job run NAME`, `/job status`, `/job help`."


def menu(favourites: Sequence[tuple[str, str]] = ()) -> Message:
    """The things to begin with; `favourites` are pairs of job name and label."""
    start = button(_RUN_A_JOB, ids.START, ids.RunValue().encoded(), style="primary")
    rest = [says(label, words, at) for at, (label, words) in enumerate((*_SAYINGS, _HELP))]
    blocks = [section(_TITLE), actions(start, *rest), *_favourites(favourites), context(_TYPE_IT)]
    return Message(text=_TITLE, blocks=tuple(blocks))


def run_buttons(favourites: Sequence[tuple[str, str]]) -> list[Block]:
    """One button a job that opens its form."""
    return [
        button(label, ids.numbered(ids.START, at), ids.RunValue(job=name).encoded())
        for at, (name, label) in enumerate(favourites)
    ]


def _favourites(favourites: Sequence[tuple[str, str]]) -> list[Block]:
    if not favourites:
        return []
    return [section(_AGAIN), actions(*run_buttons(favourites[:_MOST_FAVOURITES]))]
