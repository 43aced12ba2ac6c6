"""The Web API: every method by its name."""

from simulator.methods import auth, chat, conversations, files, reactions, users, views
from simulator.methods.access import authorize
from simulator.methods.calls import Call, Method, Refusal
from simulator.shapes import JsonObject
from simulator.teams import Team

METHODS: dict[str, Method] = {
    **auth.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **reactions.METHODS,
    **users.METHODS,
    **views.METHODS,
}


def answer(team: Team, call: Call, token: str) -> JsonObject:
    """What Slack answers, `ok: false` included; each refusal is recorded as a violation."""
    try:
        method = _known(call.method)
        authorize(team, method, token)
        return method.run(team, call)
    except Refusal as refusal:
        team.journal.violate(call.method, refusal.error, "; ".join(refusal.messages))
        return refused(refusal)


def _known(name: str) -> Method:
    if (method := METHODS.get(name)) is None:
        raise Refusal("unknown_method", extra={"req_method": name})
    return method


def refused(refusal: Refusal) -> JsonObject:
    answered: JsonObject = {"ok": False, "error": refusal.error, **refusal.extra}
    if refusal.messages:
        answered["response_metadata"] = {"messages": list(refusal.messages)}
    return answered
