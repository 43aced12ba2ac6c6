"""Message catalogues as translators leave them: a mistake costs one sentence, never an answer."""

from pathlib import Path

import pytest

from bot.adapters.translations import catalogue, catalogues, fault

HEAD = """msgid ""
msgstr ""
"Language: xx\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n<5 ? 1 : 2);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""


def _file(folder: Path, text: str, language: str = "xx") -> Path:
    path = folder / language / "LC_MESSAGES" / "jobthread.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_sentences_and_plural_forms_are_read(tmp_path: Path) -> None:
    text = HEAD + (
        'msgid "Hello {who}"\nmsgstr "Ahoj {who}"\n\n'
        'msgid "{count} run"\nmsgid_plural "{count} runs"\n'
        'msgstr[0] "{count} a"\nmsgstr[1] "{count} b"\nmsgstr[2] "{count} c"\n'
    )

    read = catalogue(_file(tmp_path, text))

    assert read.messages == {"Hello {who}": "Ahoj {who}"}
    assert read.plurals["{count} run"][read.form_of(7)] == "{count} c"


@pytest.mark.parametrize(
    "said",
    ["Ahoj {kdo}", "Ahoj", "Ahoj {who} {who2}", "Ahoj {who", "Ahoj {who:>9}", "Ahoj {who!r}"],
)
def test_a_translation_that_would_break_is_left_out(tmp_path: Path, said: str) -> None:
    text = HEAD + f'msgid "Hello {{who}}"\nmsgstr "{said}"\n\nmsgid "Bye"\nmsgstr "Nazdar"\n'

    assert catalogue(_file(tmp_path, text)).messages == {"Bye": "Nazdar"}


def test_guesses_and_gaps_are_left_out(tmp_path: Path) -> None:
    text = HEAD + '#, fuzzy\nmsgid "Hello"\nmsgstr "Nazdar"\n\nmsgid "Bye"\nmsgstr ""\n'

    assert catalogue(_file(tmp_path, text)).messages == {}


def test_a_file_that_cannot_be_read_costs_only_its_language(tmp_path: Path) -> None:
    _file(tmp_path, HEAD + 'msgid "Bye"\nmsgstr "Nazdar"\n')
    _file(tmp_path, HEAD + "nonsense here", "yy")
    _file(tmp_path, HEAD.replace("n==1 ?", "n==1 ? os.system(1) :"), "zz")

    assert [each.language for each in catalogues(tmp_path)] == ["xx"]


def test_a_plural_is_held_against_its_own_form() -> None:
    assert fault(("One run", "{count} runs"), ("{count} 次",)) == ""
    assert fault(("One run", "{count} runs"), ("次",)) != ""
