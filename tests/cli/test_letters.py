"""outbox: what Slack refused is listed, tried again or given up, and that is audited."""

import json
from collections.abc import Sequence

from bot.adapters.database import SqlStore
from bot.domain.notices import Lane, Notice, Topic
from tests.cli.desks import Desk
from tests.fakes.values import NOW, OPS


def _url(desk: Desk) -> str:
    return f"sqlite+aiosqlite:///{desk.folder / 'jobthread.db'}"


async def _refused(desk: Desk, *keys: str) -> Sequence[int]:
    """Notices that Slack refused for good; returns their ids."""
    assert (await desk.types("migrate")).code == 0
    store = SqlStore(_url(desk))
    async with store.transaction() as tx:
        for key in keys:
            notice = Notice(
                key=key, topic=Topic.TELL, lane=Lane.RESULT, order=key, place=OPS, facts={}
            )
            await tx.outbox.put(notice, NOW)
        claimed = await tx.outbox.claim(NOW, NOW - NOW, 10)
        for each in claimed:
            await tx.outbox.undeliverable(each.id, NOW, "Slack refused: channel_not_found")
    await store.close()
    return [each.id for each in claimed]


async def test_what_slack_refused_is_listed_with_its_error(desk: Desk) -> None:
    await _refused(desk, "a", "b")

    said = await desk.types("outbox", "list")
    rows = await desk.types("outbox", "list", "--json", "--limit", "1")

    assert said.out.count("channel_not_found") == 2
    assert json.loads(rows.out)["key"] == "b"


async def test_an_empty_outbox_says_so(desk: Desk) -> None:
    await desk.types("migrate")

    said = await desk.types("outbox", "list")

    assert "Nothing is undeliverable." in said.out


async def test_one_is_tried_again_and_one_given_up_and_both_are_audited(desk: Desk) -> None:
    first, second = await _refused(desk, "a", "b")

    again = await desk.types("outbox", "retry", str(first))
    gone = await desk.types("outbox", "drop", str(second), "--reason", "told by phone")
    audited = await desk.types("audit", "export")

    assert "will be tried again" in again.out
    assert "dropped" in gone.out
    assert "job:outbox:retried" in audited.out
    assert "told by phone" in audited.out
    assert "Nothing is undeliverable." in (await desk.types("outbox", "list")).out


async def test_what_is_not_undeliverable_is_left_alone_and_named(desk: Desk) -> None:
    [first] = await _refused(desk, "a")

    said = await desk.types("outbox", "retry", str(first), "999")

    assert said.code == 1
    assert "Left as they are: 999." in said.err


async def test_nothing_is_retried_by_accident(desk: Desk) -> None:
    said = await desk.types("outbox", "retry")

    assert said.code == 1
    assert "--all" in said.err
