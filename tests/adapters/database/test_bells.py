"""Who waits for work is woken by the commit that made it, in whatever process it was."""

import asyncio

from bot.adapters.database import SqlStore
from bot.domain.notices import Lane, Notice, Topic
from bot.ports import Work
from tests.fakes.databases import fresh_postgres
from tests.fakes.values import NOW

FOR_EVER = 3_600.0


async def test_a_commit_wakes_those_who_wait_in_other_processes() -> None:
    async with fresh_postgres() as url, asyncio.timeout(30):
        here, there = SqlStore(url), SqlStore(url)
        # The first ring says that it listens from now on.
        await there.woken(Work.DELIVERY, FOR_EVER)
        waiting = asyncio.create_task(there.woken(Work.DELIVERY, FOR_EVER))

        async with here.transaction() as tx:
            await tx.outbox.put(Notice(key="k", topic=Topic.TELL, lane=Lane.RESULT, order="k"), NOW)

        await waiting
        await here.close()
        await there.close()
