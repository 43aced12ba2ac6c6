"""Half-said commands: how they go on, and that whole ones are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.jobs import Risk
from bot.domain.parameters import Kind, Parameter
from bot.language.completing import completing
from tests.fakes.values import enum, job

JOBS = (
    job(
        aliases=("部署",),
        parameters=(
            enum("app", "api", "web", required=True),
            enum("env", "dev", "prod", required=True),
            enum("pin", "p1", "p2", sensitive=True),
            Parameter(name="token", kind=Kind.SECRET),
            Parameter(name="note"),
        ),
    ),
    job("disk-report", parameters=()),
    job("depot", parameters=()),
    job("destroy", risk=Risk.FORBIDDEN),
)
WORDS = ("run", "status", "list", "history", "rerun", "can", "cancel", "help")


def _labels(text: str) -> list[str]:
    found = completing(text, JOBS, WORDS)
    return [each.label for each in found.continuations] if found else []


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("ru", ["run"]),
        ("re", ["rerun", "disk-report"]),
        ("/job his", ["history"]),
        ("运", ["运行"]),
        ("dep", ["deploy", "depot"]),
        ("run dep", ["deploy", "depot"]),
        ("run report", ["disk-report"]),
        ("运行 部", ["deploy"]),
        ("help dis", ["disk-report"]),
        ("run deploy env=", ["env=dev", "env=prod"]),
        ("deploy app=", ["app=api", "app=web"]),
        ("run deploy app=api env=pr", ["env=prod"]),
        ("run deploy api pr", ["env=prod"]),
        ("run deploy no", ["note="]),
        ("run deploy en=", ["env="]),
    ],
)
def test_what_is_plainly_begun_goes_on(text: str, labels: list[str]) -> None:
    assert _labels(text) == labels


@pytest.mark.parametrize(
    "text",
    [
        "",
        "d",
        "status",
        "run",
        "run deploy",
        "run deploy app=api env=dev",
        "run des",
        "run deploy pin=",
        "run deploy to",
        "run deploy token=",
        "run deploy note=",
        "run deploy nothing here app=",
        "dep?",
        "please run dep",
        "cancel 10",
    ],
)
def test_what_is_whole_or_no_beginning_is_left_alone(text: str) -> None:
    assert _labels(text) == []


def test_nothing_is_offered_but_what_was_handed_in() -> None:
    assert completing("run dep", (), WORDS) is None
    assert completing("ru", JOBS, ("status",)) is None
    assert completing("run dep", JOBS, ("status",)) is None


def test_what_goes_on_is_never_exact() -> None:
    found = completing("run deploy app=api env=", JOBS, WORDS)

    assert found is not None
    assert [each.words for each in found.continuations] == [
        "run deploy app=api env=dev",
        "run deploy app=api env=prod",
    ]
    assert all(each.run is not None and not each.run.exact for each in found.continuations)


@given(st.text(max_size=200))
def test_any_text_may_be_begun(text: str) -> None:
    found = completing(text, JOBS, WORDS)

    assert found is None or found.continuations


def test_only_what_shows_something_is_a_button_that_says_it() -> None:
    buttons = {
        each.label: each.says
        for found in (completing(text, (), WORDS) for text in ("st", "re", "ca", "状", "取"))
        if found is not None
        for each in found.continuations
    }

    assert buttons == {
        "status": True,
        "rerun": False,
        "can": False,
        "cancel": False,
        "状态": True,
        "取消": False,
    }
