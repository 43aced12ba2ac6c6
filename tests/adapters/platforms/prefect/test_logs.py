"""Logs from a cursor: no line lost, none given twice, none cut within a character."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import Permanent
from tests.adapters.platforms.prefect.benches import Bench, now, opened
from tests.fakes.prefect import Fault, prefect

LONG_AGO = timedelta(hours=2)


async def ended(bench: Bench, *lines: str, at: Any = None) -> str:
    """A run that ended long ago, with these lines."""
    bench.world.ahead = -LONG_AGO
    key = await bench.begin()
    bench.world.write(bench.world.id_of(key), *lines, at=at)
    bench.world.move(bench.world.id_of(key), "COMPLETED")
    bench.world.ahead = timedelta()
    return key


@pytest.mark.parametrize("limit", [10, 100, 4_096, 1_000_000])
async def test_a_log_read_in_pieces_is_whole(bench: Bench, limit: int) -> None:
    lines = [f"line {number}" for number in range(700)]
    key = await ended(bench, *lines)

    assert await bench.whole_log(key, limit) == "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("count", [3, 199, 200, 201, 450])
async def test_lines_of_one_moment_are_neither_lost_nor_given_twice(
    bench: Bench, count: int
) -> None:
    lines = [f"line {number}" for number in range(count)]
    key = await ended(bench, "before")
    identity = bench.world.id_of(key)
    bench.world.write(identity, *lines, at=now() - LONG_AGO + timedelta(seconds=1))
    bench.world.write(identity, "after", at=now() - LONG_AGO + timedelta(seconds=2))

    log = await bench.whole_log(key, 1_000)

    assert log == "".join(f"{line}\n" for line in ["before", *lines, "after"])


async def test_no_character_is_cut_in_two(bench: Bench) -> None:
    key = await ended(bench, "部署完成" * 400, "ü" * 999)

    assert await bench.whole_log(key, 50) == "部署完成" * 400 + "\n" + "ü" * 999 + "\n"


async def test_a_log_of_fifty_megabytes_is_read_whole_and_bounded(bench: Bench) -> None:
    line = "部署完成。" * 4_369
    lines = [f"{number:05d} {line}" for number in range(800)]
    key = await ended(bench, *lines)
    bench.fake.asked.clear()

    size, cursor, pieces = 0, "", 0
    while True:
        piece = await bench.platform.logs(key, cursor, 1024 * 1024)
        size, cursor, pieces = size + len(piece.text.encode()), piece.cursor, pieces + 1
        if piece.complete:
            break

    assert size == sum(len(each.encode()) + 1 for each in lines) > 50 * 1024 * 1024
    assert len(bench.fake.paths("/logs/filter")) <= 5 * pieces


async def test_lines_too_long_for_one_answer_are_read_one_by_one(bench: Bench) -> None:
    lines = [f"{number} {'部' * 1_000_000}" for number in range(8)]
    key = await ended(bench, *lines)

    assert await bench.whole_log(key, 1024 * 1024) == "".join(f"{line}\n" for line in lines)


async def test_a_log_is_not_complete_while_its_run_goes_on(bench: Bench) -> None:
    key = await bench.begin()
    bench.world.write(bench.world.id_of(key), "begun")

    piece = await bench.platform.logs(key)
    later = await bench.platform.logs(key, piece.cursor)

    assert (piece.text, piece.complete) == ("begun\n", False)
    assert (later.text, later.complete) == ("", False)


async def test_a_line_that_comes_late_is_given_once(bench: Bench) -> None:
    key = await bench.begin()
    identity = bench.world.id_of(key)
    at = now()
    bench.world.write(identity, "second", at=at)
    first = await bench.platform.logs(key)
    bench.world.write(identity, "first", at=at - timedelta(seconds=2))
    bench.world.write(identity, "third", at=at + timedelta(seconds=1))
    second = await bench.platform.logs(key, first.cursor)
    third = await bench.platform.logs(key, second.cursor)

    assert [first.text, second.text, third.text] == ["second\n", "first\nthird\n", ""]


async def test_the_last_lines_may_come_after_the_end(bench: Bench) -> None:
    key = await bench.begin()
    identity = bench.world.id_of(key)
    bench.world.write(identity, "begun")
    bench.world.move(identity, "COMPLETED")
    at_the_end = await bench.platform.logs(key)
    bench.world.write(identity, "done", "Finished in state Completed()")
    last = await bench.platform.logs(key, at_the_end.cursor)

    assert (at_the_end.text, at_the_end.complete) == ("begun\n", False)
    assert (last.text, last.complete) == ("done\nFinished in state Completed()\n", True)


@pytest.mark.parametrize(
    ("end", "seconds", "is_complete"),
    [
        ("COMPLETED", 30, False),
        ("COMPLETED", 61, True),
        ("CANCELLED", 1, False),
        ("CRASHED", 6, True),
    ],
)
async def test_without_last_words_a_log_is_complete_after_a_while(
    bench: Bench, end: str, seconds: int, is_complete: bool
) -> None:
    bench.world.ahead = -timedelta(seconds=seconds)
    key = await bench.begin()
    bench.world.write(bench.world.id_of(key), "begun")
    bench.world.move(bench.world.id_of(key), end)
    bench.world.ahead = timedelta()

    assert (await bench.platform.logs(key)).complete is is_complete


@pytest.mark.parametrize("cursor", [
    "0", "1|", "1||||x", "1|2026-13-01T00:00:00Z||||", "1|2026-11-21T00:00:00||||", "x" * 100_000,
])  # fmt: skip
async def test_a_cursor_that_was_never_given_is_refused(bench: Bench, cursor: str) -> None:
    key = await bench.begin()

    with pytest.raises(Permanent):
        await bench.platform.logs(key, cursor)


async def test_the_end_of_a_log_is_whole_lines(bench: Bench) -> None:
    key = await ended(bench, *(f"line {number} 部署" for number in range(700)))

    end = await bench.platform.end_of_log(key, 100)

    assert len(end.encode()) <= 100
    assert end.splitlines()[-1] == "line 699 部署"
    assert all(line.startswith("line ") for line in end.splitlines())


async def test_a_log_goes_on_where_it_was_when_a_page_failed(bench: Bench) -> None:
    lines = [f"line {number}" for number in range(500)]
    key = await ended(bench, *lines)
    first = await bench.platform.logs(key, "", 1_000)
    bench.fake.faults.append(Fault(path="/logs/filter", drops=True))

    rest = await bench.platform.logs(key, first.cursor, 1_000_000)

    assert first.text + rest.text == "".join(f"{line}\n" for line in lines)


TIMES = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from(["a", "部署" * 9, "two\nlines", ""])), max_size=40
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(TIMES, min_size=1, max_size=5),
    limit=st.sampled_from([7, 40, 300, 65_536]),
)
async def test_however_lines_arrive_each_is_given_once(
    batches: list[list[tuple[int, str]]], limit: int
) -> None:
    async with prefect() as fake:
        fake.world.deploy("endless")
        platform = opened(fake.url)
        bench = Bench(fake=fake, platform=platform)
        key = await bench.begin()
        identity, base = bench.world.id_of(key), now()
        text, cursor, number = "", "", 0
        for batch in batches:
            for second, message in batch:
                number += 1
                at = base + timedelta(seconds=second)
                bench.world.write(identity, f"<{number}:{message}>", at=at)
            for _ in range(200):
                piece = await platform.logs(key, cursor, limit)
                text, cursor = text + piece.text, piece.cursor
                if not piece.text:
                    break
        await platform.close()

    given_once = [f"<{n}:" for n in range(1, number + 1)]
    assert [text.count(each) for each in given_once] == [1] * number
    assert text.count(">\n") == number
