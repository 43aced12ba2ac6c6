"""Who there is in a world, and the policy that says who may what."""

from dataclasses import replace
from typing import Any

from bot.domain.answers import Need
from bot.domain.policies import Policy
from bot.domain.rules import ApprovalPolicy, Binding, Command, Permission, Role
from tests.fakes.values import actor

ANA = actor("UANA")
BO = actor("UBO")
CHEN = actor("UCHEN")
DANA = actor("UDANA")


def role(name: str, *commands: Command) -> Role:
    """Who has it may do these, everywhere."""
    return Role(name=name, permissions=(Permission(name=name, commands=frozenset(commands)),))


def policy(version: str = "p1", **changes: Any) -> Policy:
    """Ana runs, Bo and Chen approve, Dana is nobody."""
    everyday = {Command.USE, Command.RUN, Command.LOGS, Command.HISTORY}
    deciding = {Command.USE, Command.APPROVE, Command.LOGS, Command.HISTORY, Command.CANCEL}
    given: dict[str, Any] = {
        "version": version,
        "roles": {
            "developer": role("developer", *everyday),
            "approver": role("approver", *deciding),
        },
        "bindings": (
            Binding(roles=("developer",), people=("UANA",)),
            Binding(roles=("approver",), people=("UBO", "UCHEN")),
        ),
        "contact": "#help",
        **changes,
    }
    return Policy(**given)


def asking(count: int = 1, **changes: Any) -> ApprovalPolicy:
    """The policy asks for approval of everything."""
    need = Need(rule="policy: more eyes", roles=("approver",), count=count)
    return ApprovalPolicy(need=replace(need, **changes))
