"""What a page elsewhere, another key or a copied one is worth: nothing."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import Refused
from bot.domain.executions import Status
from tests.fakes.authenticators import Authenticator
from tests.services.rooms import Room
from tests.services.staff import BO


async def test_a_page_elsewhere_does_nothing_and_leaves_the_link_as_it_is(room: Room) -> None:
    await room.register(BO)
    asked = await room.ask()
    link = await room.link(BO, asked)
    answer = await room.answer(link, room.held["UBO"])

    for origin in ("https://evil.example.com", "", "null"):
        with pytest.raises(Refused, match="another page"):
            await room.finish(link, answer, origin)

    assert await room.rules("execution:1001") == ["passkey: wrong origin"]
    assert "is approved" in await room.finish(link, answer)


async def test_what_was_signed_on_another_page_does_not_count(room: Room) -> None:
    await room.register(BO)
    asked = await room.ask()
    link = await room.link(BO, asked)
    lured = replace(room.held["UBO"], origin="https://evil.example.com")

    with pytest.raises(Refused, match="another page"):
        await room.finish(link, await room.answer(link, lured))

    assert await room.rules("execution:1001") == ["passkey: wrong origin"]


@pytest.mark.parametrize(
    "changed", [{"verifies": False}, {"site": "example.com"}, {"key": Authenticator().key}]
)
async def test_a_touch_alone_another_site_or_another_key_does_not_count(
    room: Room, changed: dict[str, Any]
) -> None:
    await room.register(BO)
    asked = await room.ask()
    link = await room.link(BO, asked)

    with pytest.raises(Refused, match="does not hold"):
        await room.finish(link, await room.answer(link, replace(room.held["UBO"], **changed)))


async def test_a_passkey_that_counts_back_may_be_a_copy(room: Room) -> None:
    await room.register(BO)
    copy = replace(room.held["UBO"])
    await room.approve(BO, await room.ask())
    second = await room.ask(request_id="r2")

    with pytest.raises(Refused, match="a copy of it"):
        await room.approve(BO, second, copy)
    await room.world.deliver()

    assert await room.rules("execution:1002") == ["passkey: sign count"]
    assert await room.world.status(1002) is Status.AWAITING_APPROVAL
    assert any("there may be a copy" in post.text for post in room.world.chat.posts)


async def test_a_passkey_that_never_counts_is_as_good(room: Room) -> None:
    await room.register(BO, Authenticator(steps=0))
    await room.approve(BO, await room.ask())

    assert "is approved" in await room.approve(BO, await room.ask(request_id="r2"))


async def test_a_revoked_passkey_does_not_count(room: Room) -> None:
    await room.register(BO)
    asked = await room.ask()
    link = await room.link(BO, asked)
    answer = await room.answer(link, room.held["UBO"])
    async with room.world.store.transaction() as tx:
        assert await tx.passkeys.revoke(room.held["UBO"].name, room.world.clock.now())
        assert not await tx.passkeys.revoke(room.held["UBO"].name, room.world.clock.now())

    with pytest.raises(Refused, match="revoked"):
        await room.finish(link, answer)
