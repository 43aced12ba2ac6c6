"""Values that are taken back in the same breath, and words that only frame a request."""

import pytest

from bot.domain.intents import Clarify, Intent, RunJob, Unknown
from bot.language import understand
from tests.language.kitchens import AROUND
from tests.language.markets import JOBS

MARKS = (
    "，不对，",
    "，哦不，",
    "，啊不对，是",
    "，说错了，",
    "，抱歉，错了，",
    "，不是，",
)


def meant(text: str) -> Intent:
    return understand(text, JOBS, AROUND).intent


def run_of(text: str) -> tuple[str | None, dict[str, str]]:
    run = meant(text)
    assert isinstance(run, RunJob), run
    return run.job, dict(run.given)


@pytest.mark.parametrize("mark", MARKS)
def test_of_two_numbers_the_one_that_is_not_taken_back_counts(mark: str) -> None:
    assert run_of(f"西摊扩到 5 个{mark}8 个") == ("set-carts", {"stall": "west", "carts": "8"})


@pytest.mark.parametrize("mark", MARKS)
def test_of_two_versions_the_one_that_is_not_taken_back_counts(mark: str) -> None:
    given = {"stall": "east", "version": "1.2.4"}

    assert run_of(f"把 1.2.3 发布到东摊{mark}1.2.4") == ("ship-menu", given)


@pytest.mark.parametrize(
    ("text", "carts"),
    [
        ("西摊扩到 5 个，不是 3 个", "5"),
        ("西摊扩到五个，而不是三个", "5"),
        ("把西摊扩到不是 3 个，是 5 个", "5"),
        ("把西摊扩到 3 个吧，东…不对，5 个", None),
    ],
)
def test_a_denied_number_is_never_the_value(text: str, carts: str | None) -> None:
    if carts is None:
        assert isinstance(meant(text), Clarify | Unknown)
    else:
        assert run_of(text) == ("set-carts", {"stall": "west", "carts": carts})


@pytest.mark.parametrize(
    "text",
    [
        "西摊扩到 5 个不 8 个",
        "西摊扩到 5 个还是 8 个",
        "西摊扩到 5 个不对吧",
        "西摊不要扩到 5 个，不对",
        "西摊 5 个，8 个",
        "西摊扩到 5 个，不是吗",
        "把 1.2.3 发布到东摊，不对",
        "不是把 1.2.3 发布到东摊",
    ],
)
def test_what_leaves_a_doubt_starts_nothing(text: str) -> None:
    assert isinstance(meant(text), Clarify | Unknown)


FRAMED = {
    "让东摊上油": {"stall": "east"},
    "请让西摊上油": {"stall": "west"},
    "给东摊上油就行": {"stall": "east"},
    "直接给东摊上油即可": {"stall": "east"},
    "给东摊上油，上完清洗": {"stall": "east", "wash": "true"},
    "给东摊上油，弄完了要清洗": {"stall": "east", "wash": "true"},
    "给东摊上油，之后清洗": {"stall": "east", "wash": "true"},
    "给东摊上油，不清洗": {"stall": "east", "wash": "false"},
}


@pytest.mark.parametrize("text", FRAMED)
def test_words_around_a_request_change_nothing(text: str) -> None:
    assert run_of(text) == ("grease-carts", FRAMED[text])


@pytest.mark.parametrize(
    "text",
    [
        "陈伟让东摊上油",
        "他让我给东摊上油",
        "让陈伟给东摊上油",
        "东摊走了上油",
        "要是行就给东摊上油",
    ],
)
def test_what_somebody_else_shall_do_is_no_request(text: str) -> None:
    assert isinstance(meant(text), Clarify | Unknown)
