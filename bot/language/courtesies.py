"""Greetings, requests and thanks around a command: "hey, could you … please?", 请帮我…，谢谢."""

import re
from dataclasses import dataclass

_MOST = 8
"""Courtesies that are taken off at each end."""

_GREETING = (
    r"(?:hey|hi|hello|ok|okay|yo|please|pls|plz|kindly|go ahead and|let[’']?s|now|just)(?!\w)"
)
_WISH = r"(?:i want to|i[’']?d like to|i would like to|i need to|i need you to)(?!\w)"
_REQUEST = r"(?:can|could|would|will) you(?!\w)"
_HELP = (
    r"(?:i need (?:your )?help to|(?:please )?help (?:me|us)(?: (?:out )?(?:to|and))?)"
    r"(?= +(?!(?:to|and|with|on|about|out|understand|use|using|for|please|of|me|us)(?!\w))\w)"
)
"""`Help me deploy …` asks for the deed; `help me with deploy` asks how."""
_CHINESE = (
    r"(?:你好|您好|嗨|请|麻烦|劳驾)(?:你|您)?(?:帮我|帮忙|给我)?|(?:帮我|帮忙|给我)|我要|我想要?"
)
_CHINESE_REQUEST = r"(?:能不能|能否|可不可以|可以|能|你能|你可以)(?:请)?(?:帮我|帮忙)"
_LEAD = re.compile(
    rf"(?:(?P<asks>{_REQUEST}|{_CHINESE_REQUEST})|{_GREETING}|{_WISH}|{_HELP}|{_CHINESE})[\s,，:：!！]*",
    re.IGNORECASE,
)
_MARKS = " \t\n,，.。!！~;；"
_THANKS = (
    "please",
    "pls",
    "plz",
    "thanks",
    "thank you",
    "thx",
    "for me",
    "right now",
    "now",
    "asap",
)
_CHINESE_THANKS = ("谢谢", "多谢", "吧", "一下", "好吗", "可以吗", "行吗")


_ONLY_THANKS = re.compile(
    r"(?:(?:ok|okay|k|thanks|thank you|thx|ty|cheers|谢谢|多谢|好的?|now|just)[\s,，.。!！~]*)+"
    r"|[?？!！]{2,}",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What is left of a text; `wrapped` when it was shorter than what was said."""

    text: str
    wrapped: bool


def without_courtesies(text: str) -> Request:
    """The command inside a polite sentence; the question mark of a request goes with it."""
    rest, is_request = _without_lead(text)
    if is_request:
        rest = rest.rstrip(_MARKS + "?？`")
    rest = _without_thanks(rest, is_request)
    return Request(text=rest, wrapped=rest != text)


def says_only_thanks(text: str) -> bool:
    """`ok`, `thanks!`, `???`: an answer that asks for nothing, not even for help."""
    return len(text) <= 80 and _ONLY_THANKS.fullmatch(text) is not None


def _without_lead(text: str) -> tuple[str, bool]:
    is_request = False
    for _ in range(_MOST):
        found = _LEAD.match(text)
        if found is None:
            break
        is_request = is_request or found["asks"] is not None
        text = text[found.end() :].lstrip()
    return text, is_request


def _without_thanks(text: str, is_request: bool) -> str:
    for _ in range(_MOST):
        bare = text.rstrip(_MARKS + ("?？" if is_request else ""))
        shorter = _without_last(bare)
        if shorter is None:
            break
        text = shorter.rstrip(_MARKS)
    return text


def _without_last(text: str) -> str | None:
    end = text[-16:].lower()
    for said in _CHINESE_THANKS:
        if end.endswith(said):
            return text[: -len(said)]
    for said in _THANKS:
        if end.endswith(said) and not text[: -len(said)][-1:].strip(_MARKS):
            return text[: -len(said)]
    return None
