"""Who somebody is decides before any role does, and changes count at once."""

from dataclasses import replace

from bot.domain.actors import PersonId
from tests.journeys.houses import House


async def test_whoever_is_deactivated_may_nothing_from_that_moment(house: House) -> None:
    slack = house.workspace
    await slack.slash("ana", "/job", "run hello who=Bo", channel="#ops")
    await house.message("#ops", "Say hello", "Done")

    def acks() -> int:
        return sum(entry.kind == "ack" for entry in slack.log)

    before = acks()
    ana = slack.change_person(replace(slack.person("ana"), deleted=True))
    await slack.until(lambda: acks() > before, why="user_change was heard")

    assert house.services is not None
    found = await house.services.desk.people.actor(PersonId(team=ana.team_id, user=ana.id))
    assert found.blocked_by == "people: deactivated"


async def test_a_stranger_and_a_guest_are_refused_each_with_their_reason(house: House) -> None:
    slack = house.workspace
    slack.add_person("far", team_id="T9", email="ana@acme.test")
    slack.add_person("guest", is_restricted=True)
    for who, why in (("far", "another organisation"), ("guest", "Guests")):
        slack.invite(who, "#ops")
        await slack.slash(who, "/job", "run hello who=Bo", channel="#ops")
        await house.whisper(who, why)
