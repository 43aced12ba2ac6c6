"""Chinese words that only frame a value or the deed: 让 网关 …, 走 灰度, 打 系统补丁, … 就行."""

import re
from itertools import islice

from bot.domain.parameters import Kind
from bot.language.claims import Claims
from bot.language.sentences import HAN, Shape

MOST = 8
"""Frames of a sentence that are looked at."""

_BEFORE_VALUES = frozenset("走拿按凭选")
_BEFORE_DEEDS = frozenset("打搞弄做跑来")
_VERSION = re.compile(r"v?\d+\.\d+[\w.-]*|latest|[0-9a-f]{7,40}")
_NEW = re.compile(r"(?:最新|新版本?|新的)(?:版本?)?的?")
_ENOUGH = re.compile(
    r"(?:就|便)(?:行|好|可以|够|成|得)(?:了|啦)?(?=[\W]*$)|即可|就是了|得了(?=\W*$)|直接"
)
_LEAD = re.compile(r"\W*(?:请|麻烦|帮忙|劳驾|辛苦|你|您|\W)*")


def claim_frames(claims: Claims) -> None:
    """Called when values are known, before what is left is looked at."""
    for at, atom in enumerate(claims.atoms[:-1]):
        if atom.shape is Shape.HAN and not claims.owner[at]:
            after = claims.owner[at + 1]
            is_value = claims.job.parameter(after) is not None
            if (is_value and atom.text in _BEFORE_VALUES) or (
                after == "job" and atom.text in _BEFORE_DEEDS
            ):
                claims.owner[at] = "filler"
            elif atom.text == "让" and is_value and _begins(claims, at) and _is_thing(claims, at):
                claims.owner[at] = "courtesy"
    _claim_around_days(claims)
    patterns = [_ENOUGH]
    if any(_VERSION.fullmatch(value) for value in claims.given.values()):
        patterns.append(_NEW)
    for pattern in patterns:
        for found in islice(pattern.finditer(claims.sentence.folded), MOST):
            covered = claims.sentence.within(*found.span())
            if covered and claims.is_free(covered[0], covered[-1]):
                claims.claim(covered[0], covered[-1], "filler")


_BEFORE_DAYS = re.compile(r"(?:自从?|截[至止]?到?|直|有效期?|期限) *$")
_AFTER_DAYS = re.compile(r" *(?:起|至今|以来|开始|那天|当天|这天)(?:的|(?=\W|$)|为止)")


def _claim_around_days(claims: Claims) -> None:
    """自 3 月 1 日起, 截至昨天: what only says on which side of a day."""
    for parameter in claims.job.parameters:
        place = claims.places.get(parameter.name)
        if parameter.kind is not Kind.DATE or place is None or parameter.name not in claims.given:
            continue
        begin, end = claims.atoms[place[0]].at, claims.atoms[place[1]].end
        text = claims.sentence.folded
        found = (_BEFORE_DAYS.search(text[:begin]), _AFTER_DAYS.match(text, end))
        for each in filter(None, found):
            covered = claims.sentence.within(*each.span())
            if covered and claims.is_free(covered[0], covered[-1]):
                claims.claim(covered[0], covered[-1], "courtesy")


def _begins(claims: Claims, at: int) -> bool:
    """Nobody stands before it who lets something happen."""
    return _LEAD.fullmatch(claims.sentence.folded[: claims.atoms[at].at]) is not None


def _is_thing(claims: Claims, at: int) -> bool:
    """让 网关 重启 asks; 让 李伟 重启 is for somebody else."""
    parameter = claims.job.parameter(claims.owner[at + 1])
    return parameter is not None and parameter.kind is not Kind.USER


_THEN = re.compile(
    rf"(?:(?:[打装做弄搞跑升更新级完成]{{1,2}}(?:完|好)[了成]?(?:补丁)?|完事|之|以|完成|结束)?(?:之|以)?后?|完了?|然后|接着|并且?|同时|顺便|顺手)"
    rf"[，, ]*(?:再|就|还?要|需要|记得|直接|自动|顺便|顺手|统一)*$"
    rf"|[{HAN}]?完[，, ]*(?:再|就|还?要|需要|记得|直接|自动)*$"
)


def claim_then(claims: Claims, first: int) -> None:
    """打完重启, 之后自动重启: when a switch takes effect is the job's own affair."""
    start = first
    while start and not claims.owner[start - 1] and claims.atoms[start - 1].text not in "。；;":
        start -= 1
    begin = claims.atoms[start].at
    found = _THEN.search(claims.sentence.folded, begin, claims.atoms[first].at)
    if found is None or not found.group().strip():
        return
    covered = [i for i in range(start, first) if claims.atoms[i].at >= found.start()]
    if covered:
        claims.claim(covered[0], first - 1, "courtesy")
