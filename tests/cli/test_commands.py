"""check, migrate, init, catalog, policy and audit: sentences that say what to mend."""

import json
import sqlite3
from pathlib import Path

import pytest

from simulator import Workspace
from tests.cli.desks import Desk


async def test_check_passes_once_everything_is_there(desk: Desk) -> None:
    assert (await desk.types("migrate")).code == 0

    said = await desk.types("check")

    assert said.code == 0, said.err
    assert "All is well" in said.out
    assert "without a sandbox" in said.out


async def test_a_database_that_is_not_migrated_is_a_sentence(desk: Desk) -> None:
    said = await desk.types("run")

    assert said.code == 1
    assert "jobthread migrate" in said.err


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-other"}, "SLACK_BOT_TOKEN is refused by Slack"),
        ({"SLACK_APP_TOKEN": "xapp-other"}, "SLACK_APP_TOKEN is refused by Slack"),
        ({"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "Slack cannot be reached"),
        ({"JOBTHREAD_CATALOG": "nowhere"}, "nowhere"),
        ({"JOBTHREAD_POLICY": "nowhere.yaml"}, "nowhere.yaml"),
        ({"JOBTHREAD_LOG_CAP_MB": "many"}, "JOBTHREAD_LOG_CAP_MB"),
    ],
)
async def test_what_is_wrong_is_said_before_it_connects(
    desk: Desk, workspace: Workspace, changed: dict[str, str], sentence: str
) -> None:
    with workspace.allow_violation("invalid_auth"):
        said = await desk.types("check", **changed)

    assert said.code == 1
    assert sentence in said.err


async def test_missing_scopes_are_named(desk: Desk) -> None:
    workspace = Workspace(scopes=frozenset({"commands", "chat:write"}))
    async with workspace.serving() as serving:
        said = await desk.types("check", SLACK_API_URL=serving.api_url)

    assert said.code == 1
    assert "lacks the scopes app_mentions:read" in said.err


async def test_unset_tokens_are_named(desk: Desk) -> None:
    said = await desk.types("check", SLACK_BOT_TOKEN="", SLACK_APP_TOKEN="")

    assert said.code == 1
    assert "SLACK_BOT_TOKEN" in said.err


async def test_a_mistake_in_the_catalogue_names_file_and_line(desk: Desk) -> None:
    (desk.folder / "catalog" / "bad.yaml").write_text("jobs:\n  - name: x\n    rum: [true]\n")

    said = await desk.types("catalog", "check", "catalog")

    assert said.code == 1
    assert "bad.yaml:3" in said.err


async def test_init_writes_files_that_check_accepts_and_never_overwrites(
    desk: Desk, tmp_path: Path
) -> None:
    team = tmp_path / "team"
    assert (await desk.types("init", str(team))).code == 0
    assert (await desk.types("catalog", "check", str(team / "catalog"))).code == 0
    assert (await desk.types("policy", "check", str(team / "policy.yaml"))).code == 0
    assert (team / ".env").exists()

    again = await desk.types("init", str(team))

    assert again.code == 1


@pytest.mark.parametrize("what", ["catalog", "policy"])
async def test_schemas_are_printed_for_editors(desk: Desk, what: str) -> None:
    said = await desk.types(what, "schema")

    assert json.loads(said.out)["$schema"].startswith("https://json-schema.org/")


async def test_audit_verify_names_the_first_row_that_was_changed(desk: Desk) -> None:
    await desk.types("migrate")
    assert (await desk.types("audit", "verify")).code == 0
    with sqlite3.connect(desk.folder / "jobthread.db") as database:
        database.execute(
            "INSERT INTO audit (at, tag, actor, actor_name, on_behalf_of, subject, request_id,"
            " detail, before, hash) VALUES ('2026-01-01 00:00:00', 't', 'a', 'a', '', 's', '',"
            " '{}', 'forged', 'forged')"
        )

    said = await desk.types("audit", "verify")

    assert said.code == 1
    assert "row 1" in said.err
