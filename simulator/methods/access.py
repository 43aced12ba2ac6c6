"""Whether the bot may call a method, and which conversations it can see or write to."""

from simulator.channels import Channel
from simulator.methods.calls import Call, Method, Refusal
from simulator.people import User
from simulator.teams import Team


def authorize(team: Team, method: Method, token: str) -> None:
    """Raises not_authed, invalid_auth, not_allowed_token_type or missing_scope."""
    if not token:
        raise Refusal("not_authed")
    if token not in {team.bot_token, team.app_token}:
        raise Refusal("invalid_auth")
    if method.any_token:
        return
    if method.app_token != (token == team.app_token):
        raise Refusal("not_allowed_token_type")
    if method.app_token or not method.scopes or team.scopes.intersection(method.scopes):
        return
    needed = ",".join(method.scopes)
    provided = ",".join(sorted(team.scopes))
    raise Refusal("missing_scope", extra={"needed": needed, "provided": provided})


def visible(team: Team, channel: str) -> Channel:
    """A conversation the bot can look at: public ones, and private ones it is a member of."""
    found = team.channels.find(channel)
    if found is None or not _known_to_bot(team, found):
        raise Refusal("channel_not_found")
    return found


def writable(team: Team, call: Call) -> Channel:
    """Where the bot may post: a channel it is in, by id or name, or a person's id for the DM."""
    asked = call.required("channel")
    user = team.people.find(asked) if asked.startswith("U") else None
    if user is not None:
        return direct_message(team, user)
    channel = visible(team, asked)
    if channel.archived:
        raise Refusal("is_archived")
    if team.bot.id in channel.members:
        return channel
    if "chat:write.public" not in team.scopes or channel.private:
        raise Refusal("not_in_channel")
    return channel


def joined(team: Team, channel: str) -> Channel:
    """A conversation the bot is a member of; reading its history needs that."""
    found = visible(team, channel)
    if team.bot.id not in found.members:
        raise Refusal("not_in_channel")
    return found


def direct_message(team: Team, user: User) -> Channel:
    if user.is_bot:
        raise Refusal("cannot_dm_bot")
    if user.deleted:
        raise Refusal("user_disabled")
    return team.channels.direct(user.id, team.bot.id, int(team.clock.now()))


def _known_to_bot(team: Team, channel: Channel) -> bool:
    return not (channel.private or channel.is_im) or team.bot.id in channel.members
