"""Executions, schedules and what ran, asked for in English; decisions are never guessed."""

import pytest

from bot.domain.intents import (
    ApproveRun,
    CancelRun,
    Intent,
    ListApprovals,
    ListJobs,
    ListRunning,
    ListSchedules,
    RejectRun,
    RerunJob,
    ShowHistory,
    ShowLogs,
    ShowStatus,
)
from bot.language import understand
from tests.language.kitchens import AROUND, JOBS

STATUS = ShowStatus(execution=3090)
LOGS = ShowLogs(execution=3090)
ASKED: dict[Intent, list[str]] = {
    STATUS: [
        *("where are we with exec-3090?", "how far is 3090", "any update on run 3090?"),
        *("did 3090 go through?", "is run 3090 through yet", "what is 3090 doing right now"),
        *("give me an update on 3090", "let me know how 3090 is doing", "how long will 3090 take"),
    ],
    ShowStatus(): ["did my last run finish ok?", "where are we with the last run"],
    LOGS: [
        *("can I see the logs for exec-3090", "let me see the log of 3090", "follow 3090"),
        *("why did 3090 fail?", "what went wrong with 3090", "show me the tail of 3090"),
        "what does the log of 3090 say",
    ],
    ShowLogs(execution=3090, lines=50): ["last 50 lines of 3090", "the last 50 log lines of 3090"],
    CancelRun(execution=3090): ["call off 3090", "please interrupt run 3090"],
    RerunJob(execution=3090): ["try 3090 once more", "do 3090 over", "give 3090 another go"],
    ApproveRun(execution=3090): ["go ahead with 3090", "3090 is fine by me", "thumbs up for 3090"],
    RejectRun(execution=3090): ["no to 3090", "thumbs down on 3090", "turn down run 3090"],
    ListSchedules(): [
        *("what's planned for tonight", "which jobs are scheduled?", "upcoming runs"),
        *("what scheduled runs are there?", "which recurring tasks have we got"),
    ],
    ListApprovals(): [
        *("what needs my approval?", "anything waiting for me to approve", "my approval queue"),
        *("which runs need approval", "what do I have to approve"),
    ],
    ListRunning(): ["which jobs are running", "are there any jobs running right now?"],
    ShowHistory(): [
        "what did I run today",
        "what have we run this week?",
        "which jobs ran last night",
    ],
    ShowHistory(job="clean-oven"): ["recent cleans", "the latest scrubs"],
    ShowHistory(job="publish-recipe", limit=3): ["last 3 publishings", "the last three publishes"],
    ListJobs(): ["which jobs do you support", "what can I ask you"],
}


@pytest.mark.parametrize(
    ("text", "intent"), [(text, intent) for intent, texts in ASKED.items() for text in texts]
)
def test_it_is_asked_for_in_many_words(text: str, intent: Intent) -> None:
    assert understand(text, JOBS, AROUND).intent == intent


@pytest.mark.parametrize(
    "text",
    [
        *("should I go ahead with 3090?", "who gave 3090 a thumbs up", "let 3090", "3090 is fine"),
        *("don't call off 3090", "was 3090 called off?", "marta is fine with 3090", "no, 3090"),
        *("try 3090 once it is cold", "go ahead with 3090 if it is cold", "block 3090?"),
        *("go ahead", "thumbs up", "no to it", "go ahead with it", "go ahead with everything"),
    ],
)
def test_nothing_is_decided_by_what_only_sounds_like_it(text: str) -> None:
    intent = understand(text, JOBS, AROUND).intent

    assert not isinstance(intent, ApproveRun | RejectRun | CancelRun | RerunJob)
