"""audit: proof, export, signatures, archive and pruning, as an operator types them."""

import asyncio
import json
import logging
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from alembic import command
from click.testing import CliRunner

from bot.adapters.database import SqlStore
from bot.adapters.database.schema import alembic_config
from bot.cli import main
from tests.cli.desks import Said
from tests.fakes.chains import KEY, OTHER_KEY, entry
from tests.fakes.databases import fresh_database, url_of
from tests.fakes.tampering import UNGUARDED

SIGNS = {"JOBTHREAD_AUDIT_KEY": KEY, "JOBTHREAD_AUDIT_CHECKPOINTS": "elsewhere.jsonl"}


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A folder in which commands are typed, within this process: there are many of them."""

    folder: Path

    async def types(self, *words: str, **changed: str) -> Said:
        given = {"SLACK_BOT_TOKEN": "xoxb-local", "SLACK_APP_TOKEN": "xapp-local", **changed}
        # Commands run loops of their own.
        done = await asyncio.to_thread(CliRunner().invoke, main, words, env=given)
        assert isinstance(done.exception, SystemExit | None), done.exception
        return Said(code=done.exit_code, out=done.stdout, err=done.stderr)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Desk]:
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield Desk(folder=tmp_path)
    root.handlers[:], root.level = before
    structlog.reset_defaults()


@pytest.fixture
async def database(desk: Desk) -> Path:
    """With three audit rows."""
    url = await fresh_database(desk.folder, "jobthread.db")
    store = SqlStore(url)
    async with store.transaction() as tx:
        for number in range(1, 4):
            await tx.audit.write(entry(number, subject=f"job:{number % 2}"))
    await store.close()
    return desk.folder / "jobthread.db"


def _tamper(database: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database)) as opened:
        opened.executescript(UNGUARDED)
        for statement in statements:
            opened.execute(statement)
        opened.commit()


async def test_what_was_signed_and_cut_off_is_named(desk: Desk, database: Path) -> None:
    signed = await desk.types("audit", "sign", **SIGNS)
    whole = await desk.types("audit", "verify", **SIGNS)
    _tamper(database, "DELETE FROM audit WHERE seq = 3")

    said = await desk.types("audit", "verify", **SIGNS)

    assert "up to row 3" in signed.out
    assert "1 checkpoints" in whole.out
    assert (said.code, "broken at row 3" in said.err) == (1, True)


async def test_checkpoints_cut_off_with_their_rows_show_in_the_file(
    desk: Desk, database: Path
) -> None:
    await desk.types("audit", "sign", **SIGNS)
    _tamper(database, "DELETE FROM audit WHERE seq > 1", "DELETE FROM checkpoints")

    alone = await desk.types("audit", "verify", JOBTHREAD_AUDIT_KEY=KEY)
    said = await desk.types("audit", "verify", **SIGNS)

    assert alone.code == 0
    assert "Nothing is signed yet" in alone.out
    assert (said.code, "kept elsewhere" in said.err) == (1, True)


async def test_the_public_key_alone_proves_what_was_exported(desk: Desk, database: Path) -> None:
    (desk.folder / "public.pem").write_text((await desk.types("audit", "key", **SIGNS)).out)
    await desk.types("audit", "sign", **SIGNS)
    await desk.types("audit", "export", "--output", "all.jsonl", "--with-checkpoints")
    words = ("audit", "verify", "--files-only", "--key", "public.pem", "--from", "all.jsonl")
    whole = await desk.types(*words)
    kept = (desk.folder / "all.jsonl").read_text()
    (desk.folder / "all.jsonl").write_text(kept.replace("Ana", "Eve", 1))

    said = await desk.types(*words)

    assert (whole.code, "3 rows" in whole.out) == (0, True)
    assert (said.code, "broken at row 1" in said.err) == (1, True)


async def test_another_key_proves_nothing(desk: Desk, database: Path) -> None:
    (desk.folder / "other.pem").write_text(OTHER_KEY)
    await desk.types("audit", "sign", **SIGNS)

    said = await desk.types("audit", "verify", "--key", "other.pem", **SIGNS)

    assert (said.code, "not a known one" in said.err) == (1, True)


async def test_a_key_is_made_in_the_state_folder_and_none_by_looking(
    desk: Desk, database: Path
) -> None:
    looked = await desk.types("audit", "verify")
    assert not (desk.folder / "state" / "audit.key").exists()

    await desk.types("audit", "sign")

    assert (looked.code, (await desk.types("audit", "verify")).code) == (0, 0)
    assert (desk.folder / "state" / "audit.key").exists()


async def test_an_export_is_narrowed_by_subject_and_time(desk: Desk, database: Path) -> None:
    by_subject = await desk.types("audit", "export", "--subject", "job:1")
    by_time = await desk.types("audit", "export", "--until", entry(2).at.isoformat())
    never = await desk.types("audit", "export", "--since", "never")

    assert [json.loads(line)["seq"] for line in by_subject.out.splitlines()] == [1, 3]
    assert [json.loads(line)["seq"] for line in by_time.out.splitlines()] == [1]
    assert (never.code, "is no moment" in never.err) == (2, True)


async def test_what_is_archived_is_pruned_and_stays_provable(desk: Desk, database: Path) -> None:
    archive = {**SIGNS, "JOBTHREAD_AUDIT_ARCHIVE": f"file://{desk.folder}/trail"}
    await desk.types("audit", "sign", **archive)
    refused = await desk.types("audit", "prune", "--older-than", "0", **archive)
    shipped = await desk.types("audit", "ship", **archive)

    pruned = await desk.types("audit", "prune", "--older-than", "0", **archive)
    verified = await desk.types("audit", "verify", "--from", "trail", **archive)

    assert refused.out.startswith("0 rows")
    assert "2 new pieces" in shipped.out
    assert pruned.out.startswith("3 rows")
    assert verified.code == 0, verified.err
    assert "3 rows of the files are whole" in verified.out


async def test_what_was_exported_by_hand_is_pruned_when_it_proves(
    desk: Desk, database: Path
) -> None:
    await desk.types("audit", "sign", **SIGNS)
    await desk.types("audit", "export", "--output", "all.jsonl", **SIGNS)
    (desk.folder / "forged.jsonl").write_text(
        (desk.folder / "all.jsonl").read_text().replace("Ana", "Eve")
    )
    words = ("audit", "prune", "--older-than", "0", "--exported")

    forged = await desk.types(*words, "forged.jsonl", **SIGNS)
    pruned = await desk.types(*words, "all.jsonl", **SIGNS)

    assert (forged.code, "do not prove it" in forged.err) == (1, True)
    assert pruned.out.startswith("3 rows")


async def test_a_restore_begins_a_new_file_of_checkpoints(desk: Desk, database: Path) -> None:
    await desk.types("backup", "copy.db", **SIGNS)
    await desk.types("audit", "sign", **SIGNS)

    restored = await desk.types("restore", "copy.db", **SIGNS)
    verified = await desk.types("audit", "verify", **SIGNS)

    assert (restored.code, verified.code) == (0, 0)
    assert len(list(desk.folder.glob("elsewhere.jsonl.before-*"))) == 1


async def test_a_database_of_an_older_release_is_restored_and_named(
    desk: Desk, database: Path
) -> None:
    old = desk.folder / "old.db"
    shutil.copy(database, old)
    await asyncio.to_thread(command.downgrade, alembic_config(url_of(old)), "0001")

    named = await desk.types("audit", "verify", JOBTHREAD_DATABASE_URL=url_of(old))
    restored = await desk.types("restore", "old.db")
    verified = await desk.types("audit", "verify")

    assert (named.code, "jobthread migrate" in named.err) == (1, True)
    assert (restored.code, verified.code) == (0, 0), restored.err


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"JOBTHREAD_AUDIT_KEY": "hunter2"}, "no private Ed25519 key"),
        ({"JOBTHREAD_AUDIT_ARCHIVE": "ftp://hunter2"}, "s3://BUCKET/PREFIX"),
    ],
)
async def test_settings_that_are_of_no_use_are_named_and_not_repeated(
    desk: Desk, database: Path, setting: dict[str, str], sentence: str
) -> None:
    said = await desk.types("audit", "ship", **setting)

    assert said.code == 1
    assert sentence in said.err
    assert "hunter2" not in said.err


async def test_the_grants_of_a_role_are_printed(desk: Desk) -> None:
    said = await desk.types("audit", "grants", 'bo"t')

    assert 'REVOKE UPDATE, DELETE, TRUNCATE ON audit, checkpoints FROM "bo""t"' in said.out
