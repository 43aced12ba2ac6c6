"""Of a job for which somebody holds no permission nobody tells them, unless they named it."""

import re
from collections.abc import Collection
from dataclasses import replace

from bot.domain.intents import (
    Clarify,
    Intent,
    RunJob,
    ScheduleJob,
    ShowHelp,
    ShowHistory,
    Unknown,
)
from bot.domain.jobs import Job

_GAPS = re.compile(r"[\s_-]+")


def jobs_told_in(intent: Intent) -> frozenset[str]:
    """Names of jobs that the answer to an intent would tell whoever it was read from."""
    match intent:
        case RunJob(job=str() as name, exact=False) | ScheduleJob(run=RunJob(job=str() as name)):
            return frozenset({name})
        case Clarify(candidates=candidates):
            return frozenset(run.job for run in candidates if run.job is not None)
        case ShowHelp(topic=str() as name) | ShowHistory(job=str() as name):
            return frozenset({name})
        case Unknown(near=near):
            return frozenset(word for words in near for word in words.split())
        case _:
            return frozenset()


def without_jobs(intent: Intent, untold: Collection[str], text: str) -> Intent:
    """The intent as if these jobs were not there: fewer candidates, or not understood.

    `text` is what was said, for an intent that was about nothing else.
    """
    if not untold:
        return intent
    match intent:
        case Clarify(candidates=candidates):
            left = tuple(run for run in candidates if run.job not in untold)
            # The question was about the first of them, and may name it.
            asked = replace(intent, question="", candidates=left, missing=(), invalid=())
            return asked if left else Unknown(text=text)
        case Unknown(near=near):
            left_near = (words for words in near if not any(w in untold for w in words.split()))
            return replace(intent, near=tuple(left_near))
        case _:
            return Unknown(text=text)


def is_named(job: Job, text: str) -> bool:
    """Whether a text holds the job's name, alias or title as whole words, in any case."""
    said = _plain(text)
    return any(_stands_in(_plain(name), said) for name in (job.name, *job.aliases, job.title))


def _plain(text: str) -> str:
    return _GAPS.sub(" ", text.casefold()).strip()


def _stands_in(name: str, said: str) -> bool:
    if not name:
        return False
    # Chinese is written without gaps between words.
    pattern = rf"(?<!\w){re.escape(name)}(?!\w)" if name.isascii() else re.escape(name)
    return re.search(pattern, said, re.ASCII) is not None
