"""How times are said in English: each wording and what reads it."""

# ruff: noqa: E501  patterns read best on one line

import re

from bot.language.numbers import DIGITS, ENGLISH
from bot.language.times.elements import Reads, Rule
from bot.language.times.english_ordinals import (
    NTH,
    read_business_day,
    read_half,
    read_hours_on,
    read_last_of,
    read_nth_of,
    read_of_week,
    read_same_time,
    read_weeks_from,
    read_worded,
)
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

# Chinese may stand right beside it: 2026-03-20下午4点.
_B, _E = r"(?<![a-z0-9_./:=@#-])", r"(?![a-z0-9_/@=-]|[.:][a-z0-9_]|,\d{3})"
_HOURS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_MINUTES = r"oh five|fifteen|ten|(?:twenty|thirty|forty|fifty)(?:[ -]five)?"
_RANGES = rf"(?:{WEEKDAY})s?(?:(?:,| and|,? ?&| or)? (?:{WEEKDAY})s?)*"


def _rule(pattern: str, read: Reads) -> Rule:
    return re.compile(_B + pattern + _E), read


RULES: tuple[Rule, ...] = (
    _rule(rf"(?:in|after|within) (?:about |another |the next )?{SPAN}(?:(?: from now|'?s? time))?", read_offset),
    _rule(r"(?:in|after) (?P<h>\d{1,2})h(?P<m>[0-5]\d)", read_hours_on),
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
        r"(?:(?:t| at | )(?P<h>[0-2]?\d):(?P<mi>[0-5]\d)(?::[0-5]\d)?(?:\.\d{1,6})?(?P<zone>z|[+-][0-2]\d:[0-5]\d)?)?",
        read_iso,
    ),
    _rule(r"(?:on )?(?P<mo>[01]?\d)/(?P<d>[0-3]?\d)(?:/(?P<y>20\d\d|\d\d))?", read_slashed),
    _rule(
        r"(?:on )?the (?P<d>[0-3]?\d)(?:st|nd|rd|th)(?P<where> of (?:the|this|next) month)?",
        read_of_the_month,
    ),
    _rule(
        rf"(?:on )?(?:the )?(?P<nth>{ORDINAL}) (?P<day>{WEEKDAY}) (?:of|in) "
        rf"(?P<where>(?:the |this |next )?month|(?:{MONTH})(?: 20\d\d)?)",
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
    _rule(r"at (?P<h>0\d|[12]\d(?=\d\d ?h))(?P<m>[0-5]\d)(?: ?(?:hrs?|hours|h))?", read_clock24),
    _rule(r"(?:(?<=day )|(?<=tomorrow )|(?<=tmr )|(?<=tmrw )|(?<=tonight ))(?P<h>0\d)(?P<m>[0-5]\d)(?: ?(?:hrs?|hours|h))?", read_clock24),
    _rule(rf"(?:at|around) half (?P<h>{_HOURS})", read_half),
    _rule(r"(?P<h>\d{1,2})(?= (?:in the (?:morning|afternoon|evening)|at night))", read_bare),
    _rule(rf"(?P<h>\d{{1,2}}|{ENGLISH}) ?o'? ?clock", read_bare),
    _rule(
        rf"(?<!from )(?:at |around )?(?P<how>half|a quarter|quarter|(?:{ENGLISH}|[1-5]?\d)(?: minutes)?) (?P<way>past|to|after) (?P<h>\d{{1,2}}|{ENGLISH})(?: ?(?P<ap>am|pm))?",
        read_spoken,
    ),
    _rule(r"(?:at )?(?:high )?(?:noon|midday)", read_noon),
    _rule(r"(?:at )?midnight", read_midnight),
    _rule(rf"(?:(?:in|at|during) (?:the )?|(?P<this>this ))?(?P<part>{PART})", read_part),
    _rule(r"(?P<which>last|past|previous|this|next) (?P<what>week|month|year)", read_last_period),
    _rule(r"(?:this |next |the |on )?weekend", read_vague),
    _rule(r"(?:in|within) the (?:next )?(?:minute|hour|day|week)", read_vague),
    _rule(rf"(?:on )?the (?P<nth>{NTH}) (?:of )?(?P<where>(?:the|this|next) month|{MONTH})", read_nth_of),
    _rule(rf"(?:on )?(?P<nth>{NTH}) of (?P<where>(?:the|this|next) month|{MONTH})", read_nth_of),
    _rule(rf"(?:on )?(?P<where>{MONTH}|(?:this|next) month) (?:on )?(?:the )?(?P<nth>{NTH})", read_nth_of),
    _rule(rf"(?:at |by |on )?(?:the )?(?:end|last day) of (?P<mon>{MONTH})", read_last_of),
    _rule(rf"(?P<n>an?|{DIGITS}|{ENGLISH}) weeks? (?:from|after|on) (?P<day>{WEEKDAY}|today|tomorrow)", read_weeks_from),
    _rule(rf"(?:on )?(?P<day>{WEEKDAY}|today|tomorrow) week", read_weeks_from),
    _rule(rf"(?:on )?(?:the )?(?P<day>{WEEKDAY}) (?:of|in) (?P<which>this|next) week", read_of_week),
    _rule(rf"(?:the )?(?:{WEEKDAY}|week|month) after next", read_vague),
    _rule(r"(?:at )?(?:this|the same|same) time(?= (?:tomorrow|next|on|mon|tue|wed|thu|fri|sat|sun))", read_same_time),
    _rule(r"(?:on )?(?:the )?next (?:business|working|work) ?day", read_business_day),
    _rule(rf"(?:at |around )?(?P<h>{ENGLISH})(?P<m>)(?: ?o'? ?clock)? ?(?P<ap>a\.?m\.?|p\.?m\.?)", read_worded),
    _rule(rf"(?:at |around )?(?P<h>{_HOURS})[ :-](?P<m>{_MINUTES}) ?(?P<ap>a\.?m\.?|p\.?m\.?)", read_worded),
    _rule(rf"(?:at|around) (?P<h>{_HOURS})[ :-](?P<m>{_MINUTES})(?P<ap>)", read_worded),
    # There is no cron of five fields for these.
    _rule(rf"(?:every|each) (?:{ORDINAL}|other) (?:{WEEKDAY})(?: (?:of|in) (?:the|a|every|each) month)?", read_vague),
    _rule(rf"(?:on )?(?:the )?(?:{ORDINAL}) (?:{WEEKDAY}) (?:of|in) (?:every|each|any) month", read_vague),
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
    _rule(rf"(?:every|each) (?:{DIGITS}|{ENGLISH}|other|few|couple of) (?:days?|weeks?|months?|years?)", read_vague),
    _rule(r"(?:bi-?weekly|yearly|annually|quarterly|(?:every|each) (?:quarter|year)|(?:once|twice|two times|three times) (?:a|per) (?:day|week|month|hour))", read_vague),
    _rule(
        rf"(?:(?:every|each) month|monthly)(?:,? on)? (?:the )?(?P<d>{NTH}|[0-3]?\d)(?: day)?|"
        rf"(?:on )?(?:the )?(?P<d2>{NTH}|[0-3]?\d)(?: day)? (?:of|in) (?:every|each) month|"
        rf"(?:every|each) (?P<d3>{NTH})(?: of (?:the|each|every) month)?",
        read_monthly,
    ),
    _rule(r"weekly|every week|each week", read_weekly),
)  # fmt: skip
