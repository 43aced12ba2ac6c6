"""Shortcuts and aliases as they are said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.aliases import AliasQuestion, DropAlias, ListAliases, MakeAlias
from bot.domain.intents import RunJob
from bot.domain.shortcuts import ShortForm
from bot.language.aliasing import alias_asked
from bot.language.shortforms import ShortForms
from tests.fakes.values import job

FORM = ShortForm(
    name="ship", aliases=("上线",), job="deploy", arguments=("app",), values={"env": "prod"}
)
JOBS = (job(aliases=("roll",)), job("backup", aliases=("taken",)))
READ = ShortForms(lambda: JOBS, lambda: (FORM, ShortForm(name="taken", job="deploy"))).run


@pytest.mark.parametrize(
    "text",
    ["ship api", "/ship api", "SHIP app=api", "ship --app api", "上线 api", "/job ship api"],
)
def test_a_shortcut_alone_is_its_job_with_values(text: str) -> None:
    assert READ(text) == RunJob(job="deploy", given={"app": "api", "env": "prod"})


def test_a_shortcut_without_its_arguments_leaves_them_open() -> None:
    assert READ("ship") == RunJob(job="deploy", given={"env": "prod"})


def test_a_reason_may_follow() -> None:
    read = READ("ship api because it is late")

    assert read is not None
    assert read.reason == "it is late"


@pytest.mark.parametrize(
    "text",
    [
        "ship api web",
        "ship api env=dev",
        "don't ship api",
        "ship not api",
        "ship api?",
        "ship api unless it fails",
        "please ship api",
        "taken",
        "ships",
        "",
    ],
)
def test_whatever_else_is_said_is_no_shortcut(text: str) -> None:
    assert READ(text) is None


def test_what_is_said_twice_is_looked_at_first() -> None:
    read = READ("ship app=api app=web")

    assert read is not None
    assert not read.exact


@given(st.text(max_size=80))
def test_no_words_replace_what_a_shortcut_says_itself(more: str) -> None:
    read = READ(f"ship {more}")

    assert read is None or read.given["env"] == "prod"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("alias pp = run deploy app=api", MakeAlias(name="pp", words="run deploy app=api")),
        ("alias pp=status", MakeAlias(name="pp", words="status")),
        ("/job alias add pp = status", MakeAlias(name="pp", words="status")),
        ("alias pp = `status`", MakeAlias(name="pp", words="status")),
        ("alias <@UBO> = status", MakeAlias(name="<@UBO>", words="status")),
        ("别名 pp = 运行 deploy app=api", MakeAlias(name="pp", words="运行 deploy app=api")),
        ("设置别名 上 ＝ 状态", MakeAlias(name="上", words="状态")),
        ("alias remove pp", DropAlias(name="pp")),
        ("unalias pp", DropAlias(name="pp")),
        ("删除别名 pp", DropAlias(name="pp")),
        ("别名 删除 pp", DropAlias(name="pp")),
        ("aliases", ListAliases()),
        ("alias", ListAliases()),
        ("my aliases?", ListAliases()),
        ("别名", ListAliases()),
        ("我的别名", ListAliases()),
    ],
)
def test_what_is_asked_of_aliases_is_read_in_both_languages(
    text: str, asked: AliasQuestion
) -> None:
    assert alias_asked(text, set()) == asked


@pytest.mark.parametrize("text", ["status", "aliased", "what is an alias?", "alias pp"])
def test_other_texts_ask_nothing_of_aliases(text: str) -> None:
    assert alias_asked(text, set()) is None


def test_a_job_called_alias_is_meant_by_that_word() -> None:
    assert alias_asked("alias x = 5", {"alias"}) is None
