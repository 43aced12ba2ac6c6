"""Verdicts: what one person answers, for whom, and which needs a yes of theirs counts for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.answers import Need
from bot.domain.approvals import (
    Decision,
    Verdict,
    counted_before,
    missing,
)
from bot.domain.delegations import Voice
from bot.domain.errors import InvalidValues, Refused
from bot.domain.executions import Execution
from bot.domain.wording import N_, _

_COUNTS_ONCE = N_(
    "#{id} has this yes already: each person counts once, whether they say it or who stands in."
)
_HAS_ENOUGH = N_("#{id} has the yes of your group already. It still waits for {who}.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one person said, for whom, when, and whether they proved to be themselves."""

    voice: Voice
    comment: str = ""
    proven: bool = False
    now: datetime

    @property
    def delegated(self) -> Mapping[str, int]:
        """By which delegation, as the audit keeps it."""
        behalf = self.voice.behalf
        return {} if behalf is None else {"delegation": behalf.delegation}

    @property
    def spoken_for(self) -> Mapping[str, str]:
        """For whom, as the thread says it."""
        behalf = self.voice.behalf
        return {} if behalf is None else {"behalf": behalf.name}


def decision_of(
    found: Execution,
    answer: Answer,
    serves: tuple[str, ...],
    verdict: Verdict = Verdict.APPROVE,
) -> Decision:
    """The row of it; `serves` are the rules of the needs that it counts for."""
    return Decision(
        execution=found.id,
        person=answer.voice.speaker.id,
        name=answer.voice.speaker.name,
        email=answer.voice.speaker.email.casefold(),
        verdict=verdict,
        comment=answer.comment,
        digest=found.digest,
        at=answer.now,
        serves=serves,
        proven=answer.proven,
        behalf=answer.voice.behalf,
    )


def served_by(found: Execution, answer: Answer, needs: Sequence[Need]) -> tuple[str, ...]:
    """The rules of the needs that this yes counts for. Raises Refused, or InvalidValues."""
    shown = [need for need in needs if answer.proven or not need.step_up]
    if not shown:
        raise Refused(
            _("#{id} takes a passkey: press Approve and confirm on the page that opens.").format(
                id=found.id
            ),
            rule=needs[0].rule,
            who_can=needs[0].roles,
        )
    if any(need.comment for need in shown):
        word_of(answer.comment)
    return tuple(need.rule for need in shown)


def adds_nothing(found: Execution, said: Sequence[Decision], decision: Decision) -> str:
    """Why a yes would change nothing."""
    left = missing(found, said)
    if any(need.rule in decision.serves for need, _ in left) and counted_before(
        found, said, decision
    ):
        return _(_COUNTS_ONCE).format(id=found.id)
    return _(_HAS_ENOUGH).format(id=found.id, who=names_of(left))


def word_of(comment: str) -> str:
    """The comment. Raises InvalidValues when there is none and one is due."""
    if not comment.strip():
        raise InvalidValues({"comment": _("Say in a few words why; it is kept with the decision.")})
    return comment


def names_of(needs: Sequence[tuple[Need, int]]) -> str:
    """The roles that these needs ask, in words."""
    return _(" and ").join(_(" or ").join(need.roles) for need, _count in needs)
