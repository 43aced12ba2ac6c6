"""What keeps a sentence from being a request: denials, conditions, questions, tales of others."""

# ruff: noqa: E501, SIM905  patterns read best on one line
import re
from enum import StrEnum

from bot.language.choosing import DENIALS
from bot.language.claims import Claims
from bot.language.lexicons import tokens_in
from bot.language.sentences import HAN, Sentence, Shape, sentence_of


class Guard(StrEnum):
    """Why nothing may run by this sentence alone; `denied` is not even offered."""

    DENIED = "denied"
    CONDITION = "condition"
    QUESTION = "question"
    TOLD = "told"


_HAN_DENIALS = re.compile(
    r"(?<![分级类特性区识])别(?!的|人|名|称)|不要(?!紧)|勿|不用|不必|无需|不能|不许|不准|不得|禁止|停止|暂停|不应|不该|不想|不打算|没(?!问题)|未|先不|暂不|不(?!停机)|免"
)
_HAN_POLITE = re.compile(
    r"能不能|可不可以|方不方便|[行好]不[行好]|[行好](?:吗|么|嘛)|可以(?:吗|么|嘛)\W*$"
    rf"|^\W*(?:请问|你好|您好|嗨|\W)*[你您]?(?:可以|可否|能否|能)(?=[{HAN}\W]{{0,40}}[帮下])"
)
"""Questions that are requests: 能不能帮我…, …可以吗."""
_HAN_POLITE_END = re.compile(r"(?:吗|么|嘛)(?=\W*$)")
_CONDITIONS = frozenset(
    "if unless when whenever once while until till before after provided assuming whether "
    "in-case depending otherwise else maybe perhaps possibly".split()
)
_HAN_CONDITIONS = re.compile(
    r"如果|要是|假如|若|万一|除非|只要|等(?!等|待)|之前(?!的)|之后|以后|的话|一旦|或者|还是|可能|也许|是否|要么"
)
_ASKS = frozenset(
    "what why who whom whose how where which when whats hows did does has have had is are was were "
    "should shall am may might must isnt arent didnt doesnt hasnt wasnt shouldnt".split()
)
_HAN_ASKS = re.compile(
    r"吗|么(?!$)|为什么|为何|怎么|怎样|如何|谁|哪|什么|多少|几(?!个?小?时后)|是不是|有没有|该不该|要不要|应该|应不应|需不需要|能否不|呢"
)
_TELLS = frozenset(
    "said says say told tells tell asked asks ask asking wants wanted suggested suggests "
    "recommended think thinks thought heard wrote mentioned reported reports knows know believe "
    "guess hope hopes wonder wondering noticed saw seen discussed talked talking was were been had "
    "did failed fails failing failure broke broken finished completed done happened yesterday's "
    "already recently earlier accidentally remind remember".split()
)
_HAN_TELLS = re.compile(
    r"说(?!明)|告诉|听说|觉得|认为|建议|提到|问|据|让(?!它)|要求|希望|刚刚|刚才|已经|已|过了|完了|失败|成功|坏了|挂了|提醒|记得|昨天|上次|曾|正在"
)
_PAST = re.compile(r"[a-z]{3,}(?:ed|ing)")


def guards_of(claims: Claims) -> set[Guard]:
    """What of the sentence is left that forbids, conditions, asks or tells."""
    found: set[Guard] = set()
    for at, atom in enumerate(claims.atoms):
        if atom.shape is Shape.WORD and claims.owner[at] in {"", "filler"}:
            if atom.text in DENIALS:
                found.add(_denial_at(claims, at))
            elif atom.text in _CONDITIONS:
                found.add(Guard.CONDITION)
            elif atom.text in _ASKS and (claims.owner[at] == "" or at == 0):
                found.add(Guard.QUESTION)
            elif atom.text in _TELLS or (atom.text in _WISHES and not _is_own_wish(claims, at)):
                found.add(Guard.TOLD)
    text = _without_politeness(_unclaimed_han(claims))
    for pattern, guard in _HAN:
        if pattern.search(text):
            found.add(guard)
    if _asks(claims.sentence):
        found.add(Guard.QUESTION)
    return (
        found
        | {guard for pattern, guard in _TALES if pattern.search(claims.sentence.folded)}
        | ({Guard.TOLD} if _is_told_of(claims) else set())
    )


_TAKEN_BACK = frozenset({"wait", "sorry", "make", "actually", "rather", "oops"})
_STOPS = frozenset("stop cancel abort disable pause halt skip hold exclude".split())


def _denial_at(claims: Claims, at: int) -> Guard:
    """A denial, but where it takes a word back (`5, no wait, 8`) or is what the job does."""
    atoms = claims.atoms
    before = atoms[at - 1].shape if at else Shape.MARK
    after = atoms[at + 1] if at + 1 < len(atoms) else None
    said = (atoms[at].text, after.text if after is not None else "")
    if said[0] == "no" and said[1] in _TAKEN_BACK and at and before is Shape.MARK:
        return Guard.TOLD
    if atoms[at].text in _STOPS and atoms[at].text in tokens_in(claims.job.name):
        return Guard.TOLD
    return Guard.DENIED


def _has_predicate(claims: Claims, first: int) -> bool:
    """`Backup orders is running`: said of the job in one breath; `env is prod` is a value."""
    for at in range(first + 1, len(claims.atoms)):
        if claims.atoms[at].shape is Shape.MARK:
            return False
        if claims.atoms[at].text in {"is", "are", "是"} and claims.owner[at] in {"", "filler"}:
            return True
    return False


_STATES = frozenset({"ok", "okay", "running", "started"})


def _is_report(claims: Claims) -> bool:
    """`Backup orders ok`, `deploy api running`: how it is, right behind what it is said of."""
    atoms = claims.atoms
    return (
        len(atoms) > 1
        and atoms[-1].text in _STATES
        and claims.owner[-1] in {"", "filler"}
        and atoms[-2].shape is not Shape.MARK
    )


_IMPERATIVE = re.compile(r"把|将|帮|请|给我|麻烦|你")


def _is_over(claims: Claims, last: int) -> bool:
    """重启了支付, 支付上线生产了: done already, where nobody is asked for it."""
    said = [
        a.text for i, a in enumerate(claims.atoms) if claims.owner[i] not in {"mark", "courtesy"}
    ]
    after = claims.atoms[last + 1].text if last + 1 < len(claims.atoms) else ""
    return "了" in {after, said[-1] if said else ""} and not _IMPERATIVE.search("".join(said))


_TALES = (
    (re.compile(r"^\s*>|\b(?:command|syntax|example|line) (?:is|was|would be)\b|\be\.?g\b|\bfor example\b|例如|比如"), Guard.TOLD),
    (re.compile(r"\bdo (?:i|we|they|you) (?:really |still |even |actually )?(?:need|have|want)\b"), Guard.QUESTION),
    (re.compile(r"\b(?:would|will|could|can|does|did) (?:it|that|this|they|he|she)\b"), Guard.QUESTION),
    (re.compile(r"先(?!别|不|看|走|在|用|给|试|把.{0,12}[，,])[^，,]{2,30}[，,]?(?:再|然后|接着)"), Guard.TOLD),
    (re.compile(r"(?<![给帮替为请让])(?:[他她]们?组?|人家|对方|别人|有人|那边|(?:小|项目|测试|开发|运维)组|团队|同学|同事|部门)(?:把|将|要|想|会|去|在|刚|又|也|都|自己)"), Guard.TOLD),
    (re.compile(r"我们?(?:自己)?(?:来|去|会|准备|打算|能)(?!帮)"), Guard.TOLD),
)  # fmt: skip
_SUBJECTS = frozenset("i we they he she you ill well theyll hell shell youll id wed".split())
_INVERTED = frozenset("can could will would shall may should do does did so".split())
_MODALS = frozenset("will can could would may might do always usually often just also then".split())


def _is_told_of(claims: Claims) -> bool:
    """`I will restart it`, `they can restart it`, 支付在重启, 重启中: the deed has somebody else."""
    place = claims.places.get("job")
    if place is None:
        return False
    atoms, at = claims.atoms, place[0] - 1
    if at >= 0 and atoms[at].text == "在" and (not at or atoms[at - 1].text != "现"):
        return True
    if place[1] + 1 < len(atoms) and atoms[place[1] + 1].text == "中":
        return True
    if _has_predicate(claims, place[0]) or _is_over(claims, place[1]) or _is_report(claims):
        return True
    while at >= 0 and atoms[at].text in _MODALS:
        at -= 1
    if at < 0 or atoms[at].text not in _SUBJECTS or claims.owner[at] == "courtesy":
        return False
    return not at or atoms[at - 1].text not in _INVERTED


_EITHER = re.compile(
    rf"(?!能|可|好|行|方)([{HAN}]{{1,2}})(?P<either>[不没])\1|(?<=[{HAN}])(?P<end>不|没有?)(?=\W*$)"
)
"""健康不健康, 正不正常, 好了没: it asks, and denies nothing."""
_FAILS = re.compile(
    r"(?:登录?|登陆|连接?|打|访问|用|进|启动|跑|起|动|加载|刷新?)不(?:上去?|了|进去?|去|开|通|动|起来|出来|来)"
)
"""登录不上: what is wrong, and no denial."""


def _without_politeness(text: str) -> str:
    shorter = _HAN_POLITE.sub(" ", text)
    shorter = shorter if shorter == text else _HAN_POLITE_END.sub(" ", shorter)
    return _FAILS.sub("坏了", shorter)


_HAN = (
    (_HAN_DENIALS, Guard.DENIED),
    (_HAN_CONDITIONS, Guard.CONDITION),
    (_HAN_ASKS, Guard.QUESTION),
    (_HAN_TELLS, Guard.TOLD),
)


_WISHES = frozenset({"need", "needs", "want", "wants"})


def _is_own_wish(claims: Claims, at: int) -> bool:
    """`we need to …` asks; `payments needs a restart` tells."""
    texts = [atom.text for atom in claims.atoms[at + 1 : at + 3]]
    before = claims.atoms[at - 1].text if at else ""
    is_ours = before in {"i", "we", "id", "you", ""} and claims.atoms[at].text in {"need", "want"}
    return is_ours and ("to" in texts or bool(_WISHED & {*texts[:1]}))


_WISHED = frozenset({"you", "a", "an", "the", "another", "my", "some"})


def _unclaimed_han(claims: Claims) -> str:
    """Chinese characters that no value was made of; what was taken leaves a gap."""
    either = {
        found.start(found.lastgroup or 0) for found in _EITHER.finditer(claims.sentence.folded)
    }
    return "".join(
        "吗"
        if atom.at in either
        else atom.text
        if atom.shape is Shape.HAN and claims.owner[i] in {"", "filler"}
        else " "
        for i, atom in enumerate(claims.atoms)
    )


_REQUEST = re.compile(
    r"\b(?:can|could|would|will) (?:you|u|ya|someone|somebody|anyone|the bot)\b|^\W*(?:can|could) (?:we|i) (?:please |pls |plz )?(?:get|have)\b|\b(?:please|pls|plz)\b|mind\b|\bany chance (?:that )?(?:you|someone|somebody|we)\b"
    rf"|[能可][不否]?[能可]?以?[{HAN}]{{0,6}}帮|能不能|能否|可不可以|可否|可以帮|麻烦|请|帮(?:我|忙)|行吗|好吗|可以吗"
)


def _asks(sentence: Sentence) -> bool:
    """A question mark after anything but a polite request."""
    if not sentence.folded.rstrip(" .!~。！").endswith(("?", "？")):
        return False
    return _REQUEST.search(sentence.folded) is None


def forbids(sentence: Sentence) -> bool:
    """A denial anywhere, for sentences of which no job is known."""
    words = {atom.text for atom in sentence.atoms}
    said = _HAN_POLITE.sub(" ", sentence.folded)
    return bool(words & DENIALS) or _HAN_DENIALS.search(said) is not None


def says_no(text: str) -> bool:
    """As `forbids`, of a text as it was written."""
    return forbids(sentence_of(text))
