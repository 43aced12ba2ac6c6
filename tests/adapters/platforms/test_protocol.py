"""Lines that a job says to be understood, and everything else that it may write."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.platforms.local.protocol import LARGEST_RESULT, LONGEST_TEXT, Report
from tests.adapters.platforms.benches import Runner, shell

WORDS = ("progress", "step", "metric", "summary", "error", "link", "result", "other", "")


def heard(*lines: str) -> Report:
    report = Report()
    for line in lines:
        report.hear(line)
    return report


@pytest.mark.parametrize(
    ("line", "fraction"),
    [
        ("::progress 40 migrating", 0.4),
        ("::progress 40% migrating", 0.4),
        ("::progress 3/12 migrating", 0.25),
        ("::progress 12.5", 0.125),
        ("::progress 250 migrating", 1.0),
        ("::progress 0", 0.0),
    ],
)
def test_progress_is_a_fraction(line: str, fraction: float) -> None:
    assert heard(line).fraction == fraction


def test_progress_without_words_keeps_the_step() -> None:
    report = heard("::step unpacking", "::progress 40")

    assert (report.fraction, report.step) == (0.4, "unpacking")


@pytest.mark.parametrize(
    "line",
    [
        "::progress soon",
        "::progress -4",
        "::progress 1/0",
        "::progress nan",
        "::metric rows many",
        "::metric rows",
        "::metric rows inf",
        "::metric rows 1e999",
        "::link javascript:alert(1) here",
        "::link /etc/passwd",
        "::link",
        "::step",
        "::result [1]",
        "::result {",
        "::result",
        "::shout hello",
        "::",
        " ::step early",
        ":: step apart",
        "progress 40",
    ],
)
def test_a_malformed_line_is_ordinary_output(line: str) -> None:
    report = Report()

    assert not report.hear(line)
    assert report == Report()


def test_a_metric_has_a_unit_and_its_last_value_counts() -> None:
    assert heard("::metric rows 1 rows", "::metric rows 1.5e3 rows").metrics == {
        "rows": (1500.0, "rows")
    }


def test_the_last_error_counts() -> None:
    assert heard("::error first", "::error disk full").cause == "disk full"


def test_a_result_is_flattened_to_text() -> None:
    report = heard('::result {"a": {"b": 1, "c": [1, 2]}, "d": true, "e": null, "f": "x"}')

    assert report.outputs == {"a.b": "1", "a.c": "[1, 2]", "d": "true", "e": "null", "f": "x"}


def test_a_result_may_bring_the_summary() -> None:
    assert heard('::result {"summary": "12 files"}').summary == "12 files"
    assert heard("::summary mine", '::result {"summary": "other"}').summary == "mine"


def test_a_result_that_is_too_large_is_ordinary_output() -> None:
    assert not Report().hear("::result " + json.dumps({"a": "x" * LARGEST_RESULT}))


def test_a_deeply_nested_result_is_ordinary_output() -> None:
    assert not Report().hear("::result " + '{"a":' * 10_000 + "1" + "}" * 10_000)


def test_what_a_job_may_say_is_bounded() -> None:
    report = heard(*(f"::metric m{n} 1" for n in range(1_000)))
    for n in range(1_000):
        report.hear(f"::link https://example.test/{n}")
        report.hear(f'::result {{"k{n}": 1}}')

    assert (len(report.metrics), len(report.links), len(report.outputs)) == (50, 20, 200)


@given(st.text())
def test_any_text_is_read_without_harm(line: str) -> None:
    assert isinstance(Report().hear(line), bool)


@given(st.sampled_from(WORDS), st.text(max_size=2_000))
def test_any_protocol_line_leaves_bounded_and_finite_words(word: str, rest: str) -> None:
    report = heard(f"::{word} {rest}")

    assert max(len(report.step), len(report.summary)) <= LONGEST_TEXT
    assert report.fraction is None or 0 <= report.fraction <= 1
    assert all(math.isfinite(value) for value, _ in report.metrics.values())


@given(
    st.dictionaries(
        st.text(max_size=20),
        st.integers() | st.text(max_size=20) | st.none() | st.lists(st.integers(), max_size=3),
        max_size=8,
    )
)
def test_any_json_object_is_a_result(value: dict[str, object]) -> None:
    report = Report()

    assert report.take_result(json.dumps(value))
    assert set(report.outputs) == set(value)


async def test_the_example_of_the_documentation_works(plain: Runner) -> None:
    text = (Path(__file__).parents[3] / "docs" / "job-protocol.md").read_text()
    script = text.partition("```sh\n")[2].partition("```")[0]

    seen = await plain.run(shell(script))

    assert seen.result is not None
    assert seen.result.outputs["release.version"] == "4.2"
    assert seen.result.summary.endswith("rows counted")
    assert (seen.result.metrics[0].unit, seen.result.links[0].text) == ("rows", "Report")
