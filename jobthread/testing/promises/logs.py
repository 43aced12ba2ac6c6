"""Logs: whole however they are read, in bounded pieces, and no character cut in two."""

import asyncio

import pytest

from jobthread.platforms import Capability, Permanent
from jobthread.testing import Doing, Runner, flood_line
from jobthread.testing.runners import in_order, lines_with

pytestmark = pytest.mark.asyncio

_MIB = 1024 * 1024


async def test_a_log_read_in_pieces_is_whole(platform_runner: Runner) -> None:
    await platform_runner.run(Doing.COUNTING)

    log = await platform_runner.log(limit=400)

    assert in_order((f"line {number}" for number in range(500)), log)
    assert log == await platform_runner.log()
    assert sum(len(lines_with(f"line {number}", log)) for number in (7, 499)) == 2


async def test_pieces_are_no_longer_than_wanted_and_end_with_a_line(
    platform_runner: Runner,
) -> None:
    platform_runner.needs(Capability.LOG_PAGES)
    await platform_runner.run(Doing.COUNTING)

    pieces = [piece async for piece in platform_runner.pieces(limit=400)]

    assert len(pieces) > 5
    assert max(len(piece.encode()) for piece in pieces) <= 400
    assert all(piece.endswith("\n") for piece in pieces[:-1] if piece)


async def test_the_same_cursor_gives_the_same_again(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.LOG_PAGES)
    await platform_runner.run(Doing.COUNTING)
    # Last lines may still be on their way at the end of a run: what is complete has all of them.
    await platform_runner.log()
    first = await platform_runner.platform.logs(platform_runner.key(), limit=400)

    once = await platform_runner.platform.logs(platform_runner.key(), first.cursor, 400)
    again = await platform_runner.platform.logs(platform_runner.key(), first.cursor, 400)

    assert once == again
    assert once.text != first.text


async def test_no_character_is_cut_in_two(platform_runner: Runner) -> None:
    await platform_runner.run(Doing.CHINESE)

    for limit in (50, 51, 52):
        log = await platform_runner.log(limit=limit)

        assert log.count("部署完成") == 400
        assert "\N{REPLACEMENT CHARACTER}" not in log


async def test_a_log_is_not_complete_while_its_run_goes_on(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.LOG_PAGES)
    await platform_runner.start(Doing.ENDLESS)
    await platform_runner.written("begun")

    piece = await platform_runner.platform.logs(platform_runner.key())

    assert len(lines_with("begun", piece.text)) == 1
    assert not piece.complete


async def test_a_log_that_was_read_while_it_grew_is_whole(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.LOG_PAGES)
    await platform_runner.start(Doing.COUNTING)

    log = await platform_runner.log(limit=1_000)

    await platform_runner.ended()
    assert in_order((f"line {number}" for number in range(500)), log)
    assert log == await platform_runner.log()


async def test_the_end_of_a_log_is_whole_lines(platform_runner: Runner) -> None:
    await platform_runner.run(Doing.COUNTING)

    # Last lines may still be on their way at the end of a run: what is complete has all of them.
    log = await platform_runner.log()
    end = await platform_runner.within(
        platform_runner.platform.end_of_log(platform_runner.key(), 400)
    )

    assert 0 < len(end.encode()) <= 400
    assert log.splitlines()[-len(end.splitlines()) :] == end.splitlines()


async def test_a_cursor_that_was_never_given_is_refused(platform_runner: Runner) -> None:
    await platform_runner.run(Doing.HELLO)

    for cursor in ("nonsense", "-1", "9" * 400, "版本", "{}", "\x00"):
        with pytest.raises(Permanent):
            await platform_runner.within(
                platform_runner.platform.logs(platform_runner.key(), cursor)
            )


async def test_a_flood_is_read_whole_in_bounded_pieces(platform_runner: Runner) -> None:
    lines = platform_runner.bench.flood
    await platform_runner.run(Doing.FLOOD)

    found = longest = 0
    async for piece in platform_runner.pieces(limit=_MIB):
        longest = max(longest, len(piece.encode()))
        found += piece.count("部署完成" * 8)
        assert "\N{REPLACEMENT CHARACTER}" not in piece
        await asyncio.sleep(0)
    end = await platform_runner.platform.end_of_log(platform_runner.key(), 1_000)

    assert found == lines
    assert longest <= _MIB
    assert lines_with(flood_line(lines - 1), end)
