"""Where jobs run and how that is: a line on Home, and the whole when somebody asks."""

from collections.abc import Sequence
from datetime import timedelta

from blocks.elements import Block, Message, context, section
from blocks.states import Sign, marked
from blocks.texts import clock, duration, joined, moment, prose, safe
from bot.domain.overviews import Overview
from bot.domain.platforms import PlatformStanding
from bot.domain.wording import N_, _, ngettext, restated

SKEW_IS_FELT = timedelta(seconds=30)
LAG_IS_SAID = timedelta(seconds=5)

_MOST = 20
_TITLE = N_("Platforms")
_WELL, _AWAY, _REMOVED = N_("Answers"), N_("Away"), N_("Removed")
_SINCE = N_("since {when}")
_LAG = N_("runs wait {span} there to be taken up")
_AHEAD, _BEHIND = N_("its clock is {span} ahead"), N_("its clock is {span} behind")
_AS_OF = N_("As of {when}.")
_IDLE = N_("nothing runs there")


def platforms_answer(overview: Overview) -> Message:
    """Each platform with how it is, what runs and waits there, and its version.

    Also those that are in our file no more, and whether that file was edited since we began.
    """
    standings = (*overview.platforms, *overview.left)[:_MOST]
    listed = [_whole(each) for each in standings]
    edited = [section(f"{Sign.UNSURE} {_edited(overview)}")] if overview.outdated else []
    footnote = context(_(_AS_OF).format(when=clock(overview.now)))
    aloud = ", ".join(f"{safe(each.name, 60)}: {_word(each)}" for each in standings)
    return Message(text=aloud, blocks=(section(f"*{_(_TITLE)}*"), *edited, *listed, footnote))


def _edited(overview: Overview) -> str:
    count, of_all = len(overview.outdated), len(overview.processes)
    return ngettext(
        "The platforms file was edited since {count} of {all} processes began: restart it to take "
        "that over.",
        "The platforms file was edited since {count} of {all} processes began: restart them to "
        "take that over.",
        count,
    ).format(count=count, all=of_all)


def platform_lines(standings: Sequence[PlatformStanding]) -> list[Block]:
    """A line on Home for all of them; none while there is one alone that is well."""
    if len(standings) < 2 and not any(each.unwell for each in standings):
        return []
    return [context(joined([_short(each) for each in standings[:_MOST]], "\n", limit=2_000))]


def _whole(standing: PlatformStanding) -> Block:
    first = joined([_badge(standing), f"*{safe(standing.name, 60)}*", _version(standing)])
    return section(joined([first, _trouble(standing), _facts(standing)], "\n"))


def _short(standing: PlatformStanding) -> str:
    sign = Sign.UNSURE if standing.unwell else Sign.DONE
    name = joined([f"{sign} {safe(standing.name, 60)}", _version(standing)], " ")
    return joined([name, _trouble(standing), _facts(standing)])


def _badge(standing: PlatformStanding) -> str:
    if standing.is_left:
        return marked(_(_REMOVED), Sign.STOPPED)
    return marked(_(_AWAY), Sign.UNSURE) if standing.unwell else marked(_(_WELL), Sign.DONE)


def _word(standing: PlatformStanding) -> str:
    if standing.is_left:
        return _(_REMOVED)
    return _(_AWAY) if standing.unwell else _(_WELL)


def _version(standing: PlatformStanding) -> str:
    return safe(standing.version, 60)


def _trouble(standing: PlatformStanding) -> str:
    if not standing.unwell:
        return ""
    since = _(_SINCE).format(when=moment(standing.away_since)) if standing.away_since else ""
    return joined([prose(restated(standing.unwell), 300), since])


def _facts(standing: PlatformStanding) -> str:
    live, waiting = standing.live, standing.waiting
    running = ngettext("{count} runs there", "{count} run there", live).format(count=live)
    in_line = ngettext("{count} waits to start", "{count} wait to start", waiting)
    lag = standing.lag
    return joined(
        [
            running if live else _(_IDLE),
            in_line.format(count=waiting) if waiting else "",
            _(_LAG).format(span=duration(lag)) if lag is not None and lag >= LAG_IS_SAID else "",
            _skew(standing.skew),
        ]
    )


def _skew(skew: timedelta) -> str:
    if abs(skew) < SKEW_IS_FELT:
        return ""
    return _(_AHEAD if skew > timedelta() else _BEHIND).format(span=duration(abs(skew)))
