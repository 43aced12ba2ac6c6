"""Runs that are stopped, take too long, wait for each other, or are told to others."""

from dataclasses import replace
from pathlib import Path

from bot.adapters.database import SqlStore
from tests.journeys.houses import House

QUICK = """
jobs:
  - name: brief
    title: Brief
    run: [python3, "{catalog}/sleepy.py"]
    timeout: 1s
  - name: lonely
    title: Lonely
    run: [python3, "{catalog}/sleepy.py"]
    concurrency: {key: lonely, on_conflict: refuse}
  - name: orderly
    title: Orderly
    run: [python3, "{catalog}/sleepy.py"]
    concurrency: {key: orderly, on_conflict: queue}
  - name: stubborn
    title: Stubborn
    run: [python3, "{catalog}/broken.py"]
    retries: {count: 1, delay: 1s}
  - name: loud
    title: Loud
    run: [python3, "{catalog}/hello.py", loud]
    notify: [UBO, COPERATORS]
"""


async def _catalogued(house: House, name: str) -> None:
    """More jobs, taken over while the bot runs."""
    folder = Path(house.settings.jobthread_catalog)
    (folder / "more.yaml").write_text(QUICK)
    services = house.services
    assert services is not None
    await house.workspace.until(
        lambda: any(job.name == name for job in services.desk.jobs()),
        timeout=20,
        why="the new jobs are in force",
    )


async def test_cancel_ends_the_run_and_everything_it_started(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run sleepy", channel="#ops")
    card = await house.message("#ops", "Running", "asleep")

    await house.workspace.click("ana", card, "cancel")

    ended = await house.message("#ops", "Cancelled")
    assert "Ana" in ended.seen
    assert "cancel" not in [name for name, *_ in ended.buttons]


async def test_a_run_that_takes_too_long_is_stopped_and_says_so(house: House) -> None:
    await _catalogued(house, "brief")

    await house.workspace.slash("ana", "/job", "run brief", channel="#ops")

    card = await house.message("#ops", "Timed out", timeout=30)
    assert "Stopped at its limit of 1 s" in card.seen


async def test_a_second_run_is_refused_while_the_first_one_holds_the_key(house: House) -> None:
    await _catalogued(house, "lonely")
    await house.workspace.slash("ana", "/job", "run lonely", channel="#ops")
    await house.message("#ops", "Lonely", "Running")

    await house.workspace.slash("ana", "/job", "run lonely", channel="#ops")

    await house.whisper("ana", "#1001", "only one may run at a time")


async def test_a_second_run_waits_for_the_first_and_names_it(house: House) -> None:
    await _catalogued(house, "orderly")
    await house.workspace.slash("ana", "/job", "run orderly", channel="#ops")
    first = await house.message("#ops", "Orderly", "Running")
    await house.workspace.slash("ana", "/job", "run orderly", channel="#ops")
    await house.message("#ops", "#1002", "#1001")

    await house.workspace.click("ana", first, "cancel")

    await house.message("#ops", "#1002", "Running", timeout=30)


async def test_a_failed_run_is_tried_again_as_often_as_the_job_says(house: House) -> None:
    await _catalogued(house, "stubborn")

    await house.workspace.slash("ana", "/job", "run stubborn", channel="#ops")

    card = await house.message("#ops", "Stubborn", "Failed", timeout=30)
    await house.line(card, "Try 2 of 2")


async def test_those_to_be_notified_are_told_the_end(house: House) -> None:
    await _catalogued(house, "loud")

    await house.workspace.slash("ana", "/job", "run loud", channel="#ops")

    await house.dm("bo", "Loud", "Done")
    await house.message("#operators", "Loud", "Done")


async def test_a_bad_edit_keeps_the_last_good_catalogue_and_tells_the_operators(
    house: House,
) -> None:
    jobs = Path(house.settings.jobthread_catalog) / "jobs.yaml"
    jobs.write_text(jobs.read_text() + "  - name: hello\n    rum: [true]\n")

    told = await house.message("#operators", "The catalogue was not taken over", timeout=30)
    assert "jobs.yaml:" in told.seen
    assert "did you mean" in told.seen.casefold()
    await house.workspace.slash("ana", "/job", "run hello who=still", channel="#ops")
    await house.message("#ops", "Done")


async def test_nobody_deciding_in_time_is_told(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run deploy app=api env=prod", channel="#ops")
    card = await house.message("#ops", "Waiting for approval")

    await _time_is_up(house, 1001)

    expired = await house.message("#ops", "Expired", timeout=30)
    assert expired.ts == card.ts
    assert "approve" not in [name for name, *_ in expired.buttons]


async def _time_is_up(house: House, execution: int) -> None:
    """As if the time in which somebody could decide had passed."""
    store = SqlStore(house.settings.jobthread_database_url.get_secret_value())
    async with store.transaction() as tx:
        found = await tx.executions.get(execution)
        assert found is not None
        await tx.executions.save(
            replace(found, due_at=found.created_at, expires_at=found.created_at)
        )
    await store.close()
