"""Output on disk: its head and tail are kept, and offsets stay true."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.platforms.local.captures import (
    LONGEST_LINE,
    Capture,
    Lines,
    Tail,
    log_size,
    plain,
    read_log,
)

LIMIT = 64 * 1024
PIECES = st.lists(st.binary(max_size=30) | st.sampled_from([b"\r", b"\n", b"\r\n"]), max_size=20)


@pytest.fixture
def capture(tmp_path: Path) -> Iterator[Capture]:
    made = Capture(tmp_path, limit=LIMIT)
    yield made
    made.close()


def whole(folder: Path, limit: int = 4_096) -> str:
    content, offset = b"", 0
    while True:
        piece = read_log(folder, offset, limit)
        content += piece.content
        if piece.at_end:
            return content.decode()
        offset = piece.next_offset


def numbered(count: int) -> list[str]:
    return [f"line {n:07}\n" for n in range(count)]


def test_a_small_log_is_kept_whole(capture: Capture, tmp_path: Path) -> None:
    for line in numbered(1_000):
        capture.write(line.encode())

    assert whole(tmp_path) == "".join(numbered(1_000))
    assert not capture.truncated


@pytest.mark.parametrize("limit", [50, 4_096, 1_000_000])
def test_a_line_that_goes_on_in_the_next_segment_is_whole(
    capture: Capture, tmp_path: Path, limit: int
) -> None:
    lines = [f"{n:04} 部署完成\n" for n in range(2_000)]
    capture.write("".join(lines).encode())
    pieces, offset = list[bytes](), 0
    while not pieces or pieces[-1]:
        piece = read_log(tmp_path, offset, limit)
        pieces.append(piece.content)
        offset = piece.next_offset

    assert len(list(tmp_path.iterdir())) > 1
    assert all(piece.endswith(b"\n") for piece in pieces[:-1])
    assert b"".join(pieces).decode() == "".join(lines)


def test_a_log_over_its_limit_keeps_its_head_and_its_tail(capture: Capture, tmp_path: Path) -> None:
    for line in numbered(50_000):
        capture.write(line.encode())
    kept = whole(tmp_path)

    assert kept.startswith("line 0000000\nline 0000001\n")
    assert kept.endswith("line 0049999\n")
    assert capture.truncated


def test_a_log_over_its_limit_says_what_is_missing(capture: Capture, tmp_path: Path) -> None:
    for line in numbered(50_000):
        capture.write(line.encode())

    assert whole(tmp_path).count("bytes of output were dropped here") == 1


def test_a_log_never_takes_much_more_than_its_limit(capture: Capture, tmp_path: Path) -> None:
    capture.write(b"x" * 10 * LIMIT)

    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= LIMIT
    assert log_size(tmp_path) == capture.size == 10 * LIMIT


def test_an_offset_stays_true_when_the_middle_is_dropped(capture: Capture, tmp_path: Path) -> None:
    for line in numbered(50_000):
        capture.write(line.encode())

    assert read_log(tmp_path, 13 * 49_998, 4_096).content.decode() == "".join(numbered(50_000)[-2:])


def test_an_offset_behind_the_end_reads_nothing(capture: Capture, tmp_path: Path) -> None:
    capture.write(b"hello\n")

    piece = read_log(tmp_path, 10**9, 100)

    assert (piece.content, piece.next_offset, piece.at_end) == (b"", 6, True)


def test_a_log_that_was_never_begun_is_empty(tmp_path: Path) -> None:
    assert read_log(tmp_path / "log", 0, 100).at_end


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert Lines().feed(b"\xff\xfe ok\n") == ["\ufffd\ufffd ok\n"]


def test_a_character_split_over_reads_is_whole() -> None:
    lines = Lines()
    content = "部署\n".encode()

    assert lines.feed(content[:2]) + lines.feed(content[2:]) == ["部署\n"]


def test_an_endless_line_is_broken() -> None:
    lines = Lines().feed(b"x" * (3 * LONGEST_LINE), final=True)

    assert "".join(lines).replace("\n", "") == "x" * (3 * LONGEST_LINE)
    assert max(map(len, lines)) <= LONGEST_LINE + 1


@given(PIECES)
def test_lines_do_not_depend_on_how_they_were_read(pieces: list[bytes]) -> None:
    apart, together = Lines(), Lines()
    read = [line for piece in pieces for line in apart.feed(piece)]

    assert [*read, *apart.feed(b"", final=True)] == together.feed(b"".join(pieces), final=True)


def test_the_tail_shows_the_last_state_of_a_progress_bar() -> None:
    tail = Tail()
    for line in Lines().feed(b"begin\n10%\r50%\r100%\ndone\n"):
        tail.add(line)

    assert tail.lines == ("begin", "100%", "done")


def test_the_tail_holds_the_last_twenty_lines() -> None:
    tail = Tail()
    for line in numbered(100):
        tail.add(line)

    assert tail.lines == tuple(line.strip() for line in numbered(100)[-20:])


def test_the_tail_has_no_terminal_escapes() -> None:
    coloured = "\x1b[1;31mred\x1b[0m \x1b]0;title\x07and\x1b(B plain\x00\x08"

    assert plain(coloured) == "red and plain"


@given(st.text())
def test_plain_text_has_no_control_characters(text: str) -> None:
    assert not any(ord(sign) < 32 and sign not in "\t\n" for sign in plain(text))
