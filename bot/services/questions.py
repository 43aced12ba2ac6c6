"""Questions: what people ask, audited with the rule by which they may."""

from bot.domain.access import may
from bot.domain.actors import Actor
from bot.domain.audit import AuditEntry
from bot.domain.errors import BotError, Refused
from bot.domain.policies import Policy
from bot.domain.rules import Command
from bot.ports import Clock, PolicySource
from bot.services.moves import refusal_entry
from bot.services.origins import here
from bot.services.records import entry_of

MOST_KEPT = 5_000
"""People whose rule is kept."""


class Questions:
    """Audit rows of what changes nothing; they are written when the question is handled."""

    def __init__(self, *, policy: PolicySource, clock: Clock) -> None:
        self._policy = policy
        self._clock = clock
        self._asked_of: Policy | None = None
        self._rules: dict[Actor, str] = {}

    def declined(self, actor: Actor, error: BotError) -> AuditEntry | None:
        """That what somebody asked was not done; None when that is written down already.

        What they said is left out: it may hold what nobody should have typed.
        """
        if isinstance(error, Refused):
            if here().is_refused:
                return None
            return refusal_entry(actor, "gesture", self._clock.now(), error.rule)
        now, detail = self._clock.now(), {"why": type(error).__name__}
        return entry_of(actor, "job:gesture:declined", "gesture", now, detail=detail)

    def asked(self, actor: Actor, command: str, *, subject: str, request_id: str) -> AuditEntry:
        """That somebody asked; what they were shown is theirs to see, each by its own rule."""
        now, detail = self._clock.now(), {"rule": self._rule(actor)}
        return entry_of(
            actor, f"job:asked:{command}", subject, now, detail=detail, request_id=request_id
        )

    def _rule(self, actor: Actor) -> str:
        """The rule by which somebody may ask, or may not: the same until the policy changes."""
        policy = self._policy.current()
        if policy is not self._asked_of or len(self._rules) >= MOST_KEPT:
            self._asked_of, self._rules = policy, {}
        rule = self._rules.get(actor)
        if rule is None:
            rule = self._rules[actor] = may(policy, actor, Command.USE).rule
        return rule
