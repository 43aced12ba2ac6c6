"""A real Prefect behind https and a proxy, as `platforms.yaml` names both."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.cli.checks import preflight
from simulator import Workspace
from tests.engines.prefect_servers import PrefectServer
from tests.engines.relays import Relay, relaying
from tests.fakes.authorities import Authority, authority
from tests.fakes.proxies import Proxy, proxying
from tests.journeys.houses import (
    House,
    house_on,
    settings_for,
    write_files,
)

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(300)]

PLATFORMS = """
prefect:
  type: prefect
  url: {url}
  auth: {{basic: 'file:{folder}/key'}}
  ca: {ca}
  proxy: {proxy}
  proxy_auth: file:{folder}/proxy.key
  jobs: {{risk: safe}}
"""

WANTED = "Basic b3V0OnNlY3JldA=="


@pytest.fixture
def known(tmp_path: Path) -> Authority:
    return authority(tmp_path / "known")


@pytest.fixture
async def front(prefect: PrefectServer, known: Authority) -> AsyncGenerator[Relay]:
    """An https address of the real Prefect."""
    async with relaying(prefect.page, tls=known.shown) as found:
        yield found


@pytest.fixture
async def proxy() -> AsyncGenerator[Proxy]:
    async with proxying(wanted=WANTED) as found:
        yield found


@asynccontextmanager
async def _house(
    workspace: Workspace, prefect: PrefectServer, folder: Path, front: Relay, proxy: Proxy, ca: Path
) -> AsyncGenerator[House]:
    write_files(folder)
    (folder / "key").write_text(prefect.credentials)
    (folder / "proxy.key").write_text("out:secret")
    text = PLATFORMS.format(url=front.url, folder=folder, ca=ca, proxy=proxy.url)
    (folder / "platforms.yaml").write_text(text)
    async with house_on(workspace, settings_for(workspace, folder)) as found:
        yield found


async def test_a_job_runs_behind_https_and_a_proxy(
    workspace: Workspace,
    prefect: PrefectServer,
    front: Relay,
    proxy: Proxy,
    known: Authority,
    tmp_path: Path,
) -> None:
    async with _house(workspace, prefect, tmp_path, front, proxy, known.ca) as house:
        await house.message("#operators", "prefect offers", "hello")

        await workspace.slash("ana", "/job", "run hello-bot", channel="#ops")

        card = await house.message("#ops", "Done", timeout=90)
        await workspace.mention("ana", "logs", channel="#ops", thread_ts=card.ts)
        await house.line(card, "hello")

    assert {*proxy.asked} == {front.url.removeprefix("https://")}
    assert not any(word in proxy.passed for word in (b"Authorization", b"chatops", b"flow_run"))
    assert not any("Proxy-Authorization" in request.headers for request, _ in front.heard.requests)


async def test_whom_our_authorities_do_not_vouch_for_is_told_and_nothing(
    workspace: Workspace, prefect: PrefectServer, front: Relay, proxy: Proxy, tmp_path: Path
) -> None:
    other = authority(tmp_path / "other", "other.test")
    async with _house(workspace, prefect, tmp_path, front, proxy, other.ca) as house:
        await workspace.slash("ana", "/job", "platforms", channel="#ops")
        shown = await house.whisper("ana", "Away")
        found = await preflight(house.settings, asks=True)

    sentence = "prefect cannot be reached: unable to get local issuer certificate."
    assert sentence in shown.seen
    assert any(sentence in each for each in found.troubles)
    assert front.heard.requests == []
