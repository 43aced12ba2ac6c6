"""Choices that are looked up: from commands and addresses, cached, bounded, forgiving."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.catalog import CatalogFolder, Fetch
from bot.adapters.catalog.options import MOST_OFFERED, narrowed, parse_choices
from bot.domain.errors import PortError, Temporary
from bot.domain.parameters import Choice, Value
from tests.adapters.catalog.written import write

Ask = Callable[..., "asyncio.Future[list[str]]"]


class Shop:
    """A catalogue with one job whose parameter `a` asks; `fetched` counts calls of the address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fetched: list[str] = []
        self.answer: bytes | Exception = b'["x", "y"]'
        self._catalogs: list[CatalogFolder] = []

    async def fetch(self, url: str, timeout: float) -> bytes:
        self.fetched.append(url)
        await asyncio.sleep(0)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def open(self, source: str, *, fetch: Fetch | None = None) -> CatalogFolder:
        write(
            self.folder,
            "name: j\nrun: ['true']\nparameters:\n"
            f"  - {{name: app, choices: [api, web]}}\n  - {{name: a, choices: {source}}}\n",
        )
        catalog = CatalogFolder(self.folder, fetch=fetch or self.fetch)
        reading = await catalog.start()
        assert not reading.mistakes, reading.mistakes
        self._catalogs.append(catalog)
        return catalog

    async def close(self) -> None:
        for catalog in self._catalogs:
            await catalog.aclose()


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    shop = Shop(tmp_path / "c")
    yield shop
    await shop.close()


async def ask(
    catalog: CatalogFolder, values: Mapping[str, Value] | None = None, typed: str = ""
) -> list[str]:
    job = catalog.find("j")
    assert job is not None
    parameter = job.parameter("a")
    assert parameter is not None
    return [c.value for c in await catalog.choices(job, parameter, values or {}, typed)]


def script(text: str, *arguments: str, more: str = "timeout: 20s") -> str:
    words = ", ".join(f'"{word}"' for word in (sys.executable, "-c", text, *arguments))
    return f"{{command: [{words}], {more}}}"


async def test_a_command_gives_a_choice_a_line(shop: Shop) -> None:
    catalog = await shop.open("{command: [printf, 'x\\ny\\tThe Y\\n\\nx\\n'], timeout: 20s}")

    assert await ask(catalog) == ["x", "y"]


async def test_a_command_gets_earlier_values_as_they_are(shop: Shop) -> None:
    catalog = await shop.open("{command: [echo, '{app}; rm -rf /'], timeout: 20s}")

    assert await ask(catalog, {"app": "api"}) == ["api; rm -rf /"]


async def test_a_command_runs_in_the_catalogue_without_the_environment_of_the_bot(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    text = "import os; print(os.getcwd()); print(os.environ.get('SLACK_BOT_TOKEN', 'none'))"
    catalog = await shop.open(script(text))

    assert await ask(catalog) == [str(shop.folder), "none"]


async def test_a_missing_earlier_value_is_asked_for_first(shop: Shop) -> None:
    catalog = await shop.open("{url: 'http://x.test/{app}'}")

    with pytest.raises(Temporary, match="Choose App first"):
        await ask(catalog)


async def test_a_slow_command_is_stopped_and_told(shop: Shop, tmp_path: Path) -> None:
    catalog = await shop.open("{command: [sleep, '60'], timeout: 0.1s}")

    with pytest.raises(Temporary, match=r"did not come within 0.1 s"):
        await ask(catalog)


async def test_a_command_that_says_too_much_is_stopped(shop: Shop) -> None:
    catalog = await shop.open("{command: ['yes'], timeout: 20s}")

    with pytest.raises(Temporary, match="too long"):
        await ask(catalog)


async def test_a_failing_command_is_told(shop: Shop) -> None:
    catalog = await shop.open("{command: ['false'], timeout: 20s}")

    with pytest.raises(Temporary, match="exit code 1"):
        await ask(catalog)


async def test_a_command_that_is_not_there_is_told(shop: Shop) -> None:
    catalog = await shop.open("{command: [no-such-program]}")

    with pytest.raises(Temporary, match="No such file"):
        await ask(catalog)


async def test_an_address_gives_a_json_list(shop: Shop) -> None:
    shop.answer = b'[{"value": "x", "label": "The X", "aliases": ["ex"]}, "y", 5, null, {}]'
    catalog = await shop.open("{url: 'https://x.test/a?app={app}'}")

    assert await ask(catalog, {"app": "a&b=c/d"}) == ["x", "y", "5"]
    assert shop.fetched == ["https://x.test/a?app=a%26b%3Dc%2Fd"]


async def test_answers_are_kept_for_a_while_by_values(shop: Shop) -> None:
    catalog = await shop.open("{url: 'https://x.test/{app}', cache: 1h}")

    for app in ("api", "api", "web", "api"):
        await ask(catalog, {"app": app})

    assert shop.fetched == ["https://x.test/api", "https://x.test/web"]


async def test_many_who_ask_at_once_share_one_question(shop: Shop) -> None:
    catalog = await shop.open("{url: 'https://x.test/'}")

    answers = await asyncio.gather(*(ask(catalog) for _ in range(20)))

    assert (len(shop.fetched), answers[0], answers[-1]) == (1, ["x", "y"], ["x", "y"])


async def test_old_answers_serve_when_the_source_fails(shop: Shop) -> None:
    catalog = await shop.open("{url: 'https://x.test/', cache: 0s}")
    await ask(catalog)

    shop.answer = Temporary("down")

    assert await ask(catalog) == ["x", "y"]


@pytest.mark.parametrize("fault", [Temporary("down"), OSError("no route"), TimeoutError()])
async def test_without_old_answers_a_failure_is_told(shop: Shop, fault: Exception) -> None:
    shop.answer = fault
    catalog = await shop.open("{url: 'https://x.test/'}")

    with pytest.raises(Temporary):
        await ask(catalog)


async def test_somebody_who_stops_waiting_does_not_stop_the_others(shop: Shop) -> None:
    catalog = await shop.open("{url: 'https://x.test/'}")
    first, second = asyncio.ensure_future(ask(catalog)), asyncio.ensure_future(ask(catalog))
    await asyncio.sleep(0)

    first.cancel()

    assert await second == ["x", "y"]


def _choices(*values: str) -> Sequence[Choice]:
    return [Choice(value=value) for value in values]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ["prod", "preprod", "dev", "1.4.0"]),
        ("PROD", ["prod", "preprod"]),
        ("d", ["dev", "prod", "preprod"]),
        ("1.4", ["1.4.0"]),
        ("porduction", []),
        ("prd", ["prod"]),
        ("xyz", []),
    ],
)
def test_typing_narrows_best_first(typed: str, expected: list[str]) -> None:
    found = narrowed(_choices("prod", "preprod", "dev", "1.4.0"), typed)

    assert [choice.value for choice in found] == expected


def test_labels_and_aliases_are_searched_as_well() -> None:
    choices = [Choice(value="p", label="Production", aliases=("生产",)), Choice(value="d")]

    assert narrowed(choices, "生") == narrowed(choices, "produ") == (choices[0],)


def test_at_most_a_hundred_are_offered() -> None:
    assert len(narrowed(_choices(*map(str, range(500))), "")) == MOST_OFFERED


@given(st.binary(max_size=200))
def test_any_answer_is_read_or_refused(body: bytes) -> None:
    try:
        found = parse_choices(body)
    except PortError:
        return
    assert all(0 < len(c.value) <= 150 and c.value.isprintable() for c in found)
