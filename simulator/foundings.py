"""A new workspace: its parts put together, then people, channels and groups added to it."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from simulator.channels import Channel
from simulator.clocks import Clock
from simulator.events import Events
from simulator.faults import Faults
from simulator.journal import Journal
from simulator.limits import Limits
from simulator.people import User, Usergroup, slack_id, user_object
from simulator.sockets import Sockets
from simulator.teams import Team
from simulator.triggers import Triggers

APP_ID, BOT_ID, BOT_USER = "A0LOCAL", "B0LOCAL", "UBOT"


def found(
    *,
    team_id: str,
    team_name: str,
    bot_name: str,
    bot_token: str,
    app_token: str,
    scopes: frozenset[str],
    source: Callable[[], float],
) -> Team:
    clock = Clock(source)
    journal = Journal(clock)
    faults = Faults()
    sockets = Sockets(journal=journal, clock=clock, faults=faults, app_id=APP_ID)
    events = Events(
        journal=journal,
        clock=clock,
        sockets=sockets,
        team_id=team_id,
        app_id=APP_ID,
        bot_user=BOT_USER,
    )
    bot = User(
        id=BOT_USER,
        name=bot_name,
        team_id=team_id,
        real_name=bot_name.title(),
        email="",
        is_bot=True,
    )
    team = Team(
        id=team_id,
        name=team_name,
        domain=team_name.lower().replace(" ", "-"),
        app_id=APP_ID,
        bot_id=BOT_ID,
        bot=bot,
        bot_token=bot_token,
        app_token=app_token,
        scopes=scopes,
        clock=clock,
        journal=journal,
        faults=faults,
        limits=Limits(clock=clock),
        sockets=sockets,
        events=events,
        triggers=Triggers(clock),
    )
    team.people.put(bot)
    return team


def add_person(team: Team, user: User) -> User:
    """Add somebody; a person known by that name is returned as they are."""
    if (known := team.people.find(user.name)) is not None:
        return known
    taken = team.people.find(user.id)
    added = replace(user, id=f"{user.id}{len(team.people.users)}") if taken else user
    team.journal.add("person", added.id, {"change": "added", "name": added.name})
    return team.people.put(replace(added, updated=int(team.clock.now())))


def change_person(team: Team, user: User) -> User:
    """Put a changed profile; the app hears user_change."""
    changed = team.people.put(replace(user, updated=int(team.clock.now())))
    described = user_object(
        changed,
        with_email="users:read.email" in team.scopes,
        with_locale=True,
        home_team=team.id,
    )
    team.journal.add("person", user.id, {"change": "changed", "name": user.name})
    stamp = team.messages.new_ts(team.clock.now())
    event = {"type": "user_change", "user": described, "event_ts": stamp}
    team.events.publish("user_change", event)
    return changed


def add_channel(team: Team, channel: Channel, *, bot: bool) -> Channel:
    """Add a channel; an existing one of that name is returned as it is."""
    if (known := team.channels.find(channel.name)) is not None:
        return known
    members = (*channel.members, *((team.bot.id,) if bot else ()))
    taken = team.channels.find(channel.id)
    added = replace(
        channel,
        id=f"{channel.id}{len(team.channels.all)}" if taken else channel.id,
        members=tuple(dict.fromkeys(members)),
        created=int(team.clock.now()),
        creator=members[0] if members else "",
    )
    team.journal.add("channel", added.id, {"change": "added", "name": added.name})
    return team.channels.put(added)


def add_group(team: Team, handle: str, members: Iterable[str]) -> Usergroup:
    if (known := team.people.group(handle)) is not None:
        return known
    group = Usergroup(
        id=slack_id("S", handle),
        handle=handle,
        name=handle,
        team_id=team.id,
        members=team.people.ids(members),
        date_create=int(team.clock.now()),
    )
    team.journal.add("person", group.id, {"change": "group added", "name": handle})
    return team.people.put_group(group)
