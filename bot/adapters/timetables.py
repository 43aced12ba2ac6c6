"""Cron lines over cronsim, which has them as Debian's cron does."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from bot.domain.errors import Mistake
from bot.domain.wording import N_, _

LONGEST = 300
"""Characters of a cron line."""

_WRONG = {
    "Bad minute": N_("`{cron}` is no cron line, as its minutes are wrong: write `0 7 * * 1-5`."),
    "Bad hour": N_("`{cron}` is no cron line, as its hours are wrong: write `0 7 * * 1-5`."),
    "Bad day-of-month": N_(
        "`{cron}` is no cron line, as its days of the month are wrong: write `0 7 * * 1-5`."
    ),
    "Bad month": N_("`{cron}` is no cron line, as its months are wrong: write `0 7 * * 1-5`."),
    "Bad day-of-week": N_(
        "`{cron}` is no cron line, as its days of the week are wrong: write `0 7 * * 1-5`."
    ),
}
"""What cronsim says (https://github.com/cuu508/cronsim), in words of ours."""

_NOT_ONE = N_("`{cron}` is no cron line: write it as `0 7 * * 1-5`.")


class CronTimetables:
    """Times of cron lines with five fields, in any zone. Raises Mistake for what is none."""

    def after(self, cron: str, zone: str, moment: datetime) -> Iterator[datetime]:
        return _rising(_parsed(cron, moment.astimezone(_zone(zone))), moment)


def _parsed(cron: str, begin: datetime) -> CronSim:
    fields = cron.split()
    if len(cron) > LONGEST or len(fields) != 5:
        raise Mistake(
            _("`{cron}` is no cron line: it takes five fields, as `0 7 * * 1-5`.").format(
                cron=cron[:60]
            )
        )
    try:
        return CronSim(" ".join(fields), begin)
    except (CronSimError, ValueError) as error:
        sentence = _(_WRONG.get(str(error), _NOT_ONE))
        raise Mistake(sentence.format(cron=cron)) from error


def _rising(times: CronSim, moment: datetime) -> Iterator[datetime]:
    """Without those that a change of the clock puts on top of others, or before the moment."""
    last = moment.astimezone(UTC)
    try:
        for each in times:
            if each.astimezone(UTC) > last:
                last = each.astimezone(UTC)
                yield each
    except OverflowError:
        # The calendar ends with the year 9999.
        return


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise Mistake(_("There is no time zone called `{zone}`.").format(zone=name[:60])) from error
