"""users.* and usergroups.*, and how people, channels and groups are added."""

from dataclasses import replace

import pytest

from simulator import Workspace
from tests.simulator.apps import BareApp, WebClient
from tests.simulator.refusals import refused


def test_adding_somebody_twice_keeps_the_first() -> None:
    workspace = Workspace()
    first = workspace.add_person("ana", title="Developer")

    assert workspace.add_person("ana", title="Other") == first
    assert (first.id, first.email) == ("UANA", "ana@example.com")


def test_names_in_any_script_get_ids_in_slacks_alphabet() -> None:
    workspace = Workspace()
    people = [workspace.add_person(name) for name in ("李雷", "d.o-e", "doe", "ana maria")]

    assert [one.id for one in people][1:] == ["UDOE", "UDOE3", "UANAMARIA"]
    assert people[0].id.isascii()
    assert people[0].id.isalnum()


def test_somebody_unknown_is_answered_with_who_there_is() -> None:
    workspace = Workspace()
    workspace.add_person("ana")

    with pytest.raises(LookupError, match=r"nobody called 'bob'; there are bot, ana"):
        workspace.person("bob")
    with pytest.raises(LookupError, match="no channel '#nope'"):
        workspace.channel("#nope")


async def test_a_person_is_described(ws: Workspace, client: WebClient) -> None:
    ws.add_person("dee", real_name="Dee Dee", tz="Europe/Lisbon", locale="zh-CN", title="SRE")
    answered = await client.users_info(user="UDEE", include_locale=True)

    user = answered["user"]
    assert (user["real_name"], user["tz"], user["locale"]) == ("Dee Dee", "Europe/Lisbon", "zh-CN")
    assert user["profile"]["email"] == "dee@example.com"
    assert "locale" not in (await client.users_info(user="UDEE"))["user"]


async def test_mail_addresses_need_their_scope(ws: Workspace, client: WebClient) -> None:
    ws.team.scopes -= {"users:read.email"}

    assert "email" not in (await client.users_info(user="UANA"))["user"]["profile"]
    await refused("missing_scope", client.users_lookupByEmail(email="ana@example.com"))


async def test_strangers_and_those_who_left_are_marked(client: WebClient) -> None:
    stranger = (await client.users_info(user="UGAST"))["user"]
    gone = (await client.users_info(user="UOLD"))["user"]

    assert (stranger["is_stranger"], stranger["team_id"]) == (True, "T0OTHER")
    assert gone["deleted"]


@pytest.mark.parametrize("user", ["U404", "ana", ""])
async def test_only_ids_find_users(client: WebClient, user: str) -> None:
    error = "user_not_found" if user else "invalid_arguments"

    await refused(error, client.users_info(user=user))


async def test_people_come_in_pages(client: WebClient) -> None:
    ids = [one["id"] async for page in await client.users_list(limit=4) for one in page["members"]]

    assert ids == ["UBOT", "UANA", "UBO", "UCY", "UGAST", "UOLD"]


async def test_a_mail_address_finds_its_owner(client: WebClient) -> None:
    found = await client.users_lookupByEmail(email="ANA@example.com")

    assert found["user"]["id"] == "UANA"
    await refused("users_not_found", client.users_lookupByEmail(email="old@example.com"))


async def test_groups_and_who_is_in_them(ws: Workspace, client: WebClient) -> None:
    groups = await client.usergroups_list(include_users=True)
    users = await client.usergroups_users_list(usergroup="SPLATFORM")

    assert groups["usergroups"][0]["users"] == users["users"] == ["UANA", "UBO"]
    assert ws.add_group("platform").members == ("UANA", "UBO")
    await refused("no_such_subteam", client.usergroups_users_list(usergroup="S404"))


async def test_a_changed_profile_is_told_to_the_app(ws: Workspace, bare: BareApp) -> None:
    ws.change_person(replace(ws.person("ana"), deleted=True))
    event = await bare.frame(lambda frame: frame["type"] == "events_api")

    assert event["payload"]["event"]["type"] == "user_change"
    assert event["payload"]["event"]["user"]["deleted"]


async def test_channels_that_change_are_told_to_the_app(ws: Workspace, bare: BareApp) -> None:
    ws.rename("ops", "operations")
    ws.invite("cy", "operations")
    ws.archive("operations")
    await ws.until(lambda: len(bare.envelopes) == 3)

    kinds = [one["payload"]["event"]["type"] for one in bare.envelopes]
    assert sorted(kinds) == ["channel_archive", "channel_rename", "member_joined_channel"]
    assert ws.channel("operations").id == "COPS"
    with pytest.raises(LookupError):
        ws.channel("ops")
