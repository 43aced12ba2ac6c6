"""One release is replaced by another while people go on working, and back again."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.adapters.database import SqlStore
from bot.domain.executions import Status
from simulator import Message, Workspace
from tests.fakes.databases import Kind, empty_database
from tests.journeys.houses import (
    House,
    interrupted_workspace,
    migrated,
    settings_for,
    write_files,
)
from tests.journeys.programs import Program
from tests.migrations.releases import MIGRATE, ON_ANY_LEVEL, previous, python, unpacked


@pytest.fixture
async def workspace() -> AsyncGenerator[Workspace]:
    async with interrupted_workspace() as workspace:
        yield workspace


@pytest.fixture
async def house(workspace: Workspace, tmp_path: Path) -> House:
    """A house whose database the previous release made."""
    write_files(tmp_path)
    house = House(workspace=workspace, settings=settings_for(workspace, tmp_path))
    url = house.settings.jobthread_database_url.get_secret_value()
    await _made_by_the_old_release(url, tmp_path)
    return house


async def _made_by_the_old_release(url: str, folder: Path) -> None:
    tokens = {"SLACK_BOT_TOKEN": "xoxb-local", "SLACK_APP_TOKEN": "xapp-local"}
    release = unpacked(previous(), folder)
    await python(MIGRATE, release, {"JOBTHREAD_DATABASE_URL": url, **tokens})


def _old_release(house: House, folder: Path, *, alone: bool = True, **changed: str) -> Program:
    return Program(
        house.workspace,
        folder,
        words=("-P", "-c", ON_ANY_LEVEL),
        alone=alone,
        PYTHONPATH=str(unpacked(previous(), folder)),
        **changed,
    )


@pytest.fixture
async def old(house: House, tmp_path: Path) -> AsyncGenerator[Program]:
    """The previous release, not begun."""
    program = _old_release(house, tmp_path)
    yield program
    await program.kill()


@pytest.fixture
async def new(house: House, tmp_path: Path) -> AsyncGenerator[Program]:
    """This release, not begun."""
    program = Program(house.workspace, tmp_path)
    yield program
    await program.kill()


async def _statuses(house: House) -> Counter[Status]:
    """Every execution as it stands, after a look at the audit chain."""
    store = SqlStore(house.settings.jobthread_database_url.get_secret_value())
    async with store.reading() as tx:
        assert await tx.audit.first_broken() is None
        found = await tx.executions.listing(limit=1000)
    await store.close()
    return Counter(each.status for each in found)


async def _handed_over(
    house: House, first: Program, between: Callable[[], Awaitable[object]], then: Program
) -> None:
    """One waits for approval and one runs when `first` stops; `then` brings both to their end."""
    space = house.workspace
    before = {m.ts for m in space.messages("#ops")}

    async def new_card(*words: str) -> Message:
        def seen() -> Message | None:
            fresh = (m for m in space.messages("#ops") if m.ts not in before)
            return next((m for m in fresh if all(word in m.seen for word in words)), None)

        return await house.shown(seen, why=f"a new card with {words}")

    await first.begin()
    await space.slash("ana", "/job", "run count", channel="#ops")
    asked = await new_card("Count", "Waiting for approval")
    await space.slash("ana", "/job", "run sleepy", channel="#ops")
    runs = await new_card("Sleepy", "Running")
    await space.slash("ana", "/job", "run hello who=first", channel="#ops")
    await new_card("Say hello", "Done")
    assert await first.stop() == 0
    await between()
    await then.begin()
    await space.click("bo", asked, "approve")
    await space.click("ana", runs, "cancel")
    await space.slash("ana", "/job", "run hello who=then", channel="#ops")
    await new_card("Count", "Done")
    await new_card("Sleepy", "Cancelled")
    await new_card("Say hello", "Done", "then")
    assert await then.stop() == 0


async def test_a_new_release_takes_up_what_the_old_one_left(
    house: House, old: Program, new: Program, tmp_path: Path
) -> None:
    await _handed_over(house, old, lambda: migrated(house.settings), new)

    assert (tmp_path / "counted").read_text().split() == ["ran"]
    assert await _statuses(house) == {Status.SUCCEEDED: 3, Status.CANCELLED: 1}


async def test_the_old_release_takes_up_what_the_new_one_left_and_the_new_one_goes_on(
    house: House, old: Program, new: Program, tmp_path: Path
) -> None:
    await migrated(house.settings)
    await _handed_over(house, new, lambda: asyncio.sleep(0), old)
    await _handed_over(house, old, lambda: asyncio.sleep(0), new)

    assert (tmp_path / "counted").read_text().split() == ["ran"] * 2
    assert await _statuses(house) == {Status.SUCCEEDED: 6, Status.CANCELLED: 2}


class Asking:
    """Ana asks again and again; `taken` are those whose command was acked."""

    def __init__(self, house: House) -> None:
        self.taken: list[str] = []
        self._house = house
        self._number = 0

    async def more(self, count: int) -> None:
        """Ask until so many more were taken."""
        wanted = len(self.taken) + count
        while len(self.taken) < wanted:
            self._number += 1
            who = f"n{self._number}n"
            answer = await self._house.workspace.slash(
                "ana", "/job", f"run hello who={who}", channel="#ops"
            )
            if not answer.error:
                self.taken.append(who)
            await asyncio.sleep(0)

    async def waits(self) -> Message:
        """Ask for what needs approval; returns its card."""
        cards = {m.ts for m in self._house.workspace.messages("#ops")}

        def card() -> Message | None:
            fresh = (m for m in self._house.workspace.messages("#ops") if m.ts not in cards)
            return next((m for m in fresh if "Waiting for approval" in m.seen), None)

        await self._house.workspace.slash("ana", "/job", "run count", channel="#ops")
        return await self._house.shown(card, why="what waits for approval")

    async def all_done(self) -> None:
        """Each of those taken was done and told once, and nothing else was."""

        def done() -> bool:
            seen = [m.seen for m in self._house.workspace.messages("#ops") if "Say hello" in m.seen]
            return len(seen) >= len(self.taken) and all("Done" in each for each in seen)

        # What the old release held as it stopped is taken up when its leases are over.
        await self._house.workspace.until(done, timeout=150, why="all that was asked is done")
        greeted = [
            next((who for who in self.taken if who in m.seen), m.seen)
            for m in self._house.workspace.messages("#ops")
            if "Say hello" in m.seen
        ]
        assert Counter(greeted) == Counter(self.taken)


def _is_told(house: House, card: Message) -> bool:
    """In its thread, or, where more ended than Slack lets be said, in a digest of the channel."""
    slack = house.workspace
    lines = slack.thread("#ops", card.ts)
    folded = any("more finished" in each.seen for each in slack.messages("#ops"))
    return folded or any("counted" in each.seen for each in lines)


@pytest.fixture
async def shared(workspace: Workspace, tmp_path: Path) -> AsyncGenerator[House]:
    """A house on a PostgreSQL database that the previous release made."""
    write_files(tmp_path)
    async with empty_database(Kind.POSTGRES, tmp_path) as url:
        settings = settings_for(workspace, tmp_path)
        changed = {"jobthread_database_url": SecretStr(url)}
        house = House(workspace=workspace, settings=settings.model_copy(update=changed))
        await _made_by_the_old_release(url, tmp_path)
        yield house


@pytest.mark.timeout(300)
async def test_on_postgresql_one_release_replaces_the_other_while_people_go_on(
    shared: House, tmp_path: Path
) -> None:
    url = shared.settings.jobthread_database_url.get_secret_value()
    old = _old_release(shared, tmp_path, alone=False, JOBTHREAD_DATABASE_URL=url)
    new = Program(shared.workspace, tmp_path, alone=False, JOBTHREAD_DATABASE_URL=url)
    asking = Asking(shared)
    try:
        await old.begin()
        await asking.more(3)
        asked = [await asking.waits()]
        await migrated(shared.settings)
        await asking.more(3)
        await new.begin()
        asked.append(await asking.waits())
        await asking.more(10)
        await shared.workspace.click("bo", asked[0], "approve")
        assert await old.stop() == 0
        await shared.workspace.click("bo", asked[1], "approve")
        await asking.more(3)
        await asking.all_done()
        for card in asked:
            await shared.workspace.until(partial(_is_told, shared, card), timeout=60)
        assert await new.stop() == 0
    finally:
        await old.kill()
        await new.kill()

    assert (tmp_path / "counted").read_text().split() == ["ran"] * 2
    assert await _statuses(shared) == {Status.SUCCEEDED: len(asking.taken) + 2}
