"""Everything people see, in Chinese: whole, within Slack's limits, and without English in it."""

import importlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.adapters.translations import LOCALES, catalogue
from bot.domain.wording import learn, speaking
from tests.blocks import gallery
from tests.blocks.samples import check_message, check_modal

# What platforms wrote down is known by the modules that write it.
importlib.import_module("bot.adapters.platforms.local.launches")
_CHINESE = catalogue(LOCALES / "zh" / "LC_MESSAGES" / "jobthread.po")
_NAMES = re.compile(r"<[^>]*>|`[^`]*`")


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    learn([_CHINESE])
    with speaking("zh"):
        yield


def _english_in(shown: object) -> list[str]:
    """Sentences of ours, of two words at least, that are still there in English."""
    text = json.dumps(shown, ensure_ascii=False)
    whole = [each for each in _CHINESE.messages if " " in each.strip() and "{" not in each]
    return [each for each in whole if each in text]


@pytest.mark.parametrize("name", gallery.messages())
def test_slack_takes_every_message_in_chinese(name: str) -> None:
    message = gallery.messages()[name]

    check_message(message)
    assert _english_in([message.text, message.blocks]) == []


@pytest.mark.parametrize("name", [name for name in gallery.views() if "home" not in name])
def test_slack_takes_every_modal_in_chinese(name: str) -> None:
    view = gallery.views()[name]

    check_modal(view)
    assert _english_in(view) == []


def _titles(view: dict[str, Any]) -> list[str]:
    return [view[part]["text"] for part in ("title", "submit", "close") if part in view]


@pytest.mark.parametrize("name", [name for name in gallery.views() if "home" not in name])
def test_no_title_is_cut(name: str) -> None:
    assert [title for title in _titles(gallery.views()[name]) if title.endswith("…")] == []


def test_home_teaches_in_chinese() -> None:
    assert _english_in(gallery.views()["home"]) == []
    assert "没有待您处理的事项" in json.dumps(gallery.views()["home, empty"], ensure_ascii=False)


def test_a_card_says_its_state_and_its_span_in_chinese() -> None:
    done = gallery.messages()["card succeeded"]

    assert "*已完成*" in done.blocks[0]["text"]["text"]
    assert re.search(r"用时 \d+ 分", done.text)


def test_what_is_said_in_english_is_not_changed_by_the_catalogues() -> None:
    with speaking("en"):
        said = gallery.messages()

    assert "*Done*" in said["card succeeded"].blocks[0]["text"]["text"]
    assert said["help"].text == "What you can say to me"
