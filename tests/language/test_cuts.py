"""A longer Chinese word is never cut down to the choice that is a part of it."""

import pytest

from bot.domain.intents import Clarify, Intent, RunJob
from bot.domain.jobs import Command, Job
from bot.domain.parameters import Choice, Kind, Parameter
from bot.domain.surroundings import Surroundings, Thread
from bot.language import understand

PLACE = Parameter(
    name="place",
    kind=Kind.ENUM,
    required=True,
    choices=(
        Choice(value="fire", aliases=("火",)),
        Choice(value="moon", aliases=("月", "月球")),
        Choice(value="harbour", aliases=("港口",)),
    ),
)
SEND = Job(
    name="send-probe",
    description="把探测器送到火星或港口",
    aliases=("派遣",),
    command=Command(groups=(("true",),)),
    parameters=(PLACE,),
)
OPTIONAL = Job(
    name="call-back",
    aliases=("召回",),
    description="从火星召回",
    command=SEND.command,
    parameters=(Parameter(name="place", kind=Kind.ENUM, default="moon", choices=PLACE.choices),),
)


def meant(text: str, around: Surroundings | None = None) -> Intent:
    return understand(text, (SEND, OPTIONAL), around or Surroundings()).intent


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("派遣到火星", "火星"),
        ("派遣 火星", "火星"),
        ("派遣到月亮", "月亮"),
        ("派遣到烈火", "烈火"),
        ("派遣到旧港口", "旧港口"),
        ("派遣到港口站", "港口站"),
        ("从火星召回", "火星"),
    ],
)
def test_the_longer_word_is_asked_about_whole(text: str, whole: str) -> None:
    found = meant(text)

    assert isinstance(found, Clarify)
    assert f"`{whole}`" in found.question
    assert all("place" not in each.given for each in found.candidates)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("派遣到火", "fire"),
        ("派遣到月", "moon"),
        ("派遣到月球", "moon"),
        ("请派遣到港口吧", "harbour"),
        ("派遣到港口，谢谢", "harbour"),
    ],
)
def test_the_word_itself_is_the_choice(text: str, place: str) -> None:
    found = meant(text)

    assert isinstance(found, RunJob)
    assert found.given == {"place": place}


def test_an_answer_is_not_cut_either() -> None:
    open_question = Surroundings(in_thread=True, thread=Thread(job="send-probe", open=True))

    found = meant("火星", open_question)

    assert not isinstance(found, RunJob) or "place" not in found.given
