"""The page where somebody confirms with a passkey, or registers one, and the two calls it makes."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, cast

import structlog
from aiohttp import web

from bot.domain.errors import BotError, PortError, Refused, Stale
from bot.domain.notices import Card
from bot.domain.passkeys import hash_of
from bot.domain.wording import N_, _, speaking, spoken
from bot.services.errands import PATH
from bot.services.origins import Origin, coming_from
from bot.services.stepups import Page, StepUps

log = structlog.get_logger(__name__)

STEP_UPS = web.AppKey("step_ups", StepUps)

LARGEST_ANSWER = 64 * 1_024
"""Bytes of what a browser sends; a passkey's answer has a few thousand at most."""

SAFE = {
    # Nothing inline, nothing from elsewhere, never inside another page.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), "
        "microphone=(), geolocation=()"
    ),
    "X-Robots-Tag": "noindex",
}

_MOST_CHANGES = 20
_AWAY = N_("Something that is needed is away just now. Ask for a new link in a minute.")

WORDS = (
    N_("Approve #{number} {target}?"),
    N_("You are {name}. Your yes is for exactly what stands here."),
    N_("Asked by"),
    N_("Why"),
    N_("Rules"),
    N_("Your comment"),
    N_("Digest"),
    N_("Changes since the last successful run"),
    N_("Approve with passkey"),
    N_("Register a passkey"),
    N_("You are {name}. Confirm with a passkey that you have, then make the new one."),
    N_("You are {name}. With a passkey you approve what a click in Slack is not enough for."),
    N_("What do you call this passkey?"),
    N_("Confirm, then register"),
    N_("Register"),
    N_("This page is good once, until {until}."),
    N_("Your device asks you now …"),
    N_("This device has a passkey of yours already."),
    N_("Nothing was confirmed. You can try again."),
    N_("Done"),
    N_("Not done"),
    N_("Not possible"),
    N_("Not sure"),
    N_("The answer was lost on its way. Look at the card in Slack."),
)
"""What the page itself says, once it knows to whom."""

routes = web.RouteTableDef()


def _piece(name: str, kind: str) -> web.Response:
    return web.Response(text=_text(name), content_type=kind, charset="utf-8", headers=SAFE)


@cache
def _text(name: str) -> str:
    return files("bot.web").joinpath(name).read_text(encoding="utf-8")


@routes.get(PATH)
async def page(_: web.Request) -> web.Response:
    """The same for everybody: what it shows it asks for with what stands behind the `#`."""
    return _piece("passkey.html", "text/html")


@routes.get(f"{PATH}.js")
async def script(_: web.Request) -> web.Response:
    return _piece("passkey.js", "text/javascript")


@routes.get(f"{PATH}.css")
async def style(_: web.Request) -> web.Response:
    return _piece("passkey.css", "text/css")


@routes.post(f"{PATH}/open")
async def opened(request: web.Request) -> web.Response:
    """What a link is for."""
    return await _answered(request, done=False)


@routes.post(f"{PATH}/done")
async def finished(request: web.Request) -> web.Response:
    """What the passkey said."""
    return await _answered(request, done=True)


async def _answered(request: web.Request, *, done: bool) -> web.Response:
    given = await _body(request)
    token, origin = str(given.get("token", "")), request.headers.get("Origin", "")[:300]
    step_ups = request.app[STEP_UPS]
    with (
        coming_from(Origin(client="web:passkey", gesture=f"passkey:{hash_of(token)[:16]}")),
        speaking(""),
    ):
        try:
            if done:
                said = {"sentence": await step_ups.finished(token, origin, given)}
            else:
                said = _shown(await step_ups.opened(token, origin))
        except BotError as error:
            return _said(error, _status_of(error))
        except PortError as error:
            log.warning("passkey_page_failed", error=str(error))
            return _said(_(_AWAY), 503)
    return web.json_response(said, headers=SAFE)


async def _body(request: web.Request) -> Mapping[str, Any]:
    """A JSON object, which another site's page could not send unasked. Raises HTTPException."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        found: object = await request.json()
    except (ValueError, RecursionError) as error:
        raise web.HTTPBadRequest from error
    if not isinstance(found, dict):
        raise web.HTTPBadRequest
    return cast("dict[str, Any]", found)


def _status_of(error: BotError) -> int:
    match error:
        case Refused():
            return 403
        case Stale():
            return 410
        case _:
            return 400


def _said(what: BotError | str, status: int) -> web.Response:
    return web.json_response({"sentence": str(what), **_worded()}, status=status, headers=SAFE)


def _worded() -> dict[str, Any]:
    """The page's words in the language of whoever the link is for, as far as that is known."""
    return {"language": spoken(), "words": {sentence: _(sentence) for sentence in WORDS}}


def _shown(page: Page) -> dict[str, Any]:
    return {
        "purpose": page.errand.purpose,
        "name": page.name,
        "until": page.errand.expires_at.isoformat(),
        "comment": page.errand.comment,
        "prove": page.prove,
        "make": page.make,
        **(_what(page.card) if page.card else {}),
        **_worded(),
    }


def _what(card: Card) -> dict[str, Any]:
    """What is approved, as the card in Slack has it: values that are secret are masked there."""
    execution = card.execution
    return {
        "number": execution.id,
        "target": _plain(execution.target),
        "requester": _plain(execution.requester_name),
        "asked": execution.created_at.isoformat(),
        "reason": _plain(execution.reason),
        "values": [(_plain(label), _plain(value)) for label, value in card.shown],
        "changes": [_plain(change) for change in card.changes[:_MOST_CHANGES]],
        "rules": [need.rule for need in execution.all_needs],
        "digest": execution.digest,
    }


def _plain(text: str) -> str:
    """Without signs that nobody sees, some of which turn around what stands beside them."""
    return "".join(each if each.isprintable() or each == "\n" else "\ufffd" for each in text)
