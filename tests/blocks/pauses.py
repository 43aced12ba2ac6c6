"""Pauses to render: a plain one, a question, a form, and what people said to them."""

from dataclasses import replace
from typing import Any

from bot.domain.answers import Need
from bot.domain.executions import Status
from bot.domain.notices import Card
from bot.domain.parameters import Kind, Parameter
from bot.domain.pauses import Pause
from bot.domain.waits import Reply, Wait
from tests.blocks.samples import BO, NOW, card

COUNT = Parameter(name="count", kind=Kind.INTEGER, required=True, title="How many")
TOKEN = Parameter(name="token", sensitive=True, title="Token")
ASKED = Pause(key="p", title="Ship it?", text="12 rows change\nin orders", until=NOW)
CHOICES = replace(ASKED, choices=("Approve", "Reject"))
FORM = replace(ASKED, parameters=(COUNT, TOKEN))
LEADS = Need(rule="policy: prod", roles=("payments-leads",))


def wait_of(pause: Pause = ASKED, **changes: Any) -> Wait:
    given: dict[str, Any] = {
        "execution": 1042,
        "request_key": "k" * 32,
        "pause": pause,
        "begun_at": NOW,
        **changes,
    }
    return Wait(**given)


def paused_card(of: Wait) -> Card:
    shown = card(Status.RUNNING, request_key=of.request_key)
    return replace(shown, execution=replace(shown.execution, pause=of.pause))


def reply_of(**changes: Any) -> Reply:
    given: dict[str, Any] = {"person": BO, "name": "Bo", "digest": "d" * 64, "at": NOW, **changes}
    return Reply(**given)
