"""What holds for every text: nothing raises, commands are read back, negations run nothing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.intents import (
    CancelRun,
    Clarify,
    Intent,
    ListJobs,
    RerunJob,
    RunJob,
    ShowHelp,
    ShowHistory,
    ShowLogs,
    ShowStatus,
    Unknown,
)
from bot.domain.jobs import Command, Job
from bot.language import LONGEST, format_intent, parse
from bot.language.normalising import cleaned
from bot.language.tokens import tokens_of
from tests.language.catalogues import JOBS
from tests.language.seeds import printed_by_seed

PIECES = [
    *(
        "run",
        "deploy",
        "部署",
        "disk-report",
        "promote",
        "status",
        "logs",
        "cancel",
        "list",
        "again",
    ),
    *(
        "app=",
        "env: ",
        "env：",
        "--dry-run",
        "—app",
        "reason=",
        "because ",
        "原因：",
        "tags=hotfix, ",
    ),
    *(
        "api",
        "prod",
        "生产",
        "1042",
        "#7",
        "it",
        "to",
        "不",
        "don't",
        "if",
        "please",
        "can you",
        "谢谢",
    ),
    *(
        '"',
        "'",
        "“",
        "”",
        "「",
        "\\",
        "`",
        "```",
        "<@U1|a>",
        "<https://x.test|x>",
        "<",
        ">",
        "&lt;",
    ),
    *(" ", "  ", "\n", "\u3000", "\u200b", "？", "?", "，", ",", ".", "=", ":", "\x00", "\ud800"),
]
sentences = st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join) | st.lists(
    st.sampled_from(PIECES), max_size=14
).map("".join)
texts = st.text(max_size=80) | sentences

words = st.text(max_size=30).map(cleaned)
names = st.from_regex(r"[a-z][a-z0-9_-]{0,15}", fullmatch=True)
executions = st.none() | st.integers(1, 999_999)
intents: st.SearchStrategy[Intent] = st.one_of(
    executions.map(lambda n: ShowStatus(execution=n)),
    executions.map(lambda n: CancelRun(execution=n)),
    executions.map(lambda n: RerunJob(execution=n)),
    st.builds(ShowLogs, execution=executions, lines=st.integers(1, 999_999)),
    words.map(lambda text: ListJobs(search=text)),
    words.map(lambda text: ShowHelp(topic=text)),
    st.sampled_from([None, *JOBS]).map(lambda job: ShowHistory(job=job and job.name)),
)


@given(texts, st.booleans())
def test_any_text_is_read_and_written(text: str, in_thread: bool) -> None:
    intent = parse(text, JOBS, in_thread=in_thread)

    assert isinstance(format_intent(intent), str)


@given(sentences)
def test_a_question_offers_only_what_must_be_reviewed(text: str) -> None:
    intent = parse(text, JOBS)

    if isinstance(intent, Clarify):
        assert 1 <= len(intent.candidates) <= 3
        assert not any(candidate.exact for candidate in intent.candidates)


@given(sentences)
def test_what_was_read_is_written_as_a_command_that_reads_the_same(text: str) -> None:
    intent = parse(text, JOBS)

    if isinstance(intent, RunJob):
        intent = replace(intent, exact=True)
    if not isinstance(intent, Clarify | Unknown):
        assert parse(format_intent(intent), JOBS) == intent


@given(intents)
def test_a_written_intent_reads_the_same(intent: Intent) -> None:
    assert parse(format_intent(intent), JOBS) == intent


@given(
    st.dictionaries(st.sampled_from(["version", "note", "site"]), words),
    st.dictionaries(st.sampled_from(["app", "env", "dry_run", "owner", "tags"]), names),
    words,
)
def test_a_written_run_reads_the_same(
    texts_given: dict[str, str], names_given: dict[str, str], reason: str
) -> None:
    intent = RunJob(job="deploy", given=texts_given | names_given, reason=reason)

    assert parse(format_intent(intent), JOBS) == intent


@given(names | st.sampled_from(["again", "it", "the", "stop", "磁盘", "two words", "a=b", "请假"]))
def test_a_job_of_any_name_can_be_run(name: str) -> None:
    jobs = [*JOBS, Job(name=name, command=Command(groups=()))]
    intent = RunJob(job=name)

    assert parse(format_intent(intent), jobs) == intent


RUNS = st.sampled_from(
    [
        "deploy",
        "deploy api prod",
        "run deploy app=api",
        "backup",
        "部署 app=api",
        "运行 备份",
        "ship",
    ]
)


NEGATIONS = [
    *("don't ", "Do not ", "never ", "should I ", "if it is green, ", "why did you "),
    *("不要", "别", "请不要", "先别 ", "要不要", "如果成功就", "是否"),
]


@given(st.sampled_from(NEGATIONS), RUNS)
def test_a_negation_before_a_command_runs_nothing(negation: str, command: str) -> None:
    assert isinstance(parse(negation + command, JOBS), Unknown)


@given(RUNS, st.sampled_from([" not", " if it works", " unless broken", " 不", " 吗", " 失败了"]))
def test_a_negation_after_a_command_runs_nothing(command: str, negation: str) -> None:
    assert isinstance(parse(command + negation, JOBS), Unknown)


@given(sentences)
def test_a_last_word_is_never_dropped(text: str) -> None:
    intent = parse(f"run promote {text} zzz", JOBS)

    if isinstance(intent, RunJob):
        kept = [intent.reason, *intent.given.values()]
        assert any("zzz" in value for value in kept)


HOSTILE = [
    *('a="', "a=“ ", '"\\"', "<a", "<", "a,", ", ", "\\", "--a ", "k: ", "a = ", "part ", "不"),
    *("run ", "deploy ", "please ", "logs ", "1 ", "`", "’", "\u0301", "ﷺ", "app=api ", "，"),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_longest_hostile_text_is_cut_into_few_tokens_for_its_length(piece: str) -> None:
    text = cleaned(("run deploy " + piece * LONGEST)[:LONGEST])

    assert len(tokens_of(text)) <= LONGEST / 2
    assert parse(text, JOBS) == parse(text, JOBS)


def test_the_reading_does_not_depend_on_the_hash_seed() -> None:
    program = (
        "from bot.language import parse\n"
        "from tests.language.catalogues import JOBS\n"
        "for text in ('run d', 'deplyo api', 'deploy api in prdo', 'rnu backup', 'disk', 'run'):\n"
        "    print(parse(text, JOBS))\n"
    )

    assert len(printed_by_seed(program)) == 1
