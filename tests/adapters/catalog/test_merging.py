"""Files laid over what platforms offer: who goes first, what is added, what is told."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.catalog import CatalogReading, merged
from bot.domain.instances import LOCAL_ALONE, LONGEST_ELSEWHERE, Terms
from bot.domain.jobs import ApprovalRule, Risk
from bot.domain.parameters import Kind, Parameter
from tests.adapters.catalog.offered import LATER, SCHEMA, instances, offer, only, whole
from tests.fakes.values import NOW, enum

OVER = """
name: deploy
title: Deploy
aliases: [部署]
platform: etl
risk: safe
timeout: 5m
parameters:
  - {name: env, aliases: [环境], choices: [{value: dev, label: 开发}, prod]}
approval: {by: approver, when: {env: prod}}
"""


def test_what_no_file_speaks_of_appears_with_its_parameters(tmp_path: Path) -> None:
    found = only(whole(tmp_path / "c", "", offer("flow/nightly-run")))

    assert (found.name, found.remote, found.platform) == ("nightly-run", "flow/nightly-run", "etl")
    assert [each.name for each in found.parameters] == ["app", "env", "count"]
    assert (found.risk, found.environment_parameter) == (Risk.CONFIRM, "env")
    assert found.timeout == LONGEST_ELSEWHERE


def test_a_name_in_another_script_is_an_alias_beside_one_that_can_be_typed(tmp_path: Path) -> None:
    found = only(whole(tmp_path / "c", "", offer("数据/夜间")))

    assert found.name.startswith("etl-")
    assert found.aliases == ("数据/夜间",)


def test_an_instance_says_what_holds_for_jobs_found_there(tmp_path: Path) -> None:
    terms = Terms(
        risk=Risk.SAFE,
        timeout=timedelta(hours=1),
        approval=ApprovalRule(by=("lead",), when={"env": ("prod",)}),
        tags=("etl",),
    )
    found = only(whole(tmp_path / "c", "", offer(), terms=terms, who=("data",)))

    assert (found.risk, found.timeout, found.tags) == (Risk.SAFE, timedelta(hours=1), ("etl",))
    assert (found.approval, found.who) == (terms.approval, ("data",))


def test_an_approval_on_a_parameter_that_a_job_lacks_is_asked_always(tmp_path: Path) -> None:
    terms = Terms(approval=ApprovalRule(by=("lead",), when={"env": ("prod",)}))
    bare = offer("flow/bare", Parameter(name="count", kind=Kind.INTEGER))

    found = only(whole(tmp_path / "c", "", bare, terms=terms))

    assert found.approval == ApprovalRule(by=("lead",))


def test_a_file_lays_its_words_over_the_offer(tmp_path: Path) -> None:
    found = only(whole(tmp_path / "c", OVER, offer()))
    env = found.parameter("env")

    assert (found.title, found.remote, found.aliases) == ("Deploy", "flow/deploy", ("部署",))
    assert (found.risk, found.timeout) == (Risk.SAFE, timedelta(minutes=5))
    assert [each.name for each in found.parameters] == ["env", "app", "count"]
    assert env is not None
    assert (env.required, env.aliases, env.choices[0].label) == (True, ("环境",), "开发")
    assert found.approval == ApprovalRule(by=("approver",), when={"env": ("prod",)})


def test_moving_a_job_is_one_line(tmp_path: Path) -> None:
    text = OVER.replace("platform: etl", "platform: {etl: live/roll out}\nrun: [unused]")

    found = only(whole(tmp_path / "c", text, offer("live/roll out")))

    assert (found.name, found.remote, found.command.groups) == ("deploy", "live/roll out", ())


def test_what_the_platform_does_not_take_is_told_and_left_out(tmp_path: Path) -> None:
    text = OVER + "\n".join(["examples: [deploy api]"])
    text = text.replace("parameters:\n", "parameters:\n  - {name: evn}\n")

    found = whole(tmp_path / "c", text, offer())

    told = [str(each) for each in found.warnings]
    assert told == [
        "jobs.yaml:9: parameters[0].name: `flow/deploy` takes no parameter `evn`; did you mean "
        "`env`?"
    ]
    assert only(found).parameter("evn") is None


def test_a_choice_that_the_platform_lacks_is_told_and_left_out(tmp_path: Path) -> None:
    found = whole(tmp_path / "c", OVER.replace("prod]}", "prod, moon]}"), offer())
    env = only(found).parameter("env")

    assert "`moon` is none of its choices there" in str(found.warnings[0])
    assert env is not None
    assert [each.value for each in env.choices] == ["dev", "prod"]


def test_a_job_whose_approval_would_never_be_asked_cannot_run(tmp_path: Path) -> None:
    renamed = offer("flow/deploy", enum("app", "api"), enum("stage", "dev", "prod"))

    found = only(whole(tmp_path / "c", OVER, renamed))

    assert "there is no parameter `env`" in found.withdrawn


def test_what_is_not_offered_cannot_run_and_says_why(tmp_path: Path) -> None:
    found = only(whole(tmp_path / "c", OVER))

    assert found.withdrawn.startswith("etl does not offer `deploy`")


def test_what_is_not_offered_any_more_says_so(tmp_path: Path) -> None:
    found = whole(tmp_path / "c", OVER, offer(gone_at=LATER))

    assert only(found).withdrawn == "etl does not offer `flow/deploy` any more."


def test_a_discovered_job_that_is_gone_is_remembered_by_what_it_was_called(tmp_path: Path) -> None:
    found = whole(tmp_path / "c", "", offer("flow/old one", gone_at=LATER))

    assert found.jobs == ()
    assert found.gone["old-one"] == "etl does not offer `flow/old one` any more."


def test_several_of_one_name_have_to_be_told_apart(tmp_path: Path) -> None:
    found = whole(tmp_path / "c", OVER, offer("a/deploy"), offer("b/deploy"))
    own = next(each for each in found.jobs if each.name == "deploy")

    assert own.withdrawn == "etl offers several that are called `deploy`: a/deploy, b/deploy."


def test_who_was_there_first_keeps_the_short_name(tmp_path: Path) -> None:
    late, early = offer("a/sync", since=LATER), offer("b/sync")
    third = offer("b/sync", platform="other", since=LATER)

    found = whole(tmp_path / "c", "", late, early, third)

    names = {(each.platform, each.remote): each.name for each in found.jobs}
    assert names[("etl", "b/sync")] == "sync"
    assert names[("etl", "a/sync")] == "a-sync"
    assert names[("other", "b/sync")] == "other-sync"


@pytest.mark.parametrize("gone_at", [None, LATER])
def test_what_a_platform_offered_that_is_not_in_the_file_any_more_cannot_be_run_and_says_so(
    tmp_path: Path, gone_at: datetime | None
) -> None:
    left = offer("flow/Old One", platform="old", gone_at=gone_at)

    for ours in (instances(), LOCAL_ALONE):
        found = merged(CatalogReading(), [left], ours, frozenset({"old"}))

        assert found.jobs == ()
        said = "old is not in the platforms file any more, so `flow/Old One` cannot be run there."
        assert found.gone == {"flow/old one": said, "old-one": said}


def test_what_is_gone_keeps_its_name_from_what_another_platform_calls_so(tmp_path: Path) -> None:
    gone, there = offer("a/sync", gone_at=LATER), offer("a/sync", platform="other", since=LATER)

    found = whole(tmp_path / "c", "", gone, there)

    assert only(found).name == "other-sync"
    assert found.gone["sync"] == "etl does not offer `a/sync` any more."


def test_a_twin_of_what_a_file_speaks_of_is_called_by_its_own_platform(tmp_path: Path) -> None:
    found = whole(tmp_path / "c", OVER, offer(), offer(platform="other"))

    assert {each.name: each.platform for each in found.jobs} == {
        "deploy": "etl",
        "other-deploy": "other",
    }


def test_what_is_made_anew_under_another_name_there_keeps_its_name_here(tmp_path: Path) -> None:
    gone, there = offer("a/sync", gone_at=LATER), offer("b/sync", since=LATER)

    assert only(whole(tmp_path / "c", "", gone, there)).name == "sync"


def test_names_of_files_and_commands_go_before_those_of_platforms(tmp_path: Path) -> None:
    text = "name: sync\naliases: [nightly]\nrun: ['true']\n"

    found = whole(tmp_path / "c", text, offer("f/sync"), offer("f/nightly"), offer("f/status"))

    assert [each.name for each in found.jobs] == ["f-nightly", "f-status", "f-sync", "sync"]


def test_a_default_is_read_as_the_platform_types_it(tmp_path: Path) -> None:
    text = "name: deploy\nplatform: etl\nparameters: [{name: count, default: 7}]\n"

    count = only(whole(tmp_path / "c", text, offer())).parameter("count")

    assert count is not None
    assert (count.kind, count.default) == (Kind.INTEGER, 7)


def test_another_schema_is_another_version(tmp_path: Path) -> None:
    before = only(whole(tmp_path / "c", OVER, offer()))
    changed = replace(offer(), job=replace(offer().job, schema=SCHEMA.replace("{}", "[]")))

    assert only(whole(tmp_path / "c", OVER, changed)).version != before.version


def test_who_may_use_a_platform_is_no_part_of_the_version(tmp_path: Path) -> None:
    before = only(whole(tmp_path / "c", OVER, offer()))

    assert only(whole(tmp_path / "c", OVER, offer(), who=("data",))).version == before.version


def test_a_shortcut_may_stand_for_a_discovered_job(tmp_path: Path) -> None:
    text = "shortcuts: [{name: night, job: nightly, values: {env: dev}}]\n"

    found = whole(tmp_path / "c", text, offer("f/nightly"))

    assert [each.job for each in found.shortcuts] == ["nightly"]


def test_a_shortcut_to_nothing_is_a_warning_where_platforms_offer_jobs(tmp_path: Path) -> None:
    found = whole(tmp_path / "c", "shortcuts: [{name: night, job: nightly}]\n")

    assert "there is no job `nightly`" in str(found.warnings[0])


def test_jobs_that_name_no_platform_run_on_the_default(tmp_path: Path) -> None:
    found = only(whole(tmp_path / "c", "name: deploy\n", offer(), is_default=True))

    assert (found.platform, found.remote) == ("etl", "flow/deploy")


def test_more_parameters_than_a_form_holds_cannot_be_asked_for(tmp_path: Path) -> None:
    many = [Parameter(name=f"p{number}") for number in range(61)]

    assert "more parameters" in only(whole(tmp_path / "c", "", offer("f/wide", *many))).withdrawn


def test_what_a_platform_told_before_we_ever_knew_it_stays_its_own(tmp_path: Path) -> None:
    found = whole(tmp_path / "c", "", offer("f/x", platform="unknown", since=NOW))

    assert found.jobs == ()
