"""A run once more with other values: `rerun #1001 on prod`, 重跑 1001 到生产, `again on staging`."""

# ruff: noqa: E501  patterns read best on one line
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.intents import RerunJob
from bot.language.control_words import HAN_LEAD, LOUD
from bot.language.sentences import Sentence, sentence_of
from bot.language.vocabulary import limits

LONGEST = 200

_NUMBER = r"(?:(?:the )?(?:run|execution|job|number|执行|任务|运行|编号)[ #]*)?(?:#(?P<n>[1-9]\d{0,11})|(?P<m>[1-9]\d{2,5}))(?![\w.%:/-])\s?号?"
_VERB = r"(?:rerun|re-run|retry|redo|repeat|relaunch|replay|re-execute|retrigger|re-trigger)"
_HAN_VERB = r"(?:(?:重跑|重试|重新执行|重新运行|重新跑|重做|重来)(?:一?[次遍下])?|再(?:跑|执行|运行|来|试)(?:一?[次遍下])?)"
_NUMBERED = tuple(
    re.compile(f"\\s*(?:{pattern})(?P<rest>[\\s,，:：]+\\S.*|(?=[^\\x00-\\x7f])\\S.*)")
    for pattern in (
        rf"{LOUD}{_VERB} {_NUMBER}(?: again| once more)?",
        rf"{LOUD}(?:run|do|try|start|execute) {_NUMBER} (?:again|once more|one more time)",
        rf"{HAN_LEAD}{_HAN_VERB} ?{_NUMBER}",
        rf"{HAN_LEAD}{_NUMBER} ?{_HAN_VERB}",
    )
)
_TIES = (
    r"(?:on|in|to|at|with|for|using|but|as|into|instead)(?= )|到|在|用|换成?|改成?|给|对|为|，|,"
)
_HERE = tuple(
    re.compile(f"\\s*(?:{pattern})[\\s,，:：]*(?P<rest>(?:{_TIES}|[\\w-]+[=＝]).+)")
    for pattern in (
        rf"{LOUD}{_VERB}(?: (?:it|this|that|the same|the run|this run))?(?: again| once more)?(?= )",
        rf"{LOUD}(?:again|once more|one more time|run (?:it|this|that) again|run again|do (?:it|that) again)(?=[ ,])",
        rf"{HAN_LEAD}{_HAN_VERB}",
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Again:
    """The run meant, None for the one spoken of, and where in the sentence its changes begin."""

    execution: int | None
    at: int


def again_in(sentence: Sentence) -> Again | None:
    """Which run of a sentence shall run again with what follows; None when none is to.

    Whether these words are values only the job of that run tells.
    """
    said = sentence.folded
    if len(said) > LONGEST or limits(_limiting(sentence)):
        return None
    for pattern in (*_NUMBERED, *_HERE):
        if (found := pattern.fullmatch(said)) is not None:
            groups = found.groupdict()
            number = groups.get("n") or groups.get("m")
            return Again(execution=int(number) if number else None, at=found.start("rest"))
    return None


def rerun_in(sentence: Sentence) -> RerunJob | None:
    """As `again_in`, for where that run is not known yet."""
    again = again_in(sentence)
    if again is None:
        return None
    changes = " ".join(sentence.shown[again.at :].split()).strip(" ,，:：.。!！")
    return RerunJob(execution=again.execution, changes=changes) if changes else None


def _limiting(sentence: Sentence) -> Iterator[str]:
    once_more = _ONCE_MORE.sub("again", sentence.folded)
    return (atom.text for atom in sentence_of(once_more).atoms if atom.text not in _NO_LIMITS)


_ONCE_MORE = re.compile(r"\bonce more\b")
_NO_LIMITS = frozenset({"but", "instead", "only", "但"})
"""What only sets the values that follow apart from those before."""
