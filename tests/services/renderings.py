"""What messages look like where only their facts matter."""

from collections.abc import Mapping
from typing import Any

from bot.domain.executions import Execution
from bot.domain.notices import Card, LineKind
from bot.domain.waits import Wait
from bot.ports import Rendered
from bot.services.delivery import Renderers


def _line(kind: LineKind, facts: Mapping[str, Any], execution: Execution) -> Rendered:
    told = {k: v for k, v in facts.items() if v not in ("", None) and k not in {"kind", "status"}}
    return Rendered(text=f"{kind} {told}")


def _card(card: Card) -> Rendered:
    late = [f"{card.behind} late"] if card.behind else []
    said = " ".join([*(f"{d.name}:{d.verdict}" for d in card.decisions), *late])
    text = f"card #{card.execution.id} {card.execution.status} {said}".rstrip()
    return Rendered(text=text, blocks=({"type": "divider"},))


def _pause(card: Card, wait: Wait) -> Rendered:
    reply = wait.reply
    who = f"{reply.name}:{','.join(reply.chosen)}" if reply else ""
    said = " ".join([*(f"{each.name}:yes" for each in wait.said), who, wait.note]).strip()
    text = f"pause {wait.pause.key} of #{card.execution.id} {wait.standing} {said}".rstrip()
    return Rendered(text=text, blocks=({"type": "divider"},))


RENDERERS = Renderers(
    card=_card,
    approval=lambda card: Rendered(text=f"approve? {_card(card).text}"),
    line=_line,
    ended=lambda card: Rendered(text=f"ended {_card(card).text}"),
    sentence=lambda sentence: Rendered(text=sentence),
    schedule=lambda kind, facts: Rendered(text=f"schedule {facts['schedule']} {kind}"),
    pause=_pause,
    digest=lambda digest, _: Rendered(text=f"{len(digest.executions)} more finished"),
)
