"""The audit log, asked for in Slack by those who may and those who may not."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.adapters.database import SqlStore
from simulator import Workspace
from tests.journeys.houses import (
    POLICY,
    House,
    house_on,
    settings_for,
    write_files,
)


@pytest.fixture
async def house(workspace: Workspace, tmp_path: Path) -> AsyncGenerator[House]:
    """Approvers may read the audit log."""
    write_files(tmp_path)
    policy = POLICY.replace("may: [use, approve,", "may: [use, audit, approve,")
    (tmp_path / "policy.yaml").write_text(policy)
    async with house_on(workspace, settings_for(workspace, tmp_path)) as found:
        yield found


async def _tags(house: House, *, actor: str) -> list[tuple[str, str]]:
    """What the rows of somebody say, and through what it came."""
    store = SqlStore(house.settings.jobthread_database_url.get_secret_value())
    async with store.reading() as tx:
        rows = [row async for row in tx.audit.rows()]
    await store.close()
    return [
        (row["tag"], row["detail"]["client"]) for row in rows if row["actor"].endswith(f"/{actor}")
    ]


async def test_what_people_did_is_read_by_those_who_may(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run hello who=Bo", channel="#ops")
    await house.message("#ops", "Done")

    await house.workspace.slash("bo", "/job", "audit <@UANA> hello last 7 days", channel="#ops")
    listed = await house.whisper("bo", "Audit log", "execution requested", "Ana")
    await house.workspace.slash("bo", "/job", "审计 最近7天 导出", channel="#ops")
    sent = await house.whisper("bo", "in our DM")

    assert "everyday" in listed.seen
    assert "row" in sent.seen
    [file] = [file for message in house.workspace.dms("bo") for file in message.files]
    assert b"execution:1001" in house.workspace.file_bytes(file)


async def test_what_is_refused_or_not_understood_is_a_row_too(house: House) -> None:
    await house.workspace.slash("ana", "/job", "audit", channel="#ops")
    await house.whisper("ana", "may not audit")
    await house.workspace.slash("ana", "/job", "run nosuchjob", channel="#ops")
    await house.workspace.slash("ana", "/job", "cancel #4242", channel="#ops")
    await house.whisper("ana", "no execution #4242")

    # Rows of questions are written after their answers.
    async with asyncio.timeout(20):
        while len(rows := await _tags(house, actor="UANA")) < 3:
            pass
    assert rows == [
        ("job:access:refused", "slack:command"),
        ("job:asked:unclear", "slack:command"),
        ("job:gesture:declined", "slack:command"),
    ]
