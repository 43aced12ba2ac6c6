"""Sentences that only share a verb with a job: `push the button`, `restart my router`."""

# ruff: noqa: E501, SIM905  lists of words read best as they are
import re
from collections.abc import Collection, Sequence

from bot.language.claims import Claims
from bot.language.sentences import Shape
from bot.language.stopwords import FILLERS

_MACHINERY = frozenset(
    "service services app apps application server servers host machine box node cluster pod db "
    "database queue cache script cert site website container deployment environment env".split()
)
_ARTICLES = frozenset("a an the my your his her our their some this that in on for and".split())
_TIES = _ARTICLES | {"to", "of"}
_OWN_THINGS = re.compile(r"\bmy\b|我的")
_MOST_HAN = 2


def is_own_thing(claims: Claims, left: Sequence[int]) -> bool:
    """`Restart my router` is of nobody's catalogue."""
    told = claims.given or claims.guessed
    return bool(left) and not told and _OWN_THINGS.search(claims.sentence.folded) is not None


_OTHER_DEEDS = re.compile(
    "删除|删掉|新建|创建|注册|注销|冻结|禁用|封禁|锁定|购买|采购|下载|上传|卸载|打印|翻译|预订|预定|报销|请假|发送|转发|拨打|播放|邀请|收回|撤销|吊销"
)


def is_other_deed(claims: Claims) -> bool:
    """删除张敏的账号 has an account in it, and unlocks none: a deed that is no word of the job's."""
    return any(
        found.group() not in claims.words.own
        and all(
            not claims.owner[i] or claims.owner[i] == "filler"
            for i, atom in enumerate(claims.atoms)
            if found.start() <= atom.at < found.end()
        )
        for found in _OTHER_DEEDS.finditer(claims.sentence.folded)
    )


def is_foreign(claims: Claims, left: Sequence[int], named: Collection[int]) -> bool:
    """Only one word is the job's: no value, nothing it is about, and something else is said."""
    said = [claims.atoms[at].text for at in named]
    if sum(word not in FILLERS for word in said) > (1 if "".join(said).isascii() else 2):
        return False
    told = claims.given or claims.refused or claims.cut
    if not left or told or claims.target or claims.unsure:
        return False
    if any(p.choices and p.name in claims.guessed for p in claims.job.parameters):
        return False
    about = (claims.job.description, *(p.name for p in claims.job.parameters))
    own = _MACHINERY | set(re.findall(r"[a-z]{2,}", " ".join(about).lower()))
    return not any(
        atom.text in own or atom.text.rstrip("s") in own or any(c.isdigit() for c in atom.text)
        for at, atom in enumerate(claims.atoms)
        if at not in named and atom.text not in _TIES
    )


def has_other_object(claims: Claims, left: Sequence[int]) -> bool:
    """`Push the button`, 新产品发布会; `restart nginx` may be a service nobody listed."""
    words = [at for at in left if claims.atoms[at].shape is Shape.WORD]
    han = [at for at in left if claims.atoms[at].shape is Shape.HAN]
    is_articled = any(at and claims.atoms[at - 1].text in _ARTICLES for at in words)
    return is_articled or len(words) > 1 or len(han) > _MOST_HAN
