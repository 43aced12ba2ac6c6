"""A run is stopped at once and unasked: what is said behind its number must be no more than why."""

import re
from datetime import datetime

from bot.language.control_words import EXECUTION
from bot.language.times import times_in

_NAMED = re.compile(EXECUTION)
_BECAUSE = re.compile(r"[\s,，:：;；-]*(?:because|as|since|reason|原因|因为|理由)")
_GOES_ON = re.compile(r"\b(?:and|then|also|plus|or|rather|instead|but|wait)\b|[&+]|#\d|\d{3}")
_FIRST_WORD = re.compile(r"\s*\w+")


def says_more(said: str, now: datetime) -> bool:
    """Whether the folded words of a stop say when, name a second run, or ask for another deed.

    `cancel 1042 tomorrow`, `cancel 1042 and 1043`, `cancel 1042, then deploy api`. What `because`
    begins is a reason, whatever stands in it.
    """
    verb = _FIRST_WORD.match(said)
    named = _NAMED.search(said, verb.end() if verb is not None else 0)
    rest = said[named.end() :] if named is not None else ""
    if _BECAUSE.match(rest) is not None:
        return False
    return _GOES_ON.search(rest) is not None or any(
        not each.is_past for each in times_in(rest, now)
    )
