"""Questions about a job rather than requests to run it: help and history."""

# ruff: noqa: E501  patterns read best on one line
import re
from collections.abc import Iterator, Sequence

from bot.domain.intents import Intent, ShowHelp, ShowHistory
from bot.domain.jobs import Job
from bot.language.lexicons import Lexicon
from bot.language.numbers import NUMBER, number_of
from bot.language.ranking import Strength, ranked
from bot.language.sentences import Atom, Sentence, sentence_of
from bot.language.stopwords import FILLERS

LONGEST_TOPIC = 200

_C = rf"(?P<c>{NUMBER})"
_RUNS = r"(?:runs?|executions?|deployments?|deploys|jobs|times|attempts|results)"
_SHOW = r"(?:show(?: me)?|list|get(?: me)?|give me|view|see|check) (?:the |my |our )?"
_PARTS = r"(?:parameters?|params?|options?|arguments?|args?|inputs?|fields?|flags?|values?)"

_HELP = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:help|usage|docs?|manual|man|documentation)(?: (?:for|on|with|about|me with|me on|me about|of))? (?P<j>(?!(?:me|us) ).+)",
        r"(?:can you |could you )?help (?:me )?(?:with|on|about) (?P<j>.+)",
        r"(?:can you |could you )?help (?:me|us) (?:to )?(?:understand|use|using|figure out) (?:how to )?(?P<j>.+)",
        r"how (?:do|can|could|should|would|does) (?:i|we|you|one|someone) (?:use |run |start |do )?(?P<j>.+)",
        r"how to (?:use |run )?(?P<j>.+)",
        rf"(?:what|which)(?: are the| are)? {_PARTS} (?:does|do|can|are there for|for|of|has|should|must) (?:i (?:give|pass|set|need)(?: to| for)? )?(?P<j>.+?)(?: (?:take|takes|have|has|need|needs|accept|accepts|require|requires|want|support))?",
        rf"(?:{_SHOW})?(?:the )?{_PARTS} (?:of|for) (?P<j>.+)",
        r"what does (?P<j>.+) (?:do|need|take|mean|require|expect|accept)",
        r"(?:explain|describe|tell me about|what is|whats|what's) (?:the )?(?P<j>.+?)(?: (?:job|task|do|for))*",
        r"how (?:does|do) (?P<j>.+) work",
        rf"(?P<j>.+) (?:help|usage|{_PARTS}|docs)",
        r"(?:(?:请|麻烦|帮我|帮忙|给我)*(?:看看|看下|看一下|查下|查查|查一下) ?)?(?:如何|怎么|怎样|怎么样)(?:才能|去|来|可以|能)? ?(?P<j>.+)",
        r"(?P<j>.+?) ?(?:这个)?(?:任务|作业)?(?:应该|该)?(?:怎么用|如何使用|怎么使用|如何用|的?用法|的?使用方法|的?使用说明|怎么(?:跑|执行|运行|弄|搞)|如何(?:跑|执行|运行))",
        r"(?P<j>.+?) ?(?:这个)?(?:任务|作业)?的?(?:有|需要|要|支持|能传|可以传|接受|要填|要传)?(?:哪些|什么|啥)?的?(?:参数|选项)(?:有(?:哪些|什么))?",
        r"(?P<j>.+?) ?(?:这个)?(?:任务|作业)?(?:是什么|是干什么的|是做什么的|是干嘛的|是做啥的|有什么用|干什么用的|的?帮助|的?说明)",
        r"(?:帮助|说明|介绍一下|介绍|解释一下|解释|讲讲) ?(?P<j>.+)",
    )
)
_HISTORY = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:{_SHOW})?(?:run |execution )?history (?:of|for) (?:the )?(?:last )?(?:{_C} {_RUNS} (?:of|for) )?(?P<j>.+?)(?:,? (?:last |limit )?{_C.replace('<c>', '<c2>')}(?: {_RUNS})?)?",
        rf"(?:{_SHOW})?(?:the )?(?P<j>.+?) (?:run )?history(?:,? (?:last |limit )?{_C})?",
        rf"(?:{_SHOW})?(?:the )?(?:last|latest|recent|past|previous) (?:{_C} )?{_RUNS} (?:of|for) (?:the )?(?P<j>.+)",
        rf"(?:{_SHOW})?(?:the )?(?:last|latest|recent|past|previous) (?:{_C} )(?P<j>.+?)(?: {_RUNS})?",
        rf"(?:{_SHOW})?(?:the )?(?:latest|recent|past|previous) (?P<j>.+?) {_RUNS}",
        rf"(?:{_SHOW})?(?:the |our |my )?(?:last|latest|recent|past|previous) (?P<j>[\w -]+s)",
        rf"history (?P<j>[\w-]+)(?: (?:last |limit )?{_C})?",
        r"(?:when|who) (?:was|did|has|ran|is) (?:the |we |somebody |anyone )?(?:last )?(?:time )?(?:we )?(?:run |ran )?(?P<j>.+?)(?: (?:last|run|ran|last run))*",
        rf"(?:查看|看看|看下|看一下|查|查询|显示|列出)?(?:一下)? ?(?P<j>.+?) ?(?:任务|作业)?的?(?:最近|过去)?的? ?(?:{_C} ?[次条个])?的?(?:执行|运行)?(?:历史|历史记录|记录|执行记录)",
        rf"(?:查看|看看|看下|看一下|查|查询|显示|列出)?(?:一下)?最近(?:的)? ?(?:{_C} ?[次条个])?的? ?(?P<j>.+?)(?:任务|作业)?的?(?:执行|运行)?(?:历史|记录|历史记录|情况|结果)?",
    )
)


def topic_of(sentence: Sentence, lexicon: Lexicon) -> Intent | None:
    """Help or history of a job that is named plainly; None otherwise."""
    said = " ".join(sentence.folded.split()).rstrip(" .!?~。！？…")
    if not said or len(said) > LONGEST_TOPIC:
        return None
    for patterns in (_HELP, _HISTORY):
        for pattern in patterns:
            found = pattern.fullmatch(said)
            job = named_alone(found["j"], lexicon) if found is not None else None
            if found is not None and job is not None:
                return ShowHelp(topic=job.name) if patterns is _HELP else _history(found, job)
    return None


def _history(found: re.Match[str], job: Job) -> ShowHistory:
    groups = found.groupdict()
    number = number_of(groups.get("c") or groups.get("c2") or "")
    return ShowHistory(job=job.name, limit=int(number) if number and number <= 10_000 else None)


_NOUNS = (
    ("ment", ("",)),
    ("ation", ("ate", "e", "")),
    ("ion", ("e", "")),
    ("al", ("", "e")),
    ("ing", ("", "e")),
)


def _deeds(said: str) -> Iterator[str]:
    """The deed of a noun in the plural: `deployments`, `migrations`, `restorings`."""
    if not said.endswith("s"):
        return
    yield from (said[:-1], said.removesuffix("es"))
    for ending, others in _NOUNS:
        if said[:-1].endswith(ending) and len(said) > len(ending) + 4:
            yield from (said[: -1 - len(ending)] + other for other in others)


def named_alone(said: str, lexicon: Lexicon) -> Job | None:
    """The job that the words name, when hardly anything else is said."""
    sentence = sentence_of(said)
    found = ranked(lexicon, sentence.atoms)
    for other in _deeds(said):
        # The last ten deploys, or deployments, are runs of `deploy`.
        if not found or found[0].strength < Strength.PARTS:
            sentence = sentence_of(other)
            found = ranked(lexicon, sentence.atoms)
    if not found or found[0].strength < Strength.PARTS:
        return None
    if len(found) > 1 and found[1].score >= found[0].score:
        return None
    best = found[0]
    own = lexicon.words_of(best.job)
    left = [a for i, a in enumerate(sentence.atoms) if a.is_word and i not in best.places]
    return best.job if len(_unexplained(left, own.own)) <= 1 else None


def _unexplained(atoms: Sequence[Atom], own: frozenset[str]) -> list[str]:
    texts = [atom.text for atom in atoms]
    return [t for t in texts if t.isascii() and t not in FILLERS and t not in own]
