"""What Slack's word on an account comes to: whose it is, and why it may do nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.actors import Standing
from bot.domain.wording import at_rest

SLACKBOT = "USLACKBOT"
"""Slack's own account, which Slack does not call a bot."""

_REFUSALS: Mapping[Standing, str] = {
    Standing.GUEST: at_rest("Guests may not do that."),
    Standing.EXTERNAL: at_rest(
        "Only members of this workspace may do that; you belong to another organisation."
    ),
    Standing.BOT: at_rest("Bots may not do that; a person has to ask."),
    Standing.WORKFLOW: at_rest("Workflows may not do that; a person has to ask."),
    Standing.DEACTIVATED: at_rest("This account is deactivated."),
    Standing.UNKNOWN: at_rest("Slack does not know this account, or does not show it to me."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What is kept of an account. `email` is empty unless it is confirmed and of our own people."""

    name: str
    email: str
    tz: str
    locale: str
    standing: Standing
    team: str = ""


NOBODY = Profile(name="", email="", tz="UTC", locale="en-US", standing=Standing.UNKNOWN)


def profile_of(user: Mapping[str, Any], *, team: str, enterprise: str) -> Profile:
    """A user object of Slack's, read by somebody who believes only what it says."""
    profile: Mapping[str, Any] = user.get("profile") or {}
    standing = standing_of(user, team=team, enterprise=enterprise)
    # Whoever may write their address themselves could take on anybody's roles by it.
    is_sure = user.get("is_email_confirmed") is True and standing in {
        Standing.MEMBER,
        Standing.GUEST,
    }
    # What a security lead reads a year later is the real name; display names change weekly.
    name = user.get("real_name") or profile.get("display_name") or user.get("name")
    return Profile(
        name=str(name or user.get("id") or ""),
        email=str(profile.get("email") or "") if is_sure else "",
        tz=str(user.get("tz") or "UTC"),
        locale=str(user.get("locale") or "en-US"),
        standing=standing,
        team=str(user.get("team_id") or ""),
    )


def standing_of(user: Mapping[str, Any], *, team: str, enterprise: str) -> Standing:
    """The gravest of what speaks against an account."""
    if user.get("deleted") or user.get("is_forgotten"):
        return Standing.DEACTIVATED
    if user.get("is_workflow_bot"):
        return Standing.WORKFLOW
    if user.get("is_bot") or user.get("id") == SLACKBOT:
        return Standing.BOT
    if not _is_ours(user, team, enterprise):
        return Standing.EXTERNAL
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Standing.GUEST
    return Standing.MEMBER


def refusal_of(standing: Standing, admitted: frozenset[Standing]) -> str:
    """Why such an account may do nothing; empty when it may, if policy lets it."""
    return "" if standing in admitted else _REFUSALS.get(standing, "")


def _is_ours(user: Mapping[str, Any], team: str, enterprise: str) -> bool:
    """Of this workspace, or of another one of the same organisation."""
    if user.get("is_stranger") or user.get("is_external"):
        return False
    grid: Mapping[str, Any] = user.get("enterprise_user") or {}
    org = str(grid.get("enterprise_id") or "")
    return user.get("team_id") == team or bool(enterprise and org == enterprise)
