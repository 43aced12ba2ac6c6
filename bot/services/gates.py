"""The gate in a request's own transaction: limits by counting, and what security is told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from bot.domain.access import counts_wanted, may_run
from bot.domain.actors import Actor
from bot.domain.answers import Allowed, Answer, Circumstances, Denied, NeedsApproval
from bot.domain.errors import Refused
from bot.domain.executions import Execution
from bot.domain.jobs import Job, digest_of
from bot.domain.parameters import VEIL, Value, shown
from bot.domain.policies import Policy
from bot.domain.wording import _
from bot.ports import Transaction
from bot.services.moves import record_refusal
from bot.services.sayings import tell_security

QUIET_FOR = timedelta(minutes=5)
"""How long a limit on what is underway is told once; one on a time is until that is over."""

MOST_GROUPS = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Who asks for what, under which policy."""

    actor: Actor
    job: Job
    values: Mapping[str, Value]
    policy: Policy
    around: Circumstances
    request_id: str
    account: str = ""

    @property
    def now(self) -> datetime:
        assert self.around.asked_at is not None
        return self.around.asked_at


async def answer_counted(tx: Transaction, asked: Asked) -> Answer:
    """What policy says once runs were counted; nobody else counts until the transaction ends."""
    of = (asked.policy, asked.actor, asked.job, asked.values)
    counts = counts_wanted(*of, asked.around)
    found = await tx.tallies.counted(counts)
    return may_run(*of, replace(asked.around, counts=found))


async def refused(tx: Transaction, asked: Asked, answer: Denied) -> Refused:
    """The refusal, written down; a limit is told and written once until it can be otherwise."""
    if answer.rule.startswith("limit: ") and not await _is_new(tx, asked, answer):
        return Refused(
            _("You may not run {job} yet, as I said.").format(job=asked.job.name),
            rule=answer.rule,
            opens_at=answer.opens_at,
        )
    await record_refusal(
        tx,
        asked.actor,
        f"job:{asked.job.name}",
        asked.now,
        rule=answer.rule,
        request_id=asked.request_id,
        detail=facts_of(asked),
    )
    return refusal_from(answer)


def refusal_from(answer: Denied) -> Refused:
    """A no of the policy as the error that stops what was asked."""
    return Refused(
        answer.reason, rule=answer.rule, who_can=answer.who_can, opens_at=answer.opens_at
    )


async def tell_fired(
    tx: Transaction, asked: Asked, answer: Allowed | NeedsApproval, execution: Execution
) -> None:
    """The security channel hears what compliance rules found, each once per execution."""
    for each in answer.tells:
        key = f"{execution.id}:{digest_of(each.rule)[:12]}"
        await tell_security(tx, asked.policy, execution, key, asked.now, each.sentence)


def facts_of(asked: Asked) -> dict[str, Any]:
    """What was asked and by whom, so that another policy can be asked the same later."""
    masked = {each.name for each in asked.job.parameters if each.is_masked}
    around = asked.around
    later = {"start_at": around.now.isoformat()} if around.asked and around.now else {}
    return {
        "job": asked.job.name,
        "values": {
            name: VEIL if name in masked else _kept(value) for name, value in asked.values.items()
        },
        "channel": asked.around.channel,
        "email": asked.actor.email,
        "groups": sorted(asked.actor.groups)[:MOST_GROUPS],
        "policy": asked.policy.version,
        **later,
        **({"account": asked.account} if asked.account else {}),
    }


def _kept(value: Value) -> str | list[str]:
    return list(value) if isinstance(value, tuple) else shown(value)


def answered(answer: Answer) -> Mapping[str, Any]:
    """An answer as the audit keeps it."""
    match answer:
        case Allowed():
            return {"rule": answer.rule, **_noticed(answer)}
        case NeedsApproval():
            needs = [
                f"{need.rule} ({need.count} of {', '.join(need.roles)})" for need in answer.needs
            ]
            return {"rule": answer.rule, "needs": needs, **_noticed(answer)}
        case Denied():
            return {"rule": answer.rule}
        case _:
            assert_never(answer)


def _noticed(answer: Allowed | NeedsApproval) -> Mapping[str, Any]:
    fired = [each.rule for each in answer.tells]
    return {"compliance": fired} if fired else {}


async def _is_new(tx: Transaction, asked: Asked, answer: Denied) -> bool:
    until = answer.opens_at or asked.now + QUIET_FOR
    who = asked.actor.id.user
    key = f"{answer.rule}:{who}:{asked.job.name}"
    return await tx.tallies.tells(key, asked.now, max(until, asked.now + timedelta(seconds=1)))
