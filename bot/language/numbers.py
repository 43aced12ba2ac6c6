"""Numbers as people say them: 5, 1.5, twenty-five, a dozen, 五, 二十个, 半."""

# ruff: noqa: E501, SIM905  patterns read best on one line
import re

ENGLISH_UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
}
ENGLISH_TENS = {
    word: (at + 2) * 10
    for at, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())
}
_SMALL = "|".join(sorted(ENGLISH_UNITS, key=len, reverse=True))
_TENS = "|".join(ENGLISH_TENS)

ENGLISH = rf"(?:(?:{_TENS})(?:[ -](?:{_SMALL}))?|(?:{_SMALL}))(?: hundred(?: and)?(?: (?:{_TENS}|{_SMALL}))?)?"
"""A number in English words, below a thousand."""

CHINESE = r"[零〇一二两俩三四五六七八九十百千万]{1,20}"
"""A number in Chinese words, below a hundred million: longer runs of them are none."""

DIGITS = r"\d{1,12}(?:,\d{3})*(?:\.\d{1,6})?"
NUMBER = rf"(?:{DIGITS}|{ENGLISH}(?![a-z])|{CHINESE})"
"""A number in digits, English or Chinese words."""

_CHINESE_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_CHINESE_TENS = {"十": 10, "百": 100, "千": 1_000}
_ENGLISH = re.compile(rf"{ENGLISH}")
_DIGITS = re.compile(DIGITS)
_CHINESE = re.compile(CHINESE)


def number_of(said: str) -> float | None:
    """The value of a whole text that is a number; None when it is none."""
    said = said.strip()
    if _DIGITS.fullmatch(said):
        return float(said.replace(",", ""))
    if _CHINESE.fullmatch(said):
        return chinese_number(said)
    if said in {"a", "an"}:
        return 1.0
    return english_number(said) if _ENGLISH.fullmatch(said) else None


def english_number(said: str) -> float | None:
    """The value of English words such as `forty-five` or `two hundred and ten`."""
    total, current = 0, 0
    for word in re.split(r"[ -]+", said):
        if word in ENGLISH_UNITS:
            current += ENGLISH_UNITS[word]
        elif word in ENGLISH_TENS:
            current += ENGLISH_TENS[word]
        elif word == "hundred":
            total, current = total + max(current, 1) * 100, 0
        elif word != "and":
            return None
    return float(total + current)


_ESTIMATED = re.compile(
    r"[一二两俩三四五六七八九]{2}|(?=.*[十百千万]).*[一二两俩三四五六七八九]{2}.*"
)


def chinese_number(said: str) -> float | None:
    """The value of 二十, 一百零五, 三万 or digits said one by one, as 二零二六.

    None for an estimate: 两三, 三四十, 十五六.
    """
    if _ESTIMATED.fullmatch(said):
        return None
    if len(said) > 1 and all(c in _CHINESE_DIGITS for c in said):
        return float("".join(str(_CHINESE_DIGITS[c]) for c in said)) if len(said) < 10 else None
    total, section, digit = 0, 0, 0
    for character in said:
        if character in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[character]
        elif character == "万":
            total, section, digit = total + (section + digit) * 10_000, 0, 0
        else:
            section, digit = section + (digit or 1) * _CHINESE_TENS[character], 0
    return float(total + section + digit)
