"""The wording of sentences: in which language, and what happens to what no catalogue holds."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import wording
from bot.domain.wording import (
    Catalogue,
    _,
    at_rest,
    language_of,
    learn,
    ngettext,
    restated,
    speak,
    speaking,
    spoken,
)

WAITS = at_rest("{who} of the tests waits for {other}.")
AGAIN = at_rest("{why} It is a test again.")
GONE = at_rest("The test is gone.")

XX = Catalogue(
    language="xx",
    messages={
        "Good day": "Dobry den",
        "{who} of the tests waits for {other}.": "{other} <- {who}",
        "{why} It is a test again.": "Znovu: {why}",
        "The test is gone.": "Pryc",
    },
    plurals={"{count} test run": ("{count} test", "{count} testu", "{count} testů")},
    form_of=lambda count: 0 if count == 1 else 1 if count < 5 else 2,
)


@pytest.fixture(autouse=True)
def learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "_known", {})
    monkeypatch.setattr(wording, "_usual", ["en"])
    learn([XX])


def test_a_sentence_is_said_in_the_language_that_is_spoken() -> None:
    with speaking("xx"):
        assert _("Good day") == "Dobry den"
    assert _("Good day") == "Good day"


def test_what_a_catalogue_lacks_is_said_in_english() -> None:
    with speaking("xx"):
        assert _("Good night") == "Good night"
    with speaking("yy"):
        assert _("Good day") == "Good day"


@pytest.mark.parametrize(
    ("locale", "language"),
    [("xx-CN", "xx"), ("xx_TW", "xx"), ("XX", "xx"), ("fr-FR", "en"), ("en-GB", "en"), ("", "en")],
)
def test_a_locale_is_one_of_the_languages(locale: str, language: str) -> None:
    assert language_of(locale) == language


@pytest.mark.parametrize(("count", "said"), [(1, "{count} test"), (3, "{count} testu")])
def test_a_number_bends_the_words_as_its_language_does(count: int, said: str) -> None:
    with speaking("xx"):
        assert ngettext("{count} test run", "{count} test runs", count) == said
    assert ngettext("one", "many", count) == ("one" if count == 1 else "many")


def test_the_usual_language_is_spoken_where_nobody_is_asked() -> None:
    learn([], "xx")

    assert (_("Good day"), spoken()) == ("Dobry den", "xx")
    with speaking(""):
        assert _("Good day") == "Dobry den"


async def test_what_one_task_speaks_no_other_one_hears() -> None:
    async def speaks(language: str) -> str:
        with speaking(""):
            speak(language)
            await asyncio.sleep(0)
            return _("Good day")

    said = await asyncio.gather(speaks("xx"), speaks("en"))

    assert said == ["Dobry den", "Good day"]
    assert spoken() == "en"


def test_a_kept_sentence_is_said_anew_with_the_sentences_in_it() -> None:
    kept = AGAIN.format(why=WAITS.format(who="Ana", other="#7"))

    with speaking("xx"):
        assert restated(kept) == "Znovu: #7 <- Ana"
        assert restated(AGAIN.format(why=GONE)) == "Znovu: Pryc"
    assert restated(kept) == kept


@given(st.text(max_size=200))
def test_words_that_are_none_of_ours_stay_as_they_are(words: str) -> None:
    with speaking("xx"):
        if not words.endswith("It is a test again.") and "of the tests waits" not in words:
            assert restated(words) == words


@given(st.text(max_size=100), st.text(min_size=1, max_size=100))
def test_nothing_filled_in_can_break_a_kept_sentence(who: str, other: str) -> None:
    with speaking("xx"):
        assert isinstance(restated(WAITS.format(who=who, other=other)), str)
