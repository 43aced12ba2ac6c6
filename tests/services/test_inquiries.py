"""Who may read the audit log, what of it they see, and the table they get."""

import csv
import io
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.database import SqlStore
from bot.domain.audit import AuditQuestion, AuditSearch
from bot.domain.errors import Refused, Temporary
from bot.domain.rules import Binding, Command, Permission, Role
from bot.services.inquiries import Inquiries
from bot.services.origins import Origin, coming_from
from tests.fakes.catalogs import FakeCatalog, FakePolicy
from tests.fakes.chains import entry
from tests.fakes.chats import FakeChat
from tests.fakes.clocks import FakeClock
from tests.fakes.databases import fresh_database
from tests.fakes.values import job
from tests.services.staff import ANA, BO, policy

EVERYTHING = AuditQuestion(search=AuditSearch())
READS = frozenset({Command.AUDIT})
OF_DEPLOY = Permission(name="deploys", commands=READS, jobs=("deploy",))
IN_DEV = Permission(name="dev", commands=READS, values={"env": ("dev",)})
ALL = Permission(name="all", commands=READS)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[SqlStore]:
    """Rows of two jobs, and one of none."""
    store = SqlStore(await fresh_database(tmp_path))
    async with store.transaction() as tx:
        await tx.audit.write(entry(1, detail={"job": "deploy", "values": {"env": "prod"}}))
        await tx.audit.write(entry(2, detail={"job": "deploy", "values": {"env": "dev"}}))
        await tx.audit.write(entry(3, subject="job:backup", detail={}))
        await tx.audit.write(entry(4, subject="policy", detail={}, actor_name="=cmd()"))
    yield store
    await store.close()


def _inquiries(store: SqlStore, chat: FakeChat | None = None, *given: Permission) -> Inquiries:
    role = Role(name="auditor", permissions=given)
    bound = Binding(roles=("auditor",), people=("UANA",))
    return Inquiries(
        store=store,
        policy=FakePolicy(policy(roles={"auditor": role}, bindings=(bound,))),
        catalog=FakeCatalog(job(), job("backup")),
        clock=FakeClock(),
        chat=chat or FakeChat(),
    )


@pytest.mark.parametrize(
    ("permission", "seqs"), [(ALL, [4, 3, 2, 1]), (OF_DEPLOY, [2, 1]), (IN_DEV, [2])]
)
async def test_each_sees_the_rows_of_the_jobs_they_may_audit(
    store: SqlStore, permission: Permission, seqs: list[int]
) -> None:
    listed = await _inquiries(store, None, permission).listed(ANA, EVERYTHING, "COPS")

    # The fifth is the row of this very question, which is about no job.
    expected = {5, *seqs} if permission is ALL else {*seqs}
    assert {link.seq for link in listed} == expected


async def test_nobody_reads_it_without_a_right_and_the_try_is_a_row(store: SqlStore) -> None:
    with pytest.raises(Refused, match="You may not audit"):
        await _inquiries(store, None, ALL).listed(BO, EVERYTHING, "COPS")

    async with store.reading() as tx:
        [row] = await tx.audit.about("audit")
    assert (row.tag, row.actor) == ("job:access:refused", "person:T0LOCAL/UBO")


async def test_reading_it_is_a_row_of_it_with_what_was_asked_and_from_where(
    store: SqlStore,
) -> None:
    asked = AuditQuestion(search=AuditSearch(person="UBO", job="deploy"))
    with coming_from(Origin(client="slack:command", channel="COPS", gesture="g1")):
        await _inquiries(store, None, ALL).listed(ANA, asked, "COPS")

    async with store.reading() as tx:
        [row] = await tx.audit.about("audit")
    assert (row.tag, row.request_id) == ("audit:rows:read", "g1")
    assert row.detail == {
        "client": "slack:command",
        "channel": "COPS",
        "gesture": "g1",
        "rule": "role auditor: all",
        "of_person": "UBO",
        "of_job": "deploy",
    }


async def test_a_table_comes_into_the_dm_with_formulas_as_texts(store: SqlStore) -> None:
    chat = FakeChat()

    rows = await _inquiries(store, chat, ALL).sent(ANA, replace(EVERYTHING, as_file=True), "COPS")

    [upload] = chat.uploads
    read = list(csv.DictReader(io.StringIO(upload.content.decode("utf-8-sig"))))
    assert (upload.place.channel, rows) == ("DUANA", 5)
    assert upload.filename.endswith(".csv")
    assert read[3]["name"] == "'=cmd()"


async def test_a_table_that_slack_does_not_take_is_no_silence(store: SqlStore) -> None:
    chat = FakeChat()
    chat.fail_next("upload", Temporary("slack is away"))

    with pytest.raises(Temporary):
        await _inquiries(store, chat, ALL).sent(ANA, EVERYTHING, "COPS")
