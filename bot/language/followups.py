"""Short sentences in a thread: `same for staging`, 换成预发, an answer to an open question."""

# ruff: noqa: E501  patterns read best on one line
import re

from bot.domain.intents import RerunJob, RunJob
from bot.domain.surroundings import Surroundings, Thread
from bot.domain.wording import _
from bot.language.deciding import spans_of
from bot.language.filling import filled, left_over
from bot.language.guards import Guard, guards_of
from bot.language.lexicons import Lexicon
from bot.language.ranking import Ranked, Strength, named_whole
from bot.language.reruns import again_in
from bot.language.sentences import Sentence, without
from bot.language.times import Time
from bot.language.understandings import Rung, Understanding

LONGEST_FOLLOWUP = 120

_CUE = re.compile(
    r"\b(?:same|again|also|too|likewise|ditto|instead|now|this time|but|and)\b"
    r"|同样|一样|再来|再跑|再|也|换成|换到|改成|改到|这次|另外"
)
_AGAIN = re.compile(
    r"(?:please |pls |and |ok |now |can you |could you )*(?:do |run |try )?(?:it |that |this )?(?:the )?"
    r"(?:same|again|same again|same thing(?: again)?|once more|one more time|another one)(?: again)?(?: please| pls)?"
    r"|(?:请|麻烦|帮我)*(?:再来|再跑|再执行|再运行|再试)(?:一?[次遍下])?(?:吧|谢谢)?|同样再来一次|照旧|一样的?"
)


_TAKES_BACK = re.compile(
    r"\s*(?:(?:no|nope|sorry|oops|actually|wait)[\s,.;:!—-]*[,.;:!—-]\s*)+(?:(?:i mean|i meant|make (?:it|that)|actually|rather)\s+)?"
    r"|\s*(?:不对|不是|错了|[说写打]错了|搞错了|抱歉|不|哦不)[了啦]?[，,。！ ]+(?:应该)?(?:是|改成|换成|改为)?\s*"
)
"""What begins an answer that corrects the one before: `no, staging`."""


def followed_up(
    lexicon: Lexicon, sentence: Sentence, times: tuple[Time, ...], around: Surroundings
) -> Understanding | None:
    """The thread's run with what was said now; None when the text is no follow-up.

    An open question is answered by values alone; after a run a word must say that it goes on.
    """
    thread = around.thread
    said = sentence.folded.strip().rstrip(" .!?~。！？")
    if thread is None or not said or len(said) > LONGEST_FOLLOWUP:
        return None
    anew = again_in(sentence)
    if anew is not None and anew.execution not in {None, thread.execution}:
        return None
    if _AGAIN.fullmatch(said) and not thread.open:
        return Understanding(intent=RerunJob(), rung=Rung.PLAIN, confidence=0.9)
    job = next((job for job in lexicon.jobs if job.name == thread.job), None)
    if job is None or not (thread.open or anew or _CUE.search(said)):
        return None
    if named_whole(lexicon, sentence.atoms):
        # Who names a job begins anew, and inherits nothing.
        return None
    if anew is not None:
        sentence = without(sentence, [(0, anew.at)])
    if thread.open and (back := _TAKES_BACK.match(sentence.folded)) is not None:
        sentence = without(sentence, [back.span()])
    ranked = Ranked(job=job, strength=Strength.WHOLE, score=0.0)
    claims = filled(ranked, lexicon, sentence, times, around)
    left = [at for at in left_over(claims) if not _CUE.search(claims.atoms[at].text)]
    said_something = bool(claims.given) or claims.at is not None or bool(claims.target)
    guards = guards_of(claims) & {Guard.DENIED, Guard.CONDITION, Guard.TOLD}
    if not said_something or left or guards or claims.unsure or claims.mistaken:
        return None
    spans = spans_of(claims)
    inferred = _inherited(thread) | {n: s.words for n, s in spans.items() if n in claims.given}
    run = RunJob(
        job=job.name,
        given={**thread.given, **claims.given},
        reason=claims.reason,
        exact=False,
        inferred=inferred,
        at=claims.at or thread.at,
        until=None if claims.at else thread.until,
        target=claims.target,
    )
    return Understanding(
        intent=run, rung=Rung.PLAIN, confidence=0.8, candidates=(job.name,), spans=spans
    )


def _inherited(thread: Thread) -> dict[str, str]:
    number = thread.execution
    where = _("before") if number is None else _("as in #{id}").format(id=number)
    return dict.fromkeys(thread.given, where)
