"""Who may hold how many of Slack's ten connections, however many processes there are."""

from collections.abc import Sequence

from bot.domain.processes import Process, Role

SLACK_ALLOWS = 10
"""Connections of one app at a time, over all its processes (docs.slack.dev, Socket Mode)."""


def sockets_for(living: Sequence[Process], own: str, wanted: int) -> int:
    """How many connections the process `own` may hold now; 0 for one that stands by.

    Everybody gets the same share, at most `wanted`; when there are more processes than connections
    those that started first get one each. A share that somebody still holds beyond theirs is not
    given away before it was let go of: what is held by all together never exceeds ten as long as
    each writes down what it is going to hold, reads again, and only then opens it.
    """
    line = sorted(
        (each for each in living if Role.CHAT in each.roles),
        key=lambda each: (each.started_at, each.id),
    )
    place = next((number for number, each in enumerate(line) if each.id == own), None)
    if place is None or place >= SLACK_ALLOWS:
        return 0
    share = min(wanted, max(1, SLACK_ALLOWS // len(line)))
    before = sum(max(each.sockets, share) for each in line[:place])
    after = sum(each.sockets for each in line[place + 1 :])
    return max(0, min(share, SLACK_ALLOWS - before - after))
