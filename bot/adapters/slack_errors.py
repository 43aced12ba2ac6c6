"""Slack's refusals: its own word for what went wrong, and what that means for another try."""

from collections.abc import Mapping
from typing import Any, cast

from slack_sdk.errors import SlackApiError

from bot.domain.errors import Ambiguous, Permanent, PortError, Temporary, Unauthorized

OURSELVES = frozenset(
    {
        "account_inactive",
        "accesslimited",
        "app_access_denied",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
"""Errors about our token: every call meets them until a person mends it, and then all go on."""

PASSING = frozenset(
    {
        "ekm_access_denied",
        "external_channel_migrating",
        "team_added_to_org",
    }
)
"""Errors after which nothing happened and another try may help."""

UNSURE = frozenset(
    {
        "fatal_error",
        "file_update_failed",
        "internal_error",
        "request_timeout",
        "service_unavailable",
        "update_failed",
    }
)
"""Errors of Slack's own, after which a message may stand all the same."""

USUAL_WAIT = 30.0
LONGEST_WAIT = 3_600.0
"""Seconds of a Retry-After: when it says nothing, and the most that is believed."""


def code_of(error: SlackApiError) -> str:
    """Slack's error string; the HTTP status when the answer was none of Slack's."""
    response = cast("object", error.response)
    data: object = getattr(response, "data", response)
    if isinstance(data, Mapping):
        told: object = cast("Mapping[str, Any]", data).get("error")
        if told:
            return str(told)
    return str(_status_of(error))


def port_error(error: Exception) -> PortError:
    """What an error of slack_sdk means for whoever called.

    The words are those that docs.slack.dev lists for the methods in use; one that is not known
    here is `Permanent`, because Slack answered and refused.
    """
    if not isinstance(error, SlackApiError):
        # The request went out, or part of it; whether Slack kept it nobody can say.
        return Ambiguous(f"Slack did not answer: {error!r}", code="no_answer")
    status, code = _status_of(error), code_of(error)
    if status == 429 or code in {"ratelimited", "rate_limited"}:
        after = _retry_after(error)
        return Temporary("Slack asks to slow down", code="ratelimited", retry_after=after)
    if status >= 500 or code in UNSURE or code == str(status):
        return Ambiguous(f"Slack answered {status} {code}", code=code)
    if code in OURSELVES:
        return Unauthorized(f"Slack does not let us in: {code}", code=code)
    if code in PASSING:
        return Temporary(f"Slack answered {code}", code=code)
    return Permanent(f"Slack refused: {code}", code=code)


def _status_of(error: SlackApiError) -> int:
    # An answer that was no JSON comes as aiohttp's own response, which says `status`.
    response = cast("object", error.response)
    return int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)


def _retry_after(error: SlackApiError) -> float:
    headers: Mapping[str, str] = getattr(cast("object", error.response), "headers", {})
    try:
        wait = float(headers.get("Retry-After", USUAL_WAIT))
    except ValueError:
        return USUAL_WAIT
    return min(max(wait, 0.0), LONGEST_WAIT) if wait == wait else USUAL_WAIT
