"""What must be true of Slack before the bot connects is said in sentences that help."""

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_checks import SCOPES, check_slack
from simulator import Fault, Workspace
from tests.adapters.slack.servers import Answer, bad_slack


async def _checked(workspace: Workspace, bot: str = "xoxb-local", app: str = "xapp-local"):
    async with workspace.serving(), aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=bot, base_url=workspace.api_url, session=session)
        return await check_slack(client, app)


async def test_with_two_good_tokens_we_know_who_we_are() -> None:
    found = await _checked(Workspace(bot_name="jobs", scopes=SCOPES))

    assert found.problems == ()
    assert (found.team, found.bot_name) == ("T0LOCAL", "jobs")


async def test_missing_scopes_are_named() -> None:
    found = await _checked(Workspace(scopes=SCOPES - {"files:write", "im:write"}))

    [problem] = found.problems
    assert "files:write, im:write" in problem
    assert "reinstall" in problem


@pytest.mark.parametrize(
    ("bot", "app", "name"),
    [
        ("xoxb-wrong", "xapp-local", "SLACK_BOT_TOKEN"),
        ("xoxb-local", "xapp-wrong", "SLACK_APP_TOKEN"),
        ("xoxb-local", "xoxb-local", "SLACK_APP_TOKEN"),
    ],
)
async def test_a_wrong_token_is_called_by_the_name_of_its_setting(
    bot: str, app: str, name: str
) -> None:
    workspace = Workspace(scopes=SCOPES)
    with workspace.allow_violation("invalid_auth", "not_allowed_token_type"):
        found = await _checked(workspace, bot, app)

    [problem] = found.problems
    assert problem.startswith(name)


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_slack_that_is_busy_as_we_begin_is_asked_again(method: str) -> None:
    workspace = Workspace(scopes=SCOPES)
    workspace.faults.add(Fault.ratelimit(method, retry_after=0), Fault.lost_answer(method))
    async with workspace.serving(), aiohttp.ClientSession() as session:
        client = AsyncWebClient(token="xoxb-local", base_url=workspace.api_url, session=session)
        found = await check_slack(client, "xapp-local", waits=(0, 0, 0))

    assert found.problems == ()


@pytest.mark.parametrize("answer", [Answer(status=502, body="oops"), Answer(body='{"ok": tr')])
async def test_whatever_answers_in_place_of_slack_is_a_sentence_too(answer: Answer) -> None:
    async with bad_slack() as slack:
        slack.answer = answer

        assert len((await check_slack(slack.client, "xapp-1", waits=())).problems) == 1


async def test_a_slack_that_cannot_be_reached_points_to_its_url() -> None:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token="xoxb-1", base_url="http://127.0.0.1:1/", session=session)

        [problem] = (await check_slack(client, "xapp-1")).problems

    assert "SLACK_API_URL" in problem
