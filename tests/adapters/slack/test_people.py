"""Who somebody is: asked of Slack once in a while, and refused when in doubt."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.people import SlackPeople
from bot.domain.actors import PersonId, Standing
from bot.domain.errors import Temporary
from simulator import Fault, Workspace
from tests.adapters.slack.servers import Answer, bad_slack, ok
from tests.fakes.values import TEAM, person


@pytest.fixture
async def workspace() -> AsyncGenerator[Workspace]:
    workspace = Workspace()
    workspace.add_person("ana", email="ana@acme.test", tz="Europe/Berlin", locale="zh-CN")
    workspace.add_person("bo")
    workspace.add_person("guest", is_restricted=True)
    workspace.add_person("gone", deleted=True)
    workspace.add_person("stranger", team_id="T9")
    workspace.change_person(
        replace(workspace.add_person("flow"), is_workflow_bot=True, is_bot=True)
    )
    workspace.add_group("devs", members=["ana", "bo"])
    workspace.add_group("leads", members=["bo"])
    async with workspace.serving():
        yield workspace


@pytest.fixture
async def client(workspace: Workspace) -> AsyncGenerator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(
            token="xoxb-local", base_url=workspace.api_url, session=session, retry_handlers=[]
        )


@pytest.fixture
def people(client: AsyncWebClient) -> SlackPeople:
    return SlackPeople(client, team=TEAM)


async def test_a_person_is_known_with_name_email_zone_and_groups(people: SlackPeople) -> None:
    ana = await people.actor(person("UANA"))

    assert (ana.name, ana.email, ana.tz, ana.locale) == (
        "Ana",
        "ana@acme.test",
        "Europe/Berlin",
        "zh-CN",
    )
    assert "devs" in ana.groups
    assert "leads" not in ana.groups
    assert any(group.startswith("S") for group in ana.groups)
    assert ana.blocked == ""


async def test_all_groups_are_read_in_one_call_and_a_person_in_one_more() -> None:
    async with bad_slack() as slack:
        groups = [{"id": f"S{n}", "handle": f"g{n}", "users": ["U1"]} for n in range(200)]
        slack.answers["usergroups.list"] = ok(usergroups=groups)
        slack.answers["users.info"] = ok(user={"id": "U", "team_id": TEAM})
        people = SlackPeople(slack.client, team=TEAM)

        asked = [people.actor(person(user)) for user in ("U1", "U2") * 5]
        one, two, *_ = await asyncio.gather(*asked)

    assert (len(one.groups), len(two.groups)) == (400, 0)
    assert sorted(slack.calls) == ["usergroups.list", "users.info", "users.info"]


@pytest.mark.parametrize(
    ("user", "word"),
    [
        ("UGUEST", "Guests"),
        ("UGONE", "deactivated"),
        ("USTRANGER", "another organisation"),
        ("UNOBODY", "does not know"),
    ],
)
async def test_whoever_is_not_of_us_is_blocked_with_a_reason(
    people: SlackPeople, user: str, word: str
) -> None:
    assert word in (await people.actor(person(user))).blocked


async def test_a_bot_is_blocked(workspace: Workspace, people: SlackPeople) -> None:
    workspace.change_person(replace(workspace.person("bo"), is_bot=True))

    assert "Bots" in (await people.actor(person("UBO"))).blocked


async def test_slack_itself_is_a_bot_whatever_it_says() -> None:
    async with bad_slack() as slack:
        slack.answers["usergroups.list"] = ok(usergroups=[])
        slack.answers["users.info"] = ok(user={"id": "USLACKBOT", "team_id": TEAM})

        assert "Bots" in (await SlackPeople(slack.client, team=TEAM).actor(person("U1"))).blocked


async def test_each_refusal_names_its_rule(people: SlackPeople) -> None:
    users = ("UGUEST", "UGONE", "USTRANGER", "UNOBODY", "UFLOW")
    rules = [(await people.actor(person(user))).blocked_by for user in users]

    assert rules == [
        "people: guest",
        "people: deactivated",
        "people: external",
        "people: unknown",
        "people: workflow",
    ]


async def test_an_operator_can_let_guests_in_and_nobody_else(
    client: AsyncWebClient,
) -> None:
    lenient = SlackPeople(client, team=TEAM, admitted=frozenset({Standing.GUEST}))

    assert (await lenient.actor(person("UGUEST"))).blocked == ""
    assert (await lenient.actor(person("USTRANGER"))).blocked


async def test_an_address_counts_only_when_confirmed_and_of_our_own(
    workspace: Workspace, people: SlackPeople
) -> None:
    boss = "boss@acme.test"
    workspace.change_person(replace(workspace.person("bo"), email=boss, is_email_confirmed=False))
    workspace.change_person(replace(workspace.person("stranger"), email="ceo@acme.test"))

    assert (await people.actor(person("UBO"))).email == ""
    assert (await people.actor(person("USTRANGER"))).email == ""
    assert await people.by_email(boss) is None
    assert await people.by_email("ceo@acme.test") is None


async def test_what_changed_is_asked_anew_once_it_is_said(
    workspace: Workspace, people: SlackPeople
) -> None:
    await people.actor(person("UBO"))
    workspace.change_person(replace(workspace.person("bo"), deleted=True))
    before = (await people.actor(person("UBO"))).blocked

    people.forget("UBO")

    assert (before, (await people.actor(person("UBO"))).blocked_by) == ("", "people: deactivated")


async def test_an_answer_older_than_a_change_is_not_kept() -> None:
    async with bad_slack() as slack:
        slack.answers["usergroups.list"] = ok(usergroups=[])
        slack.answers["users.info"] = ok(user={"id": "U1", "team_id": TEAM})
        people = SlackPeople(slack.client, team=TEAM)
        asked = asyncio.create_task(people.actor(person("U1")))
        await asyncio.sleep(0)
        people.forget("U1")
        await asked
        slack.answers["users.info"] = ok(user={"id": "U1", "team_id": TEAM, "deleted": True})

        assert (await people.actor(person("U1"))).blocked


async def test_a_group_of_another_organisation_gives_nothing() -> None:
    async with bad_slack() as slack:
        groups = [{"id": "S1", "handle": "leads", "users": ["U1"], "is_external": True}]
        slack.answers["usergroups.list"] = ok(usergroups=groups)
        slack.answers["users.info"] = ok(user={"id": "U1", "team_id": TEAM})

        assert not (await SlackPeople(slack.client, team=TEAM).actor(person("U1"))).groups


async def test_the_members_of_a_group_are_found_by_handle_and_id(people: SlackPeople) -> None:
    assert [each.user for each in await people.members("@devs")] == ["UANA", "UBO"]
    [id_] = [g for g in (await people.actor(person("UBO"))).groups if g.startswith("S")][:1]
    assert await people.members(id_)
    assert await people.members("@nobody") == []


async def test_a_person_is_found_by_email_in_any_case(people: SlackPeople) -> None:
    assert await people.by_email("ANA@acme.test") == person("UANA")
    assert await people.by_email("nobody@acme.test") is None


async def test_a_slack_that_does_not_say_is_a_temporary_trouble_and_is_asked_again(
    workspace: Workspace, people: SlackPeople
) -> None:
    workspace.faults.add(Fault.server_error("users.info"))
    with pytest.raises(Temporary):
        await people.actor(person("UANA"))

    assert (await people.actor(person("UANA"))).name == "Ana"


@pytest.mark.parametrize(
    "answer", [Answer(status=503), Answer(body='{"ok": tr'), Answer(body="{}"), Answer(body="[]")]
)
async def test_an_answer_that_is_none_is_a_temporary_trouble(answer: Answer) -> None:
    async with bad_slack() as slack:
        slack.answer = answer
        people = SlackPeople(slack.client, team=TEAM)

        with pytest.raises(Temporary):
            await people.actor(person("UANA"))
        with pytest.raises(Temporary):
            await people.by_email("ana@acme.test")


async def test_without_groups_in_the_plan_nobody_is_in_one() -> None:
    async with bad_slack() as slack:
        slack.answers["usergroups.list"] = Answer(body='{"ok": false, "error": "paid_teams_only"}')

        assert await SlackPeople(slack.client, team=TEAM).members("@devs") == []


async def test_a_member_of_our_organisation_in_another_workspace_is_one_of_us() -> None:
    async with bad_slack() as slack:
        slack.answers["usergroups.list"] = Answer(body='{"ok": true, "usergroups": []}')
        slack.answers["users.info"] = Answer(
            body='{"ok": true, "user": {"id": "U1", "team_id": "T2", '
            '"enterprise_user": {"enterprise_id": "E1"}}}'
        )
        someone = PersonId(team="T2", user="U1")

        ours = SlackPeople(slack.client, team="T1", enterprise="E1")
        theirs = SlackPeople(slack.client, team="T1", enterprise="E2")
        alone = SlackPeople(slack.client, team="T1")

        assert (await ours.actor(someone)).blocked == ""
        assert (await theirs.actor(someone)).blocked
        assert (await alone.actor(someone)).blocked
