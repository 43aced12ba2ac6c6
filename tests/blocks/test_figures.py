"""Numbers as people read them."""

from datetime import timedelta

import pytest

from blocks.figures import bar, comparison_line, figure, progress_line, used
from bot.domain.results import Comparison, Metric, Progress, Resources

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("fraction", "shown"),
    [
        (0.0, "░░░░░░░░░░ 0 %"),
        (0.62, "▓▓▓▓▓▓░░░░ 62 %"),
        (0.999, "▓▓▓▓▓▓▓▓▓░ 99 %"),
        (1.0, "▓▓▓▓▓▓▓▓▓▓ 100 %"),
        (7.0, "▓▓▓▓▓▓▓▓▓▓ 100 %"),
        (-1.0, "░░░░░░░░░░ 0 %"),
        (float("nan"), "░░░░░░░░░░ 0 %"),
    ],
)
def test_the_bar_is_never_fuller_than_the_run_is_far(fraction: float, shown: str) -> None:
    assert bar(fraction) == shown


@pytest.mark.parametrize(
    ("progress", "elapsed", "usual", "said"),
    [
        (None, None, None, ""),
        (None, MINUTE, None, "1 m"),
        (None, MINUTE, 3 * MINUTE, "1 m of about 3 m"),
        (None, 4 * MINUTE, 3 * MINUTE, "4 m, usually about 3 m"),
        (Progress(step="copying"), MINUTE, None, "copying · 1 m"),
        (Progress(fraction=0.5), None, None, "▓▓▓▓▓░░░░░ 50 %"),
    ],
)
def test_progress_says_only_what_is_known(
    progress: Progress | None, elapsed: timedelta | None, usual: timedelta | None, said: str
) -> None:
    assert progress_line(progress, elapsed, usual) == said


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1204, "rows", "1,204 rows"),
        (0.25, "", "0.25"),
        (12_345.678, "", "12,345.68"),
        (0.00012, "s", "0.00012 s"),
        (3.2e9, "bytes", "3.2 GB"),
        (512, "B", "512 B"),
        (5e15, "B", "5000 TB"),
        (1e30, "", "1e+30"),
        (float("inf"), "", "inf"),
        (0.0, "%", "0 %"),
    ],
)
def test_a_figure_is_short(value: float, unit: str, shown: str) -> None:
    assert figure(Metric(name="m", value=value, unit=unit)) == shown


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        (2.1, "2.1x slower than its last 20 runs (usually 1 m)"),
        (0.5, "2.0x faster than its last 20 runs (usually 1 m)"),
        (1.2, ""),
    ],
)
def test_only_what_is_unusual_is_compared(ratio: float, said: str) -> None:
    assert comparison_line(Comparison(runs=20, usual=MINUTE, ratio=ratio)) == said


@pytest.mark.parametrize(
    ("resources", "said"),
    [
        (Resources(processor=timedelta(seconds=90)), "used 1 m 30 s of processor"),
        (Resources(memory=210_000_000), "used 210 MB"),
        (
            Resources(processor=timedelta(seconds=3), memory=210_000_000),
            "used 3 s of processor, 210 MB",
        ),
        (Resources(processor=timedelta(seconds=0.2), memory=12_000_000), ""),
    ],
)
def test_what_a_run_used_is_said_when_it_is_much(resources: Resources, said: str) -> None:
    assert used(resources) == said
