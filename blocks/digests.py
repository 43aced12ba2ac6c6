"""Digests: many ends in one message, and the list behind its button."""

from collections import Counter
from collections.abc import Mapping, Sequence

from blocks import ids
from blocks.elements import Message, View, actions, button, context, modal, section
from blocks.listings import run_line
from blocks.states import Sign, marked, target, word
from blocks.texts import code, joined, mention
from bot.domain.executions import Execution, Status
from bot.domain.notices import Digest
from bot.domain.wording import N_, _

_MOST_NAMED = 5
_MOST_CALLED = 10
_MOST_LISTED = 60
_A_SECTION = 10
"""Lines of a section: 3,000 characters hold ten of the longest."""

_MORE_FINISHED = N_("{count} more finished")
_WHY = N_("Slack takes about one message a second in a channel. Each run's card is kept true.")
_LIST, _CLOSE, _TITLE = N_("List them"), N_("Close"), N_("Finished runs")
_AND_MORE = N_("and {count} more")
_LEFT = N_("{count} more: say `history` to look further back.")
_NONE_SEEN = N_("None of these runs is one that you may see.")

_GOOD = frozenset({Status.SUCCEEDED})
_QUIET = frozenset({Status.SUCCEEDED, Status.CANCELLED})


def digest_message(digest: Digest, key: str) -> Message:
    """`12 more finished: 11 succeeded, 1 failed (deploy web)`; those concerned are mentioned."""
    runs = digest.executions
    sign = Sign.DONE if all(each.status in _GOOD for each in runs) else Sign.FAILED
    headline = _(_MORE_FINISHED).format(count=len(runs))
    told = joined([_outcome(runs, status) for status in _statuses(runs)], ", ")
    called = _called(runs)
    text = joined([f"{marked(headline, sign)}: {told}", called], "\n")
    blocks = (
        section(text),
        actions(button(_(_LIST), ids.DIGEST, key)),
        context(_(_WHY)),
    )
    return Message(text=joined([f"{headline}: {told}", called]), blocks=blocks)


def digest_view(executions: Sequence[Execution]) -> View:
    """What the asker may see of it, failures first."""
    ordered = sorted(executions, key=lambda each: (each.status in _QUIET, each.id))
    lines = [run_line(each) for each in ordered[:_MOST_LISTED]]
    blocks = [
        section(joined(lines[at : at + _A_SECTION], "\n"))
        for at in range(0, len(lines), _A_SECTION)
    ] or [section(_(_NONE_SEEN))]
    if len(ordered) > _MOST_LISTED:
        blocks.append(context(_(_LEFT).format(count=len(ordered) - _MOST_LISTED)))
    return modal(callback=ids.DIGEST_VIEW, title=_(_TITLE), blocks=blocks, close=_(_CLOSE))


def _statuses(runs: Sequence[Execution]) -> Sequence[Status]:
    """Those that occur, the good ones first."""
    counts = Counter(each.status for each in runs)
    return sorted(counts, key=lambda status: (status not in _GOOD, -counts[status], status))


def _outcome(runs: Sequence[Execution], status: Status) -> str:
    those = [each for each in runs if each.status is status]
    said = _("{count} {state}").format(
        count=len(those), state=_(_WORDS.get(status, "")) or word(status).lower()
    )
    return said if status in _QUIET else f"{said} ({_named(those)})"


_WORDS: Mapping[Status, str] = {Status.SUCCEEDED: N_("succeeded")}


def _named(runs: Sequence[Execution]) -> str:
    names = [f"{target(each)} {code(f'#{each.id}')}" for each in runs[:_MOST_NAMED]]
    left = len(runs) - len(names)
    return joined([*names, _(_AND_MORE).format(count=left) if left else ""], ", ")


def _called(runs: Sequence[Execution]) -> str:
    """Whoever asked for what did not end well is notified, as its own line would have done."""
    people = dict.fromkeys(each.requester for each in runs if each.status not in _QUIET)
    return joined([mention(person) for person in list(people)[:_MOST_CALLED]], " ")
