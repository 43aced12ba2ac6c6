"""Numbers, units and sizes for the parameters that want them: 12, 二十个, 2h, 300qps, 2.5%."""

import re
from dataclasses import dataclass
from itertools import islice

from bot.domain.parameters import Kind, Parameter
from bot.language.claims import Claims
from bot.language.lexicons import phrase_key
from bot.language.numbers import CHINESE, DIGITS, ENGLISH, number_of
from bot.language.sentences import HAN

MOST_AMOUNTS = 24
"""Numbers of a sentence that are looked at; whoever says more asks for nothing."""

NUMERIC = (Kind.INTEGER, Kind.NUMBER, Kind.DURATION)

_AMOUNT = re.compile(
    rf"(?<![A-Za-z0-9_./:@#*~-])(?P<share>百分之)?(?P<n>{DIGITS}|{ENGLISH}|{CHINESE}"
    r"|half an?|a dozen|an?(?= (?:second|minute|hour|day|week|month|year)\b)|半)"
    rf"(?P<gap> ?-?)(?P<unit>[{HAN}]{{1,4}}|%|[a-z]+)?(?![A-Za-z0-9_./:@#*-]*[\d@/])",
)
SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "秒", "秒钟"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分", "分钟"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "小时", "个小时", "钟头", "个钟头"), 3_600),
    **dict.fromkeys(("d", "day", "days", "天", "日"), 86_400),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks", "周", "个星期", "星期", "个礼拜"), 604_800),
    **dict.fromkeys(("month", "months", "个月"), 2_592_000),
    **dict.fromkeys(("year", "years", "年"), 31_536_000),
}
_BYTES = {
    **dict.fromkeys(("b", "byte", "bytes", "字节"), 1),
    **dict.fromkeys(("k", "kb", "kib"), 1_024),
    **dict.fromkeys(("mb", "mib", "兆"), 1_024**2),
    **dict.fromkeys(("g", "gb", "gib"), 1_024**3),
    **dict.fromkeys(("tb", "tib"), 1_024**4),
}
_NOT_COUNTED = frozenset("下些起直样般定切会次遍版轮趟把波")
_ESTIMATE = re.compile(
    rf" ?(?:倍|成(?![功为])|折|半|几|多(?!个?核)|来(?=[个台天小分秒])"
    rf"|(?!天|小时|分钟|周|个?月|年|秒)[{HAN}]{{0,4}}?(?:pods?|qps|rps|replicas)? ?"
    r"(?:以上|以下|以内|左右|上下|出头|次|[到至~-] ?\d))"
)
"""三成, 两倍, 5 个以上, 十来个: no number that anything could be set to."""
_MORE = (
    " by",
    " another",
    "再加",
    "多加",
    "增加",
    "加",
    "减",
    "减少",
    "多",
    "少",
    "再",
    "再扩",
    "再缩",
)
_COUNTERS = ("个", "台", "名", "条", "次", "份", "x")


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """A number with the unit written after it, and its atoms; `suffix` is what else is glued on."""

    value: float
    unit: str
    first: int
    last: int
    unit_last: int
    suffix: str = ""


def amounts_in(claims: Claims) -> list[Amount]:
    """Every number that nothing was made of so far."""
    found: list[Amount] = []
    atoms = claims.atoms
    for match in islice(_AMOUNT.finditer(claims.sentence.folded), MOST_AMOUNTS):
        if claims.sentence.folded[: match.start()].rstrip().endswith(_MORE):
            # An amount more or less is nobody's value.
            continue
        if _is_former(claims.sentence.folded, match):
            continue
        if match["n"] == "一" and (match["unit"] or "")[:1] in _NOT_COUNTED:
            continue
        if _ESTIMATE.match(claims.sentence.folded, match.end("n")):
            continue
        value = 12.0 if match["n"] == "a dozen" else _value(match["n"])
        covered = claims.sentence.within(*match.span())
        number = [i for i in covered if atoms[i].at < match.end("n")]
        if value is None or not number or not claims.is_free(number[0], number[-1]):
            continue
        unit = "%" if match["share"] else match["unit"] or ""
        end = match.end("n")
        times_ = _multiplier(claims, unit)
        if times_ > 1:
            value, unit, end = value * times_, unit[1:], end + 1
        shortest = _unit(unit)
        end += len(match["gap"]) + len(shortest) if shortest else 0
        units = [i for i in covered if atoms[i].at < end]
        found.append(
            Amount(
                value=value,
                unit=shortest or unit,
                first=number[0],
                last=number[-1],
                unit_last=units[-1] if shortest or times_ > 1 else number[-1],
                suffix=claims.sentence.folded[end : atoms[number[-1]].end],
            )
        )
    return found


def _multiplier(claims: Claims, unit: str) -> int:
    """`1k rps`, 2万: thousands, unless the job counts bytes."""
    if unit[:1] in _THOUSANDS and not unit.isascii():
        return _THOUSANDS[unit[0]]
    if unit != "k":
        return 1
    return 1 if any(unit_of(p, "k") is not None for p in claims.job.parameters) else 1_000


def former_amounts(claims: Claims) -> list[tuple[int, int]]:
    """Where it is said how many there were before."""
    text = claims.sentence.folded
    numbers = islice(_AMOUNT.finditer(text), MOST_AMOUNTS)
    spans = [m.span("n") for m in numbers if _is_former(text, m)]
    covered = (claims.sentence.within(begin, end) for begin, end in spans)
    return [(places[0], places[-1]) for places in covered if places]


_FORMER = re.compile(
    rf"\s*(?:个|台)?(?:副本|实例|节点|pods?|replicas)?\s*[{HAN}]{{0,3}}[到成至为]\s*(?:{DIGITS}|{CHINESE})"
)


_FORMER_ENGLISH = re.compile(rf"(?: [a-z]+)? (?:up |down |out )?to (?:{DIGITS}|{ENGLISH})(?![\w.])")


def _is_former(text: str, number: re.Match[str]) -> bool:
    """从 5 个副本扩到 9 个: how many there were."""
    before = text[: number.start()].rstrip()
    if before.endswith(" from"):
        return _FORMER_ENGLISH.match(text, number.end("n")) is not None
    return before.endswith(("从", "由")) and _FORMER.match(text, number.end("n")) is not None


_THOUSANDS = {"百": 100, "千": 1_000, "万": 10_000}


def _value(said: str) -> float | None:
    if said in {"a", "an"}:
        return 1.0
    return 0.5 if said in {"half a", "half an", "半"} else number_of(said)


def _unit(said: str) -> str:
    """The longest known unit that the text begins with; a Latin one must be whole."""
    if said.isascii():
        return said if said in SECONDS or said in _BYTES or said == "%" else ""
    return next((said[:n] for n in range(len(said), 0, -1) if said[:n] in SECONDS), "")


def fill_amounts(claims: Claims) -> None:
    """Amounts with a unit go to the parameter of that unit, bare numbers to the only open one."""
    for amount in amounts_in(claims):
        if not _by_unit(claims, amount):
            _by_alias(claims, amount)
    left = [a for a in amounts_in(claims) if not _is_time(claims, a)]
    _bare(claims, left)


def _by_unit(claims: Claims, amount: Amount) -> bool:
    if amount.unit not in SECONDS and amount.unit not in _BYTES:
        return False
    if _is_time(claims, amount):
        return False
    fitting = [p for p in claims.open_of(*NUMERIC) if unit_of(p, amount.unit) is not None]
    if any(first <= amount.first and amount.last <= last for first, last, _ in claims.times):
        fitting = [p for p in fitting if not _is_kept(p)]
    if len(fitting) != 1:
        return False
    return _put(claims, fitting[0], amount)


_KEPT = frozenset({"retention", "retain", "keep", "ttl", "timeout", "duration", "保留"})


def _is_kept(parameter: Parameter) -> bool:
    """How long something stays: of 三天前的备份 that says nothing."""
    said = parameter.names
    return any(word in _KEPT for each in said for word in re.split(r"[-_ ]", each.lower()))


def _is_time(claims: Claims, amount: Amount) -> bool:
    """Part of a time to come; `7 days ago` may be an age."""
    return any(
        first <= amount.first and amount.last <= last and not time.is_past
        for first, last, time in claims.times
    )


def _by_alias(claims: Claims, amount: Amount) -> bool:
    """`12 replicas`, `5 个副本`, `300qps`: what follows the number names the parameter."""
    for parameter in claims.open_of(*NUMERIC):
        keys = sorted({phrase_key(n) for n in parameter.names}, key=len)
        end = amount.unit_last
        for last in range(end, min(end + 4, len(claims.atoms))):
            text = "".join(a.text for a in claims.atoms[end + 1 : last + 1])
            text = (amount.suffix if last == end else text).removeprefix("个").rstrip("s")
            if text and any(text in {key, key.rstrip("s")} for key in keys if key):
                return _put(claims, parameter, amount, last)
    return False


def _bare(claims: Claims, left: list[Amount]) -> None:
    wanting = [p for p in claims.open_of(Kind.INTEGER, Kind.NUMBER) if p.required]
    # Half of something nobody named is no value.
    left = [a for a in left if a.value != 0.5 or claims.atoms[a.first].text[:1] in {"0", "."}]
    plain = [a for a in left if a.unit not in SECONDS and a.unit not in _BYTES]
    plain = [a for a in plain if a.unit != "%" or any(p.kind is Kind.NUMBER for p in wanting)]
    if any(each.suffix for each in plain):
        return
    if any(each.first and claims.atoms[each.first - 1].text == "from" for each in plain):
        # How many there were is not how many there shall be.
        return
    if len(wanting) == 1 and len(plain) == 1 and claims.atoms[plain[0].first].text != "one":
        _put(claims, wanting[0], plain[0])


def _put(claims: Claims, parameter: Parameter, amount: Amount, last: int = 0) -> bool:
    last = max(last, amount.unit_last)
    if last + 1 < len(claims.atoms) and claims.atoms[last + 1].text in _COUNTERS:
        last += 1
    size = unit_of(parameter, amount.unit)
    value = amount.value * (size if size is not None else 1)
    if parameter.kind is Kind.DURATION:
        raw = f"{int(value)}s" if size is not None else written(value)
    else:
        raw = written(value)
    claims.put(parameter, raw, amount.first, last)
    return True


def written(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:g}"


def unit_of(parameter: Parameter, unit: str) -> float | None:
    """What one such unit is in the parameter's own; None when it wants another kind."""
    table = SECONDS if unit in SECONDS else _BYTES if unit in _BYTES else None
    if table is None:
        return None
    if parameter.kind is Kind.DURATION:
        return float(table[unit]) if table is SECONDS else None
    parts = {*re.split(r"[-_]", parameter.name.lower()), *map(str.lower, parameter.aliases)}
    own = sorted((part for part in parts if part in table and len(part) > 1), key=len)
    return table[unit] / table[own[0]] if own else None
