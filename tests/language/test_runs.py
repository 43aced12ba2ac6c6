"""Which job runs and with what: the ways to say a value, and what is never started."""

from dataclasses import replace

import pytest

from bot.domain.intents import Clarify, Intent, RunJob, Unknown
from bot.domain.jobs import Command, Job
from bot.domain.parameters import Choice, Kind, Parameter
from bot.language import parse, understand
from tests.language.catalogues import JOBS
from tests.language.kitchens import AROUND

FULL = {"app": "api", "env": "prod"}


def run(job: str | None = "deploy", *, reason: str = "", **given: str) -> RunJob:
    return RunJob(job=job, given=given, reason=reason)


def unsure(job: str | None = "deploy", *, reason: str = "", **given: str) -> RunJob:
    return replace(run(job, reason=reason, **given), exact=False)


EXACT = {
    "run deploy": run(),
    "deploy": run(),
    "Deploy": run(),
    "部署 app=api": run(app="api"),
    "run app=api": run(None, app="api"),
    "run app=api deploy": run(app="api"),
    "ship app=api env=prod": run(**FULL),
    "运行部署 app=api env=prod": run(**FULL),
    "run deploy app: api env:prod": run(**FULL),
    "run deploy APP=api Environment=prod": run(**FULL),
    "run deploy app = api env= prod": run(**FULL),
    "run deploy app＝api　环境：prod": run(**FULL),
    "运行 部署，应用：ａｐｉ，环境：prod。": run(**FULL),
    "run deploy, app=api, env=prod": run(**FULL),
    "deploy: app=api env=prod": run(**FULL),
    "run deploy\napp: api\nenv: prod": run(**FULL),
    "```\nrun deploy app=api env=prod\n```": run(**FULL),
    "please run `deploy app=api env=prod`": run(**FULL),
    "/job run deploy app=api env=prod": run(**FULL),
    "run deploy --app api --env=prod": run(**FULL),
    "run deploy —app api ––env prod": run(**FULL),
    "run deploy --dry-run": run(dry_run="true"),
    "run deploy --dry-run no": run(dry_run="no"),
    "run deploy --no-dry-run": run(dry_run="false"),
    "run deploy api prod": run(**FULL),
    "run deploy prod api": run(**FULL),
    "deploy 接口 生产": run(app="接口", env="生产"),
    "run deploy tags=hotfix tags=docs": run(tags="hotfix,docs"),
    "run deploy tags=hotfix, docs, schema": run(tags="hotfix,docs,schema"),
    "run the deploy job app=api": run(app="api"),
    'run "disk-report" path="/a b"': run("disk-report", path="/a b"),
    "run Disk_Report path=/var": run("disk-report", path="/var"),
    "不停机备份": run("backup"),
}


@pytest.mark.parametrize("text", EXACT)
def test_what_is_said_plainly_is_exact(text: str) -> None:
    assert parse(text, JOBS) == EXACT[text]


@pytest.mark.parametrize(
    "text",
    [
        "please run deploy app=api env=prod.",
        "can you run deploy app=api env=prod?",
        "Hey, could you please run deploy app=api env=prod for me? Thanks!",
        "I'd like to deploy app=api env=prod",
        "run deploy app=api env=prod please",
        "请运行部署 app=api env=prod",
        "麻烦你帮我部署 app=api env=prod，谢谢",
        "能不能帮我运行 deploy app=api env=prod？",
    ],
)
def test_a_polite_command_is_as_good_as_a_curt_one(text: str) -> None:
    assert parse(text, JOBS) == run(**FULL)


NOTES = {
    "note='a b'": "a b",
    "note=“a b”": "a b",
    "note=‘a b’": "a b",
    "note=「a b」": "a b",
    'note="say \\"hi\\" \\\\ bye"': 'say "hi" \\ bye',
    'note: "a"': "a",
    "note=a\\ b": "a b",
    "note=it's": "it's",
    "note=&lt;b&gt; ": "<b>",
    "note=a&amp;amp;b": "a&amp;b",
    "note=x,y;z": "x,y;z",
    "note=a=b": "a=b",
    "note=1.2.": "1.2.",
    'note=""': "",
    'note="env=dev --dry-run"': "env=dev --dry-run",
    "note=<http://api.test|api.test>": "api.test",
    "note=<https://evil.test|api.test>": "https://evil.test",
    "note=<#C1|ops>": "<#C1|ops>",
    "note=`x`": "x",
}


@pytest.mark.parametrize("said", NOTES)
def test_a_value_is_what_was_typed(said: str) -> None:
    assert parse(f"run deploy {said} env=prod", JOBS) == run(note=NOTES[said], env="prod")


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("site=<https://x.test/a?b=1&amp;c=2|x.test/a>", {"site": "https://x.test/a?b=1&c=2"}),
        ("site=https://x.test/a?b=1&amp;c=2", {"site": "https://x.test/a?b=1&c=2"}),
        ("owner=<@U1|ana>", {"owner": "<@U1|ana>"}),
        ("mail=<mailto:ana@x.test|ana@x.test>", {"mail": "ana@x.test"}),
    ],
)
def test_what_slack_makes_of_links_and_people_is_undone(said: str, given: dict[str, str]) -> None:
    assert parse(f"run deploy {said}", JOBS) == run(**given)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ('reason="hot fix"', "hot fix"),
        ("reason=hotfix", "hotfix"),
        ("reason: the login page, again", "the login page, again"),
        ("because customers wait", "customers wait"),
        ('because "customers wait"', "customers wait"),
        ("原因：修复登录，重启服务", "修复登录，重启服务"),
        ("，因为登录很慢", "登录很慢"),
        ("because see <https://x.test|x.test> &amp; co", "see x.test & co"),
    ],
)
def test_a_reason_at_the_end_is_kept_as_it_was_written(said: str, reason: str) -> None:
    assert parse(f"run deploy app=api {said}", JOBS) == run(reason=reason, app="api")


def test_a_value_after_the_reason_is_still_a_value() -> None:
    assert parse("run deploy reason: customers wait env=prod", JOBS) == run(
        reason="customers wait", env="prod"
    )


def test_a_second_reason_is_added_and_reviewed() -> None:
    intent = parse('run deploy reason="slow" reason="again"', JOBS)

    assert intent == RunJob(job="deploy", reason="slow; again", exact=False)


def test_a_parameter_called_reason_is_filled_first() -> None:
    intent = parse('run appeal reason=late because "the mail was slow"', JOBS)

    assert intent == RunJob(job="appeal", given={"reason": "late"}, reason="the mail was slow")


INFERRED = {
    "deploy api to prod": unsure(**FULL),
    "部署api 到生产": unsure(app="api", env="生产"),
    "run disk report path=/var": unsure("disk-report", path="/var"),
    "run deploy env=dev env=prod": unsure(env="prod"),
    "run deploy hotfix": unsure(tags="hotfix"),
    "promote dev prod": unsure("promote", source="dev", target="prod"),
    "run deploy reason=fix prod": unsure(reason="fix prod"),
    "run deploy app=api because not in prod": unsure(reason="not in prod", app="api"),
    "run deploy note='open": unsure(note="'open"),
}


@pytest.mark.parametrize("text", INFERRED)
def test_what_was_inferred_is_not_exact(text: str) -> None:
    assert parse(text, JOBS) == INFERRED[text]


ASKED: dict[str, tuple[str, dict[str, str]]] = {
    "run deplyo app=api": ("deploy", {"app": "api"}),
    "deplyo api prod": ("deploy", FULL),
    "deployment app=api": ("deploy", {"app": "api"}),
    "run disk": ("disk-report", {}),
    "磁盘报表": ("disk-report", {}),
    "run deploy ap=api env=prod": ("deploy", FULL),
    "deploy api prdo": ("deploy", FULL),
    "run disk-report /var": ("disk-report", {"path": "/var"}),
    "deploy api prod tomorrow": ("deploy", FULL),
    "run deploy --env": ("deploy", {}),
    "run deploy api --force": ("deploy", {"app": "api"}),
    "rnu deploy app=api": ("deploy", {"app": "api"}),
    "deploy api prod?": ("deploy", FULL),
    "部署 api？": ("deploy", {"app": "api"}),
    'deploy "api"?': ("deploy", {"app": "api"}),
    "deploy backup": ("deploy", {}),
}


@pytest.mark.parametrize("text", ASKED)
def test_what_is_unclear_is_asked_with_a_complete_candidate(text: str) -> None:
    intent = parse(text, JOBS)

    assert isinstance(intent, Clarify)
    job, given = ASKED[text]
    assert intent.candidates[0] == RunJob(job=job, given=given, exact=False)
    assert intent.question


def test_a_question_names_what_it_is_about() -> None:
    intent = parse("run deploy ap=api", JOBS)

    assert isinstance(intent, Clarify)
    assert intent.question == "`deploy` has no parameter called `ap`. Did you mean `app=api`?"


def test_at_most_three_candidates_are_offered() -> None:
    jobs = [Job(name=f"report-{n}", command=Command(groups=())) for n in range(9)]

    intent = parse("run report", jobs)

    assert isinstance(intent, Clarify)
    assert [c.job for c in intent.candidates] == ["report-0", "report-1", "report-2"]


def test_an_alias_of_two_jobs_is_asked_about() -> None:
    jobs = [Job(name=n, aliases=("ship",), command=Command(groups=())) for n in ("one", "two")]

    intent = parse("ship", jobs)

    assert isinstance(intent, Clarify)
    assert [c.job for c in intent.candidates] == ["one", "two"]


FORBIDDEN = [
    "don't deploy",
    "dont deploy api prod",
    "do not run deploy app=api env=prod",
    "please don’t run backup",
    "never run backup",
    "should I deploy?",
    "should we run backup",
    "shall I run backup",
    "if tests pass deploy api prod",
    "deploy api prod if tests pass",
    "deploy api not prod",
    "deploy api prod unless it is Friday",
    "backup failed",
    "backup is broken",
    "was backup run",
    "why did deploy run",
    "不要部署",
    "不要部署 app=api env=prod",
    "别备份",
    "先不备份",
    "请不要备份",
    "部署失败了",
    "备份了吗",
    "如果测试通过就部署",
    "要不要备份",
    "备份吗",
]


@pytest.mark.parametrize("text", FORBIDDEN)
def test_what_forbids_or_asks_or_tells_runs_nothing(text: str) -> None:
    assert parse(text, JOBS) == Unknown(text=text)


@pytest.mark.parametrize(
    "text", ["the backup was nice", "run nothing like this", "lunch backup dinner", "run xyzzy"]
)
def test_a_sentence_about_a_job_is_no_command(text: str) -> None:
    intent: Intent = parse(text, JOBS)

    assert not isinstance(intent, RunJob)


@pytest.mark.parametrize("mark", ["，", "；", "。"])
def test_a_chinese_mark_ends_a_value_that_nobody_quoted(mark: str) -> None:
    cache = Parameter(name="pattern", required=True)
    where = Parameter(name="env", kind=Kind.ENUM, choices=(Choice(value="dev", aliases=("开发",)),))
    job = Job(name="purge", aliases=("清理",), parameters=(cache, where))

    alone = understand(f"清理 pattern=cart:*{mark}开发", (job,), AROUND).intent
    quoted = understand(f"清理 pattern='cart:*{mark}开发'", (job,), AROUND).intent

    assert alone == RunJob(
        job="purge",
        given={"pattern": "cart:*", "env": "dev"},
        exact=False,
        inferred={"pattern": "pattern=cart:*", "env": "开发"},
    )
    assert isinstance(quoted, RunJob)
    assert quoted.exact
