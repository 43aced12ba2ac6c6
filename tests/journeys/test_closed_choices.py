"""Values that somebody may not take are named to nobody who did not name them first."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from simulator import Workspace
from tests.journeys.houses import CATALOG, POLICY, House, house_on, settings_for, write_files

NAMED = """may: [use, run, logs, history]
      values: {env: [dev]}
    - {name: freight, may: run, values: {sites: [dev]}}"""
BY_ROLE = POLICY.replace("may: [use, run, logs, history]", NAMED)
BY_DENY = (
    POLICY
    + """
deny:
  - {name: only Bo, commands: [run], environments: prod, people: {users: [UANA, UMEI]}}
  - {name: no freight, commands: [run], values: {sites: PROD}, people: {users: [UANA, UMEI]}}
"""
)
FREIGHT = """
  - name: freight
    run: [python3, "{catalog}/hello.py", "{sites}"]
    parameters:
      - {name: sites, type: multi_enum, choices: [dev, {value: prod, label: 生产}], required: true}
"""


@pytest.fixture(params=[BY_ROLE, BY_DENY], ids=["role", "deny"])
async def house(
    request: pytest.FixtureRequest, workspace: Workspace, tmp_path: Path
) -> AsyncGenerator[House]:
    """Ana and Mei may run nothing in production; Bo may."""
    write_files(tmp_path)
    policy = str(request.param).replace("[UANA]", "[UANA, UMEI]")
    (tmp_path / "policy.yaml").write_text(policy.replace("[use, approve,", "[use, run, approve,"))
    (tmp_path / "catalog" / "jobs.yaml").write_text(CATALOG + FREIGHT)
    workspace.add_person("mei", real_name="Mei", tz="Asia/Shanghai", locale="zh-CN")
    workspace.invite("mei", "#ops")
    async with house_on(workspace, settings_for(workspace, tmp_path)) as found:
        yield found


@pytest.mark.parametrize(
    ("who", "text"), [("ana", "run deploy app=api"), ("mei", "运行 deploy app=api")]
)
async def test_a_form_offers_no_value_that_is_not_for_them(
    house: House, who: str, text: str
) -> None:
    await house.workspace.slash(who, "/job", text, channel="#ops")
    await house.workspace.slash("bo", "/job", text, channel="#ops")

    asked = await house.modal(who, "form_page")
    assert "dev" in str(asked.blocks)
    assert "prod" not in str(asked.blocks)
    assert "prod" in str((await house.modal("bo", "form_page")).blocks)


@pytest.mark.parametrize(("who", "text"), [("ana", "run freight"), ("mei", "运行 freight")])
async def test_nor_does_one_that_takes_several(house: House, who: str, text: str) -> None:
    await house.workspace.slash(who, "/job", text, channel="#ops")

    asked = str((await house.modal(who, "form_page")).blocks)
    assert "dev" in asked
    assert "prod" not in asked
    assert "生产" not in asked


@pytest.mark.parametrize(
    ("who", "text", "words"),
    [
        ("ana", "run deploy app=api env=qa", "one of dev is wanted"),
        ("mei", "运行 deploy app=api env=qa", "需要 dev 之一"),
    ],
)
async def test_a_wrong_value_is_answered_with_those_for_them(
    house: House, who: str, text: str, words: str
) -> None:
    await house.workspace.slash(who, "/job", text, channel="#ops")

    asked = await house.modal(who, "form_page")
    assert words in asked.seen
    assert "prod" not in str(asked.blocks)


@pytest.mark.parametrize(("who", "text"), [("ana", "help deploy"), ("mei", "帮助 部署")])
async def test_help_names_no_approval_of_what_is_not_for_them(
    house: House, who: str, text: str
) -> None:
    await house.workspace.slash(who, "/job", text, channel="#ops")
    await house.workspace.slash("bo", "/job", "help deploy", channel="#ops")

    told = await house.whisper(who, "dev")
    assert "prod" not in told.seen
    assert "env=prod" in (await house.whisper("bo", "Who approves")).seen


@pytest.mark.parametrize(
    ("who", "text", "words"),
    [
        ("ana", "run deploy app=api env=prod", "You may not run deploy in prod"),
        ("mei", "运行 deploy app=api env=prod", "您无权执行 deploy"),
        ("ana", "run freight sites=dev,prod", "You may not run freight"),
        ("mei", "运行 freight sites=生产", "您无权执行 freight"),
    ],
)
async def test_a_value_that_is_named_is_refused_as_ever(
    house: House, who: str, text: str, words: str
) -> None:
    await house.workspace.slash(who, "/job", text, channel="#ops")

    await house.whisper(who, words, "#platform-help")
