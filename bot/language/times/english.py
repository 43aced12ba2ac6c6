"""How times are said in English: each wording and what reads it."""

# ruff: noqa: E501  patterns read best on one line

import re

from bot.language.numbers import DIGITS, ENGLISH
from bot.language.times.elements import Reads, Rule
from bot.language.times.english_readings import (
    CLOCK,
    DAY_WORDS,
    MONTH,
    ORDINAL,
    PART,
    SPAN,
    WEEKDAY,
    read_ago,
    read_bare,
    read_clock,
    read_clock24,
    read_date,
    read_day_word,
    read_end_of,
    read_iso,
    read_last_period,
    read_midnight,
    read_noon,
    read_nth_weekday,
    read_of_the_month,
    read_offset,
    read_part,
    read_slashed,
    read_spoken,
    read_vague,
    read_weekday,
)
from bot.language.times.english_rhythms import (
    read_every_days,
    read_every_kind,
    read_every_step,
    read_hourly,
    read_monthly,
    read_weekly,
)

_B, _E = r"(?<![\w./:=@#-])", r"(?![\w/@=-]|[.:]\w)"
_RANGES = rf"(?:{WEEKDAY})s?(?:(?:,| and|,? ?&| or)? (?:{WEEKDAY})s?)*"


def _rule(pattern: str, read: Reads) -> Rule:
    return re.compile(_B + pattern + _E), read


RULES: tuple[Rule, ...] = (
    _rule(rf"(?:in|after|within) (?:about |another |the next )?{SPAN}(?:(?: from now|'?s? time))?", read_offset),
    _rule(rf"{SPAN} (?:from now|later|hence)", read_offset),
    _rule(rf"{SPAN} (?:ago|before now)", read_ago),
    _rule(rf"(?P<word>{'|'.join(DAY_WORDS)})", read_day_word),
    _rule(
        rf"(?:on )?(?P<which>this |next |last |coming |the coming |the )?(?P<day>{WEEKDAY})"
        r"(?P<week> (?:this|next) week)?",
        read_weekday,
    ),
    _rule(rf"(?P<week>(?:this|next) week)(?:,? on)? (?P<which>)(?P<day>{WEEKDAY})", read_weekday),
    _rule(
        rf"(?:on )?(?:the )?(?P<mon>{MONTH})\.? (?P<d>[0-3]?\d)(?:st|nd|rd|th)?(?:,? (?P<y>20\d\d))?",
        read_date,
    ),
    _rule(
        rf"(?:on )?(?:the )?(?P<d>[0-3]?\d)(?:st|nd|rd|th)?(?: of)? (?P<mon>{MONTH})\.?(?:,? (?P<y>20\d\d))?",
        read_date,
    ),
    _rule(
        r"(?:on )?(?P<y>20\d\d)[-/.](?P<mo>[01]?\d)[-/.](?P<d>[0-3]?\d)"
        r"(?:(?:t| at | )(?P<h>[0-2]?\d):(?P<mi>[0-5]\d)(?::[0-5]\d)?)?",
        read_iso,
    ),
    _rule(r"(?:on )?(?P<mo>[01]?\d)/(?P<d>[0-3]?\d)(?:/(?P<y>20\d\d|\d\d))?", read_slashed),
    _rule(
        r"(?:on )?the (?P<d>[0-3]?\d)(?:st|nd|rd|th)(?P<where> of (?:the|this|next) month)?",
        read_of_the_month,
    ),
    _rule(
        rf"(?:on )?(?:the )?(?P<nth>{ORDINAL}) (?P<day>{WEEKDAY}) (?:of|in) "
        rf"(?P<where>(?:the |this |next |each )?month|(?:{MONTH})(?: 20\d\d)?)",
        read_nth_weekday,
    ),
    _rule(
        r"(?:at |by |on )?(?:the )?(?:end|last day) of (?P<which>the |this |next )?(?P<what>month|week|year|day)",
        read_end_of,
    ),
    _rule(r"(?:at |by )?(?P<which>)(?P<what>eod|cob|close of business)", read_vague),
    _rule(rf"(?:at |@ ?|around |by )?{CLOCK}", read_clock),
    _rule(r"(?:at |@ ?|around |by )?(?P<h>[0-2]?\d)[:h](?P<m>[0-5]\d)(?::[0-5]\d)?(?: ?(?:hrs?|hours|o'?clock))?", read_clock24),
    _rule(rf"(?:at|@|around) ?(?P<h>\d{{1,2}}|{ENGLISH})(?: ?o'? ?clock)?", read_bare),
    _rule(r"at (?P<h>0\d|[12]\d(?=\d\d ?h))(?P<m>[0-5]\d)(?: ?(?:hrs?|hours))?", read_clock24),
    _rule(r"(?P<h>\d{1,2})(?= (?:in the (?:morning|afternoon|evening)|at night))", read_bare),
    _rule(rf"(?P<h>\d{{1,2}}|{ENGLISH}) ?o'? ?clock", read_bare),
    _rule(
        rf"(?:at |around )?(?P<how>half|a quarter|quarter|ten|five|twenty|10|5|20) (?P<way>past|to|after) (?P<h>\d{{1,2}}|{ENGLISH})(?: ?(?P<ap>am|pm))?",
        read_spoken,
    ),
    _rule(r"(?:at )?(?:high )?(?:noon|midday)", read_noon),
    _rule(r"(?:at )?midnight", read_midnight),
    _rule(rf"(?:(?:in|at|during) (?:the )?|(?P<this>this ))?(?P<part>{PART})", read_part),
    _rule(r"(?P<which>last|past|previous|this|next) (?P<what>week|month|year)", read_last_period),
    _rule(r"(?:this |next |the |on )?weekend", read_vague),
    _rule(rf"(?:every|each) (?P<days>{_RANGES})", read_every_days),
    _rule(rf"(?:on )?(?P<days>(?:{WEEKDAY})s(?:(?:,| and|,? ?&)? (?:{WEEKDAY})s)*)", read_every_days),
    _rule(
        r"(?:every|each|on) (?:single )?(?P<kind>weekdays?|workdays?|working days?|business days?|work days?|weekends?|days?|mornings?|"
        r"afternoons?|evenings?|nights?)",
        read_every_kind,
    ),
    _rule(r"(?P<kind>weekdays|nightly|daily|everyday|weekends|workdays)", read_every_kind),
    _rule(
        rf"(?:every|each) (?P<n>{DIGITS}|{ENGLISH}|half an|half|other)? ?(?P<u>minutes?|mins?|hours?|hrs?|days?)",
        read_every_step,
    ),
    _rule(r"hourly", read_hourly),
    _rule(
        r"(?:(?:every|each) month|monthly)(?:,? on)? (?:the )?(?P<d>[0-3]?\d|first)(?:st|nd|rd|th)?(?: day)?|"
        r"(?:on )?(?:the )?(?P<d2>[0-3]?\d|first)(?:st|nd|rd|th)?(?: day)? (?:of|in) (?:every|each) month|"
        r"(?:every|each) (?P<d3>[0-3]?\d)(?:st|nd|rd|th)(?: of (?:the|each|every) month)?",
        read_monthly,
    ),
    _rule(r"weekly|every week|each week", read_weekly),
)  # fmt: skip
