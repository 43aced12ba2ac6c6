"""How times are said in Chinese: each wording and what reads it."""

# ruff: noqa: E501  patterns read best on one line

import re

from bot.language.numbers import CHINESE
from bot.language.sentences import HAN
from bot.language.times.chinese_readings import (
    DAY,
    DAY_WORD,
    PART,
    UNIT,
    WEEK,
    N,
    read_clock,
    read_clock_less,
    read_date,
    read_day,
    read_every_kind,
    read_every_month,
    read_every_step,
    read_every_week,
    read_midnight,
    read_noon,
    read_of_month,
    read_offset,
    read_part,
    read_quarters,
    read_same_hour,
    read_vague,
    read_weekday,
    read_weekday_of_week,
    read_weekend,
)
from bot.language.times.chinese_spans import (
    read_days,
    read_end_of,
    read_month,
    read_next_work_day,
    read_nth_weekday,
    read_period,
    read_recent,
)
from bot.language.times.elements import Reads, Rule


def _rule(pattern: str, read: Reads) -> Rule:
    return re.compile(pattern), read


_WHICH = r"(?P<which>下下个?|下个?|上上个?|上个?|这个?|本)"
RULES: tuple[Rule, ...] = (
    _rule(
        rf"(?:再?过|等)? ?(?P<n>{N}|半) ?(?P<u>{UNIT})(?P<half>半)?(?: ?零?(?P<n2>{N}) ?(?P<u2>{UNIT}))?"
        r" ?(?P<way>(?:之后|以后|过后|后|之内|内|之前|以前|前))",
        read_offset,
    ),
    _rule(
        rf"(?:再?过|等) ?(?P<n>{N}|半) ?(?P<u>{UNIT})(?P<half>半)?(?P<n2>)(?P<u2>)(?P<way>)", read_offset
    ),
    _rule(
        rf"(?P<n>{N}) ?个(?P<half>半)(?P<u>小时|钟头|星期|月)(?P<n2>)(?P<u2>) ?(?P<way>之后|以后|后|前)",
        read_offset,
    ),
    _rule(rf"(?P<word>{DAY_WORD})(?:(?<=儿)个(?=[^人个]))?", read_day),
    _rule(
        rf"{_WHICH}?(?<!每){WEEK}(?P<day>{DAY})(?P<late>[早晚](?!上|间| ?[\d一二三四五六七八九十两]))?", read_weekday
    ),
    _rule(rf"{_WHICH}?(?<!每)周末", read_weekend),
    _rule(rf"(?P<y>今年|去年|明年)?的?(?<![\d.])(?P<mo>1[0-2]|[1-9]|{CHINESE}) ?月份", read_month),
    _rule(
        rf"(?P<y>今年|去年|明年)?的? ?(?<![\d.第个])(?P<mo>1[0-2]|[1-9]|{CHINESE}) ?月(?=的?(?:[{HAN}a-z]*(?:报表|报告|日报|汇总|数据|账单))|到|至)",
        read_month,
    ),
    _rule(rf"(?:最近|近|过去)的? ?(?P<n>{N}) ?(?P<u>天|日|周|个?星期|个?礼拜|个月|年)(?:以?来)?(?:之?内)?", read_recent),
    _rule(rf"{_WHICH}(?P<what>周|星期|礼拜|月)(?!末|底|[一二三四五六日天\d初])", read_period),
    _rule(
        rf"(?P<y>(?:(?:20)?\d\d|{CHINESE}) ?年|今年|明年|去年)?的? ?(?P<mo>\d{{1,2}}|{CHINESE}) ?月 ?"
        rf"(?P<d>\d{{1,2}}|{CHINESE}) ?[日号]",
        read_date,
    ),
    _rule(
        rf"(?P<y>(?:(?:20)?\d\d|{CHINESE}) ?年|今年|明年|去年)?的? ?(?P<mo>\d{{1,2}}|{CHINESE}) ?月 ?(?P<d>\d{{1,2}}|{CHINESE}) ?[日号]?"
        rf" ?(?:到|至|~|-) ?(?P<d2>\d{{1,2}}|{CHINESE}) ?[日号](?![集机服主楼])",
        read_days,
    ),
    _rule(
        rf"{_WHICH}月的? ?(?P<d>\d{{1,2}}|{CHINESE}) ?[号日](?![集机服主楼])", read_of_month
    ),
    _rule(
        rf"(?P<which>)(?<![\d月一二三四五六七八九十第])(?P<d>\d{{1,2}}|{CHINESE}) ?[号日](?![集机服主楼])",
        read_of_month,
    ),
    _rule(rf"(?<!每)(?<!每个)(?P<which>下下个?|下个?|上上个?|上个?|这个|本|明|今|去|{N} ?(?=月))?(?P<what>月|年)(?:底|末)?(?:(?<=[底末])|的?最后一天)的?(?:最后一天)?", read_end_of),
    _rule(
        rf"(?P<which>(?:下下个|下个|下|这个|本)月的?|{N}月的?)?(?P<nth>第[一二三四五1-5]|最后)一?个?{WEEK}(?P<day>{DAY})",
        read_nth_weekday,
    ),
    _rule(
        rf"(?P<part>{PART}|(?<![今明昨每当])[早晚])?的? ?(?<![周期拜])(?P<h>\d{{1,2}}|{CHINESE}) ?(?P<sign>点|时|時)(?:钟|整)?"
        rf"(?:(?P<rest>半|一刻|三刻)|过?(?P<m>\d{{1,2}}|{CHINESE})(?: ?分(?!钟))?|(?: 过?| ?过 ?)(?P<m2>\d{{1,2}}|{CHINESE}) ?分(?!钟)|(?P<m3>\d{{1,2}}) 分(?!钟))?(?!\w?个)",
        read_clock,
    ),
    _rule(
        rf"(?P<part>{PART}|(?<![今明昨每当])[早晚])? ?(?<![\d.:])(?P<h>[0-2]?\d)(?P<sign>[:：])(?P<m>[0-5]\d)(?P<rest>)(?!\d)",
        read_clock,
    ),
    _rule(rf"(?P<part>{PART})?(?P<h>{N})点差(?P<less>{N}分|一刻)钟?", read_clock_less),
    _rule(rf"(?P<part>{PART})?差(?P<less>{N}分|一刻)钟?(?P<h>{N})点", read_clock_less),
    _rule(rf"(?P<which>下下个?|下个?|这个?|本)(?:周|星期|礼拜)的?{WEEK}(?P<day>{DAY})(?P<late>)", read_weekday),
    _rule(rf"(?P<y>)(?P<mo>\d{{1,2}}|{CHINESE})月(?P<d>\d{{1,2}}|{CHINESE})(?= |{PART}|$)", read_date),
    _rule(r"(?:再?过|等)? ?(?P<n>[一两三1-3]) ?刻钟 ?(?:之后|以后|后)", read_quarters),
    _rule(r"(?:再?过|等) ?(?P<n>[一两三1-3])个? ?刻钟", read_quarters),
    _rule(rf"(?P<n>{N}) ?个?(?:周|星期|礼拜)(?:之后|以后|后)的?{WEEK}(?P<day>{DAY})", read_weekday_of_week),
    _rule(
        rf"(?<!每){WEEK}(?P<days>(?P<from>[一二三四五六日天])(?:到|至|~|-)(?:周|星期|礼拜)?(?P<to>[一二三四五六日天]))的?(?:每天|每日|天天|每晚|每早|都)(?P<late>)",
        read_every_week,
    ),
    _rule(r"(?P<y>)(?<![\w.:/-])(?P<mo>0?[1-9]|1[0-2])-(?P<d>[0-3]?\d)(?= +[0-2]?\d:[0-5]\d)", read_date),
    _rule(
        r"(?:(?<=[天日儿])|(?<=[周期拜][一二三四五六日天])|(?<=[天日儿]的))(?:这个?(?:时候|时间|点儿?)|此时|此刻|同一时间|相同时间|同样的?时间|现在这个?(?:时候|时间|点))",
        read_same_hour,
    ),
    _rule(r"正午|中午", read_noon),
    _rule(r"午夜|半夜十二点", read_midnight),
    _rule(rf"(?P<part>{PART})", read_part),
    _rule(r"今天?下班前?|下班前|[今明]天(?:结束|下班|之内|内)之?前?|月初|年初|稍后|待会儿?|等会儿?|过会儿?|过?一会儿?", read_vague),
    _rule(
        rf"每个?{WEEK}的?(?P<days>(?P<from>[一二三四五六日天])(?:(?:到|至|~|-)(?:周|星期)?(?P<to>[一二三四五六日天])"
        rf"|(?:[、,，和及与]?(?:周|星期)?[一二三四五六日天])*))(?P<late>[早晚](?!上))?",
        read_every_week,
    ),
    _rule(r"(?:下一?个|次个?)工作日", read_next_work_day),
    _rule(rf"(?:(?:{_WHICH}|{N}|每个?)月的?)?(?:最后|倒?第{N})一?个?工作日|(?:这|上一?)个工作日", read_vague),
    _rule(rf"每个?月的?(?:最后一天|月?[底末初中](?!每)|(?:第{N}|最后)一?个?{WEEK}[一二三四五六日天])|每个?小时的?第? ?{N} ?分钟?", read_vague),
    _rule(rf"隔一?个?(?:周|星期|礼拜)的?{WEEK}?[一二三四五六日天]|每?隔一?[天日]|下班(?:之后|以后|后)|半个月(?:之后|以后|后)", read_vague),
    _rule(r"(?P<kind>每个?工作日|工作日|每个?周末|每天|每日|天天|每晚|每夜|每早)", read_every_kind),
    _rule(rf"每隔? ?(?P<n>{N}|半)? ?(?P<u>分钟?|个?小时|个?钟头|天)(?!晚|早)", read_every_step),
    _rule(rf"隔天|每隔?{N}个?(?:周|星期|礼拜|月|年|季度)|每个?(?:季度|年)|每[天日周月]{N}次", read_vague),
    _rule(rf"每个?月的? ?(?P<d>\d{{1,2}}|{CHINESE}) ?[号日]", read_every_month),
)  # fmt: skip
