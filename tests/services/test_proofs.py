"""Signing, shipping, pruning and proving the audit chain."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.domain.errors import Permanent, Temporary
from bot.services.audits import Audits
from bot.services.shipments import ROWS_AT_ONCE, Shipments
from bot.services.verifications import Verification
from tests.fakes.chains import OTHER_KEY, signer
from tests.fakes.databases import fresh_database
from tests.services.chains import Chain, chain_in


@pytest.fixture
async def chain(tmp_path: Path) -> AsyncGenerator[Chain]:
    async with chain_in(tmp_path) as chain:
        yield chain


async def test_what_was_written_since_the_last_time_is_signed(chain: Chain) -> None:
    await chain.write(3)
    first = await chain.audits.sign()
    await chain.write(2, first=4)
    second = await chain.audits.sign()

    assert first is not None
    assert second is not None
    assert (first.upto.seq, second.upto.seq, second.upto.count) == (3, 5, 5)
    assert second.before == first.digest()
    assert chain.witness.kept == [first, second]


async def test_nothing_new_is_not_signed_again(chain: Chain) -> None:
    assert await chain.audits.sign() is None
    await chain.write(3)
    await chain.audits.sign()

    assert await chain.audits.sign() is None


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET actor_name = 'Eve' WHERE seq = 5",
        "UPDATE audit SET hash = 'x' WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 4",
    ],
)
async def test_a_broken_chain_is_never_signed_and_operators_are_told(
    chain: Chain, tampering: str
) -> None:
    await chain.write(3)
    await chain.audits.sign()
    await chain.write(3, first=4)
    await chain.tamper(tampering)

    with pytest.raises(Permanent, match="broken at row"):
        await chain.audits.sign()

    async with chain.store.transaction() as tx:
        (told,) = await tx.outbox.claim(chain.clock.now(), chain.clock.now() - chain.clock.now(), 9)
    assert "audit verify" in str(told.notice.facts["sentence"])


async def test_rows_taken_from_the_end_are_missed_while_the_bot_runs(chain: Chain) -> None:
    await chain.write(5)
    await chain.audits.sign()
    await chain.tamper("DELETE FROM audit WHERE seq > 3")

    with pytest.raises(Permanent, match="broken at row 5"):
        await chain.audits.prove_latest()


async def test_of_two_processes_one_signs(chain: Chain, tmp_path: Path) -> None:
    await chain.write(3)
    other = Audits(store=chain.store, clock=chain.clock, signer=signer(OTHER_KEY))

    assert await chain.audits.sign() is not None
    assert await other.sign() is None


@pytest.mark.parametrize(
    ("tampering", "row"),
    [
        ("UPDATE audit SET actor_name = 'Eve' WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 2", 3),
        ("DELETE FROM audit WHERE seq > 3", 4),
        ("DELETE FROM audit", 1),
        ("DELETE FROM checkpoints WHERE number = 1", 5),
        ("UPDATE checkpoints SET seq = 4 WHERE number = 2", 4),
        ("UPDATE checkpoints SET anchor_seq = 3 WHERE number = 2", 5),
    ],
)
async def test_whoever_verifies_learns_the_first_row(
    chain: Chain, tampering: str, row: int
) -> None:
    await chain.write(3)
    await chain.audits.sign()
    await chain.write(2, first=4)
    await chain.audits.sign()
    assert await chain.broken() is None

    await chain.tamper(tampering)

    assert await chain.broken() == row


async def test_rows_and_their_checkpoints_taken_away_together_show_outside(chain: Chain) -> None:
    await chain.write(3)
    await chain.audits.sign()
    await chain.write(2, first=4)
    await chain.audits.sign()

    await chain.tamper(
        "DELETE FROM audit WHERE seq > 3", "DELETE FROM checkpoints WHERE number = 2"
    )

    assert await chain.broken() is None
    assert await chain.broken(witnessed=True) == 5


async def test_a_chain_made_anew_and_signed_with_another_key_is_not_believed(
    chain: Chain, tmp_path: Path
) -> None:
    await chain.write(3)
    forger = Audits(store=chain.store, clock=chain.clock, signer=signer(OTHER_KEY))
    await forger.sign()

    proof = await chain.proof()

    assert proof.broken is not None
    assert "not a known one" in proof.broken.why


async def test_the_archive_has_every_row_once_under_the_name_of_its_range(chain: Chain) -> None:
    await chain.write(3)
    await chain.audits.sign()
    await chain.shipments.ship()
    await chain.write(2, first=4)
    await chain.shipments.ship()

    assert [each.seq for each in chain.rows()] == [1, 2, 3, 4, 5]
    folders = sorted(name[: name.rindex("-")] for name in chain.archive.pieces)
    assert folders == [
        "checkpoints/000000000001-000000000001",
        "rows/000000000001-000000000003",
        "rows/000000000004-000000000005",
    ]
    assert await chain.shipments.ship() == 0


async def test_much_is_shipped_in_pieces(chain: Chain) -> None:
    await chain.write(2 * ROWS_AT_ONCE + 1)

    assert await chain.shipments.ship() == 3
    assert [len(piece.splitlines()) for piece in chain.archive.pieces.values()] == [1000, 1000, 1]


@pytest.mark.parametrize("late", [False, True])
async def test_a_shipment_that_was_cut_off_is_made_again_alike(chain: Chain, late: bool) -> None:
    await chain.write(3)
    chain.archive.fails, chain.archive.late = 1, late
    with pytest.raises(Temporary):
        await chain.shipments.ship()
    await chain.write(2, first=4)

    await chain.shipments.ship()

    assert chain.archive.puts[0] == chain.archive.puts[1]
    assert [each.seq for each in chain.rows()] == [1, 2, 3, 4, 5]


async def test_two_processes_ship_the_same_under_the_same_name(chain: Chain) -> None:
    await chain.write(3)
    chain.archive.fails = 1
    with pytest.raises(Temporary):
        await chain.shipments.ship()
    other = Shipments(store=chain.store, clock=chain.clock, archive=chain.archive)

    await other.ship()
    await chain.shipments.ship()

    assert len(chain.archive.pieces) == 1


async def test_a_database_that_went_back_in_time_overwrites_nothing(
    chain: Chain, tmp_path: Path
) -> None:
    await chain.write(3)
    await chain.shipments.ship()
    await fresh_database(tmp_path)
    async with chain_in(tmp_path) as again:
        await again.write(3, first=7)
        await Shipments(store=again.store, clock=again.clock, archive=chain.archive).ship()

    assert len(chain.archive.pieces) == 2


async def test_only_what_is_signed_and_archived_is_pruned(chain: Chain) -> None:
    await chain.write(3)
    assert await chain.prune() == 0
    await chain.audits.sign()
    assert await chain.prune() == 0
    await chain.shipments.ship()
    await chain.write(2, first=4)

    assert await chain.prune() == 3
    assert await chain.prune() == 0


async def test_the_chain_stays_provable_after_a_pruning_which_is_a_row_of_it(
    chain: Chain,
) -> None:
    await chain.write(3)
    await chain.audits.sign()
    await chain.shipments.ship()
    await chain.write(2, first=4)
    await chain.prune()
    await chain.audits.prove_latest()
    await chain.audits.sign()

    proof = await chain.proof(witnessed=True)
    async with chain.store.reading() as tx:
        pruned = (await tx.audit.about("audit"))[-1]

    assert (proof.broken, proof.rows, proof.start.seq, proof.last.seq) == (None, 3, 3, 6)
    assert (pruned.tag, pruned.detail["upto"], pruned.detail["rows"]) == (
        "audit:rows:pruned",
        3,
        3,
    )


async def test_archive_and_what_is_left_are_proven_together(chain: Chain) -> None:
    await chain.write(3)
    await chain.audits.sign()
    await chain.shipments.ship()
    await chain.prune()
    await chain.write(2, first=5)
    await chain.audits.sign()
    await chain.shipments.ship()

    proof = await chain.proof(archived=True)

    assert (proof.broken, proof.exported, proof.exported_upto) == (None, 6, 6)


async def test_archives_that_do_not_reach_the_beginning_of_the_rest_prove_nothing(
    chain: Chain,
) -> None:
    await chain.write(3)
    await chain.audits.sign()
    await chain.shipments.ship()
    await chain.prune()
    name = next(name for name in chain.archive.pieces if name.startswith("rows/"))
    kept = chain.archive.pieces[name]
    chain.archive.pieces[name] = b"".join(kept.splitlines(keepends=True)[:2])

    assert await chain.broken(archived=True) == 3


async def test_rows_that_were_archived_and_are_gone_from_the_end_show(chain: Chain) -> None:
    await chain.write(5)
    await chain.shipments.ship()
    await chain.tamper("DELETE FROM audit WHERE seq > 3")

    assert await chain.broken() is None
    assert await chain.broken(archived=True) == 5


async def test_a_pruning_that_was_interrupted_is_ended_by_the_next(chain: Chain) -> None:
    await chain.write(3)
    await chain.audits.sign()
    await chain.shipments.ship()
    await chain.prune()
    # What is left below the beginning, as after a stop in between.
    await chain.tamper(
        "INSERT INTO audit SELECT 2, at, tag, actor, actor_name, on_behalf_of, subject, "
        "request_id, detail, 'x', 'x' FROM audit LIMIT 1"
    )
    assert await chain.broken() is None

    assert await chain.prune() == 1


async def test_rows_that_do_not_hold_are_not_pruned(chain: Chain) -> None:
    await chain.write(3)
    await chain.audits.sign()
    await chain.shipments.ship()
    await chain.tamper("UPDATE audit SET actor_name = 'Eve' WHERE seq = 2")

    with pytest.raises(Permanent, match="broken at row 2"):
        await chain.prune()


async def test_nobody_who_holds_no_key_can_tell(chain: Chain) -> None:
    await chain.write(1)
    await chain.audits.sign()
    verification = Verification(store=chain.store, judge=signer(OTHER_KEY).judge)

    broken = (await verification.prove()).broken

    assert broken is not None
    assert signer().key in broken.why
