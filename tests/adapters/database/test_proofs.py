"""Checkpoints, cursors and guards of the audit chain, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bot.adapters.database import SqlStore
from bot.adapters.database.schema import level
from bot.cli.grants import grants_for
from bot.domain.audit import AuditSearch
from bot.domain.chains import Checkpoint, next_checkpoint
from bot.domain.errors import Permanent
from bot.ports import Cursor
from tests.fakes.chains import chain, entry, signed, signer
from tests.fakes.databases import Kind
from tests.fakes.values import NOW, execution


async def _written(store: SqlStore, count: int = 5) -> None:
    async with store.transaction() as tx:
        for number in range(1, count + 1):
            await tx.audit.write(entry(number))


async def _signed(store: SqlStore, *seqs: int, prune: bool = False) -> list[Checkpoint]:
    """Checkpoints after these rows; with `prune` one more that lets go of the first's rows."""
    async with store.transaction() as tx:
        made = signed(await tx.proofs.links(0, 100), *seqs)
        if prune:
            by = signer()
            last = next_checkpoint(made[-1], made[-1].upto, NOW, by.key, anchor=made[0].upto)
            made.append(by.signed(last))
        assert [await tx.proofs.add(each) for each in made] == [True] * len(made)
    return made


async def test_rows_come_as_the_links_that_were_written(store: SqlStore) -> None:
    await _written(store)

    async with store.reading() as tx:
        links = await tx.proofs.links(0, 10)
        some = await tx.proofs.links(1, 2, upto=4)

    assert links == chain(5)
    assert [each.seq for each in some] == [2, 3]


async def test_checkpoints_are_kept_as_they_were_signed(store: SqlStore) -> None:
    await _written(store)
    made = await _signed(store, 2, 4, prune=True)

    async with store.reading() as tx:
        assert await tx.proofs.checkpoints() == made
        assert await tx.proofs.checkpoints(1, 1) == made[1:2]
        assert await tx.proofs.newest() == made[-1]
        assert await tx.proofs.checkpoint_upto(3, NOW + timedelta(1)) == made[0]
        assert await tx.proofs.checkpoint_upto(3, NOW) is None


async def test_of_two_that_sign_together_one_is_first(store: SqlStore) -> None:
    await _written(store)
    [made] = await _signed(store, 2)

    async with store.transaction() as tx:
        assert not await tx.proofs.add(made)


async def test_a_cursor_moves_only_from_where_it_is(store: SqlStore) -> None:
    begun, done = Cursor(done=0, until=7), Cursor(done=7, until=7)
    async with store.transaction() as tx:
        assert await tx.proofs.cursor("rows") == Cursor()
        assert await tx.proofs.move_cursor("rows", Cursor(), begun, NOW)
        assert not await tx.proofs.move_cursor("rows", Cursor(), begun, NOW)
        assert await tx.proofs.move_cursor("rows", begun, done, NOW)
        assert await tx.proofs.cursor("rows") == done


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET actor_name = 'Eve' WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 3",
        "DELETE FROM audit",
        "UPDATE checkpoints SET signature = ''",
        "DELETE FROM checkpoints",
    ],
)
async def test_no_row_is_changed_or_taken_away_while_the_guards_stand(
    store: SqlStore, tampering: str
) -> None:
    await _written(store)
    await _signed(store, 2, 4, prune=True)

    with pytest.raises(DBAPIError, match="never"):
        async with store.engine.begin() as connection:
            await connection.execute(text(tampering))


@pytest.mark.parametrize("kind", [Kind.POSTGRES], indirect=True)
async def test_the_tables_are_never_emptied(store: SqlStore) -> None:
    with pytest.raises(DBAPIError, match="never"):
        async with store.engine.begin() as connection:
            await connection.execute(text("TRUNCATE audit"))


async def test_only_rows_below_a_signed_beginning_can_be_pruned(store: SqlStore) -> None:
    await _written(store)
    async with store.transaction() as tx:
        assert await tx.proofs.prune(10) == 0
    await _signed(store, 3, 5, prune=True)

    async with store.transaction() as tx:
        assert [await tx.proofs.prune(2), await tx.proofs.prune(2)] == [2, 1]
        assert [each.seq for each in await tx.proofs.links(0, 10)] == [4, 5]
        assert await tx.audit.first_broken() is None
        assert await tx.audit.first_broken(2) is None
        assert await tx.audit.first_broken(1_000) is None


async def test_rows_are_found_by_person_job_subject_and_time(store: SqlStore) -> None:
    async with store.transaction() as tx:
        added = await tx.executions.add(execution(1, job="deploy"))
        await tx.audit.write(entry(1, subject=f"execution:{added.id}"))
        await tx.audit.write(entry(2, subject="job:deploy", actor="person:T2/UB_O"))
        await tx.audit.write(entry(3, subject="job:backup", on_behalf_of="UANA", actor="agent:/x"))
        await tx.audit.write(entry(4, subject="help", actor="person:T0LOCAL/UBXO"))

    async def seqs(**wanted: object) -> list[int]:
        search = AuditSearch(**wanted)  # pyright: ignore[reportArgumentType]  a table of cases
        async with store.reading() as tx:
            return [each.seq for each in await tx.proofs.found(search, 10)]

    assert await seqs(job="deploy") == [1, 2]
    assert await seqs(person="UANA") == [1, 3]
    assert await seqs(person="UB_O") == [2]
    assert await seqs(subject="help") == [4]
    assert await seqs(since=entry(2).at, until=entry(4).at) == [2, 3]
    assert await seqs() == [1, 2, 3, 4]


async def test_the_newest_come_first_where_that_is_asked_for(store: SqlStore) -> None:
    await _written(store)

    async with store.reading() as tx:
        found = await tx.proofs.found(AuditSearch(), 2, newest_first=True)

    assert [each.seq for each in found] == [5, 4]


async def test_what_lies_below_the_beginning_is_not_found(store: SqlStore) -> None:
    await _written(store)
    await _signed(store, 3, 5, prune=True)

    async with store.reading() as tx:
        assert [each.seq for each in await tx.proofs.found(AuditSearch(), 10)] == [4, 5]


@pytest.fixture
async def bot_role(store: SqlStore, url: str) -> SqlStore:
    """The store as a role of the bot's own sees it, granted what the command line prints."""
    name = f"bot_{make_url(url).database}"
    async with store.engine.begin() as connection:
        await connection.execute(text(f"CREATE ROLE {name} LOGIN"))
        for statement in filter(str.strip, grants_for(name).split(";")):
            await connection.execute(text(statement))
    granted = make_url(url).set(username=name)
    return SqlStore(granted.render_as_string(hide_password=False))


@pytest.mark.parametrize("kind", [Kind.POSTGRES], indirect=True)
@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET actor_name = 'Eve'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "UPDATE checkpoints SET signature = ''",
        "DELETE FROM checkpoints",
        "ALTER TABLE audit DISABLE TRIGGER USER",
        "DROP TRIGGER audit_guard ON audit",
        "UPDATE alembic_version SET version_num = '0001'",
    ],
)
async def test_the_role_of_the_bot_may_not_touch_what_was_written(
    bot_role: SqlStore, tampering: str
) -> None:
    await _written(bot_role)

    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        async with bot_role.engine.begin() as connection:
            await connection.execute(text(tampering))
    await bot_role.close()


@pytest.mark.parametrize("kind", [Kind.POSTGRES], indirect=True)
async def test_the_role_of_the_bot_can_do_all_its_work(bot_role: SqlStore) -> None:
    await _written(bot_role)
    await _signed(bot_role, 3, 5, prune=True)

    async with bot_role.transaction() as tx:
        added = await tx.executions.add(execution(1))
        await tx.executions.save(added)
        assert await tx.proofs.move_cursor("rows", Cursor(), Cursor(done=1, until=1), NOW)
    assert (await level(bot_role)).is_current
    with pytest.raises(Permanent, match="may not be taken away by this role"):
        async with bot_role.transaction() as tx:
            await tx.proofs.prune(10)
    await bot_role.close()
