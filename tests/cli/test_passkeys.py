"""passkeys: operators list them, and take one away."""

from bot.adapters.database import SqlStore
from bot.domain.passkeys import Passkey
from tests.cli.desks import Desk
from tests.fakes.values import NOW, person


async def _registered(desk: Desk, *ids: str) -> None:
    assert (await desk.types("migrate")).code == 0
    store = SqlStore(f"sqlite+aiosqlite:///{desk.folder / 'jobthread.db'}")
    async with store.transaction() as tx:
        for each in ids:
            made = Passkey(
                id=each, person=person("UBO"), name="Bo's phone", public_key=b"k", created_at=NOW
            )
            assert await tx.passkeys.add(made)
    await store.close()


async def test_one_is_revoked_by_the_beginning_of_its_id_and_that_is_audited(desk: Desk) -> None:
    await _registered(desk, "aaaaaaaaaaaa", "bbbbbbbbbbbb")

    done = await desk.types("passkeys", "revoke", "aaaaaaaa", "--reason", "phone lost")
    left = await desk.types("passkeys", "list")
    every = await desk.types("passkeys", "list", "--all", "--person", "UBO")
    audited = await desk.types("audit", "export")

    assert "counts no more" in done.out
    assert "aaaaaaaa" not in left.out
    assert "bbbbbbbb" in left.out
    assert "revoked" in every.out
    assert "job:passkey:revoked" in audited.out
    assert "phone lost" in audited.out


async def test_what_names_none_or_several_revokes_nothing(desk: Desk) -> None:
    await _registered(desk, "aaaaaaaaaaaa", "aaaaaaaaaabb")

    for name in ("aaaaaaaa", "zzzzzzzzz", "a"):
        said = await desk.types("passkeys", "revoke", name, "--reason", "x")
        assert said.code == 1
        assert "jobthread passkeys list" in said.err

    assert "revoked" not in (await desk.types("passkeys", "list", "--all")).out


async def test_where_there_are_none_it_is_said(desk: Desk) -> None:
    await desk.types("migrate")

    assert "There are none." in (await desk.types("passkeys", "list")).out
