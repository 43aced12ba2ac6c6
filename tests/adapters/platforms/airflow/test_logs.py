"""Output of runs: task after task and try after try, read once, whole, and without secrets."""

import json
from datetime import timedelta

import pytest

from bot.adapters.platforms.airflow.api import Api
from bot.adapters.platforms.airflow.logs import MOST_SPOOLS, Logs
from bot.adapters.platforms.airflow.segments import Segments
from bot.adapters.platforms.airflow.wire import DagRun
from bot.domain.errors import Permanent
from bot.domain.parameters import VEIL
from tests.adapters.platforms.airflow.benches import Bench, now, opened, order
from tests.adapters.platforms.airflow.scripts import writes
from tests.fakes.airflow import Fault
from tests.fakes.airflow_shapes import run_said

LINE = "部署完成。" * 4_369
"""64 KiB in characters of three bytes."""


async def test_tasks_are_read_in_the_order_in_which_they_began(bench: Bench) -> None:
    bench.world.add("two", "zebra", "apple")
    key = await bench.begin("two")
    for name in ("zebra", "apple"):
        task = bench.world.begin(bench.run(key), name)
        bench.world.say(task, f"by {name}")
        bench.world.finish(task)
    bench.world.settle(bench.run(key))

    assert await bench.whole_log(key) == "by zebra\n── apple ──\nby apple\n"
    assert await bench.platform.end_of_log(key) == "by zebra\n── apple ──\nby apple\n"
    assert await bench.platform.end_of_log(key, 14) == "by apple\n"


async def test_every_try_of_a_task_is_read(bench: Bench) -> None:
    key = await bench.begin("endless")
    task = bench.task(key)
    task.max_tries = 1
    bench.world.finish(task, "up_for_retry")
    bench.world.say(bench.world.begin(bench.run(key), "work"), "once more")
    bench.world.finish(task)
    bench.world.settle(bench.run(key))

    assert await bench.whole_log(key) == "begun\n── work (2) ──\nonce more\n"


async def test_what_airflow_says_of_itself_is_left_out_unless_it_is_a_warning(
    bench: Bench,
) -> None:
    key = await bench.begin("endless")
    task = bench.task(key)
    bench.world.say(task, "::group::Pre Execute", logger="task")
    bench.world.say(task, "nothing to see")
    bench.world.say(task, "the disk is almost full", level="warning")
    bench.world.say(task, "::endgroup::", "on with it")

    assert await bench.whole_log(key) == "begun\nthe disk is almost full\non with it\n"


async def test_of_a_log_that_grows_only_what_is_new_is_asked_for(bench: Bench) -> None:
    key = await bench.begin("endless")
    pieces = [await bench.platform.logs(key)]
    for number in range(4):
        bench.world.say(bench.task(key), f"line {number}")
        pieces.append(await bench.platform.logs(key, pieces[-1].cursor))

    texts = [each.text for each in pieces]
    assert texts == ["begun\n", "line 0\n", "line 1\n", "line 2\n", "line 3\n"]
    assert not pieces[-1].complete


async def test_a_line_that_is_half_written_is_read_once_it_is_whole(bench: Bench) -> None:
    key = await bench.begin("endless")
    wrote = bench.task(key).tries[-1].wrote
    first = await bench.platform.logs(key)
    half = {"timestamp": None, "event": '{"timestamp":"2026-11-21T16:36:22Z","event":"the wh'}
    wrote.append(half)
    torn = await bench.platform.logs(key, first.cursor)
    wrote.remove(half)
    bench.world.say(bench.task(key), "the whole line")

    whole = await bench.platform.logs(key, torn.cursor)

    assert (first.text, torn.text, whole.text) == ("begun\n", "", "the whole line\n")


async def test_plain_lines_without_a_time_are_read_too(bench: Bench) -> None:
    key = await bench.begin("endless")
    wrote = bench.task(key).tries[-1].wrote
    wrote.append({"timestamp": None, "event": "a plain line"})
    wrote.append({"timestamp": None, "event": "the last one"})
    early = await bench.platform.logs(key)
    bench.world.finish(bench.task(key))
    bench.world.settle(bench.run(key))

    assert early.text == "begun\na plain line\n"
    assert await bench.whole_log(key) == "begun\na plain line\nthe last one\n"


async def test_a_token_that_is_not_known_any_more_loses_nothing(bench: Bench) -> None:
    key = await bench.begin("endless")
    await bench.platform.logs(key)
    piece = await bench.platform.logs(key)
    bench.world.say(bench.task(key), "after the restart")
    bench.fake.faults.append(Fault(path="/logs/", status=400))

    again = await bench.platform.logs(key, piece.cursor)

    assert again.text == "after the restart\n"


async def test_a_cursor_goes_on_in_another_process(bench: Bench) -> None:
    key = await bench.begin("counting")
    first = await bench.platform.logs(key, "", 100)
    other = opened(bench.fake.url)

    second = await other.logs(key, first.cursor, 100)

    await other.close()
    assert second == await bench.platform.logs(key, first.cursor, 100)


async def test_a_cursor_of_another_run_is_refused(bench: Bench) -> None:
    one, two = await bench.begin("counting"), await bench.begin("counting")
    piece = await bench.platform.logs(one, "", 100)

    with pytest.raises(Permanent):
        await bench.platform.logs(two, piece.cursor, 100)


async def test_a_log_of_a_run_that_never_was_is_refused(bench: Bench) -> None:
    with pytest.raises(Permanent, match="no such run"):
        await bench.platform.logs("never")


async def test_fifty_megabytes_in_long_lines_are_read_whole_and_once(bench: Bench) -> None:
    bench.world.add("long", script=writes(*(f"{number:05} {LINE}" for number in range(800))))
    key = await bench.begin("long")

    log = await bench.whole_log(key, 1024 * 1024)

    assert len(log.encode()) > 50 * 1024 * 1024
    assert log.count(LINE) == 800
    assert "\N{REPLACEMENT CHARACTER}" not in log
    assert len(bench.fake.paths("GET", "/logs/")) == 1
    assert (await bench.platform.end_of_log(key, 1_000)).strip()


async def test_of_a_log_without_an_end_the_beginning_and_the_end_are_kept(bench: Bench) -> None:
    bench.world.add("long", script=writes(*(f"line {number}" for number in range(50_000))))
    run = DagRun.model_validate(run_said(bench.run(await bench.begin("long"))))
    api = Api(bench.platform._api.rest)  # pyright: ignore[reportPrivateUsage]
    small = Logs(api, Segments(api), now, largest=100_000)

    pieces, cursor = list[str](), ""
    for _ in range(10):
        piece = await small.read(run, cursor, 1_000_000)
        pieces.append(piece.text)
        cursor = piece.cursor
    small.close()
    log = "".join(pieces)

    assert log.startswith("line 0\n")
    assert log.endswith("line 49999\n")
    assert "bytes are left out here" in log
    assert len(log) < 300_000


async def test_values_that_must_not_be_shown_are_veiled_by_whoever_reads(bench: Bench) -> None:
    secret = 'hunter2 "and" more'
    bench.world.add("login", script=writes(f"password is {secret}", json.dumps({"p": secret})))
    wanted = order(
        "login",
        arguments={"db": {"password": secret}},
        values={"db_password": secret},
        sensitive=("db_password",),
    )
    await bench.platform.start(wanted)
    other = opened(bench.fake.url)

    log = await other.end_of_log(wanted.request_key)
    seen = await other.find(wanted.request_key)

    await other.close()
    assert log == f'password is {VEIL}\n{{"p": "{VEIL}"}}\n'
    assert seen is not None
    assert "hunter2" not in str(seen)
    assert "hunter2" not in (bench.run(wanted.request_key).note or "")


async def test_more_logs_than_are_kept_are_read_once_more(bench: Bench) -> None:
    keys = [await bench.begin("counting") for _ in range(MOST_SPOOLS + 5)]

    ends = [await bench.platform.end_of_log(key, 9) for key in [*keys, *keys]]

    assert set(ends) == {"line 499\n"}


async def test_escapes_of_terminals_are_not_shown(bench: Bench) -> None:
    bench.world.add("red", script=writes("\x1b[31mred\x1b[0m and\x07 plain"))
    key = await bench.begin("red")

    assert await bench.whole_log(key) == "red and plain\n"


@pytest.mark.parametrize("edit", ["*", "[nonsense", '["db.password"]'])
async def test_a_note_that_was_edited_shows_no_more_than_before(bench: Bench, edit: str) -> None:
    bench.world.add("login", script=writes("password is hunter2hunter2"))
    wanted = order("login", arguments={"db": {"password": "hunter2hunter2"}})
    await bench.platform.start(wanted)
    bench.run(wanted.request_key).note = f"Mended by hand\nValues not shown: {edit}"

    assert await bench.platform.end_of_log(wanted.request_key) == f"password is {VEIL}\n"


async def test_places_that_are_too_many_to_be_named_are_all_veiled(bench: Bench) -> None:
    names = [f"a rather long name of a parameter {number}" for number in range(20)]
    bench.world.add("login", script=writes("it is hunter2hunter2"))
    values = dict.fromkeys(names, "hunter2hunter2")
    wanted = order("login", arguments=values, values=values, sensitive=tuple(names))

    await bench.platform.start(wanted)

    note = bench.run(wanted.request_key).note or ""
    assert len(note) < 900
    assert await bench.platform.end_of_log(wanted.request_key) == f"it is {VEIL}\n"


async def test_a_log_is_not_complete_before_its_last_lines_can_have_come(bench: Bench) -> None:
    key = await bench.begin("endless")
    task = bench.task(key)
    bench.world.finish(task)
    bench.world.settle(bench.run(key))
    task.tries[-1].end = None
    early = await bench.platform.logs(key)
    bench.world.say(task, "the last line")
    task.tries[-1].end = bench.world.now

    late = await bench.platform.logs(key, early.cursor)

    assert (early.text, early.complete) == ("begun\n", False)
    assert (late.text, late.complete) == ("the last line\n", True)


async def test_a_task_that_was_killed_has_said_all_a_while_after(bench: Bench) -> None:
    key = await bench.begin("endless")
    task = bench.task(key)
    bench.world.finish(task, "failed")
    bench.world.settle(bench.run(key))
    task.tries[-1].end, task.end = None, bench.world.now - timedelta(minutes=1)

    piece = await bench.platform.logs(key)

    assert (piece.text, piece.complete) == ("begun\n", True)
