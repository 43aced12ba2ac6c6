"""Step-up: who says yes with a passkey, on a page that is good once for exactly that."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from bot.domain.access import may
from bot.domain.actors import Actor
from bot.domain.answers import Circumstances, Denied
from bot.domain.approvals import Verdict
from bot.domain.errors import BotError, Refused
from bot.domain.executions import Execution
from bot.domain.notices import Card
from bot.domain.passkeys import Errand, Purpose, Step, StepUpLink
from bot.domain.rules import Command
from bot.domain.wording import _, ngettext
from bot.ports import Clock, PolicySource, Store
from bot.services.approvals import Approvals, Decided
from bot.services.errands import Errands
from bot.services.gates import refusal_from
from bot.services.moves import record_refusal
from bot.services.origins import here
from bot.services.signins import SignIns, too_new
from bot.services.verdicts import word_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What a link shows: to whom, what is confirmed, and what the browser is to ask its passkeys.

    `prove` and `make` are options as JSON; None where that step is not due.
    """

    errand: Errand
    name: str
    card: Card | None = None
    prove: Mapping[str, Any] | None = None
    make: Mapping[str, Any] | None = None


class StepUps:
    """Hands out links to the page, shows what it asks, and finishes what was signed."""

    def __init__(
        self,
        *,
        store: Store,
        policy: PolicySource,
        clock: Clock,
        approvals: Approvals,
        errands: Errands,
    ) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock
        self._approvals = approvals
        self._errands = errands
        self._sign_ins = SignIns(store=store, policy=policy, clock=clock, errands=errands)

    async def to_register(self, actor: Actor, channel: str) -> StepUpLink:
        """A link with which this person registers a passkey. Raises Refused.

        A passkey gives nobody a right, so whoever may use the bot may have one.
        """
        now = self._clock.now()
        around = Circumstances(now=now, channel=channel)
        answer = may(self._policy.current(), actor, Command.USE, around=around)
        if isinstance(answer, Denied):
            async with self._store.transaction() as tx:
                await record_refusal(tx, actor, "passkey", now, rule=answer.rule)
            raise refusal_from(answer)
        return await self._errands.send(actor, Purpose.REGISTER)

    async def to_approve(
        self, actor: Actor, execution: int, digest: str, comment: str = ""
    ) -> StepUpLink | None:
        """A link with which this person says yes; None where a click is enough.

        Raises as `Approvals.decide` does, and Refused for who has no passkey.
        """
        async with self._store.reading() as tx:
            found = await tx.executions.get(execution)
        if found is None or not any(need.step_up for need in found.all_needs):
            return None
        card = await self._approvals.card_to_decide(actor, execution, digest)
        needs = await self._approvals.needs_of(actor, card.execution)
        if not any(need.step_up for need in needs):
            return None
        self._errands.be_set_up()
        if any(need.comment for need in needs):
            word_of(comment)
        if not await self._sign_ins.known(actor, card.execution):
            raise await self._without(actor, card.execution)
        return await self._errands.send(actor, Purpose.APPROVE, card.execution, comment)

    async def opened(self, token: str, origin: str) -> Page:
        """What the page shows for a link; opening it uses nothing up. Raises BotError."""
        errand, actor = await self._errands.find(token, origin)
        ceremonies = self._errands.ceremonies
        prove, make = errand.challenge(Step.PROVE), errand.challenge(Step.MAKE)
        match errand.purpose:
            case Purpose.APPROVE:
                card = await self._approvals.card_to_decide(actor, errand.execution, errand.digest)
                known = await self._sign_ins.known(actor, card.execution)
                asked = ceremonies.proving(prove, known)
                return Page(errand=errand, name=actor.name, card=card, prove=asked)
            case Purpose.REGISTER:
                known = await self._sign_ins.known(actor)
                made = ceremonies.making(make, actor.id, actor.email or actor.name, known)
                asked = ceremonies.proving(prove, known) if known else None
                return Page(errand=errand, name=actor.name, prove=asked, make=made)
            case _:
                assert_never(errand.purpose)

    async def finished(self, token: str, origin: str, answer: Mapping[str, Any]) -> str:
        """Take what the browser answered, once; a sentence on what came of it. Raises BotError."""
        errand, actor = await self._errands.find(token, origin)
        await self._errands.take(actor, errand)
        match errand.purpose:
            case Purpose.APPROVE:
                return _outcome(await self._approved(actor, errand, answer))
            case Purpose.REGISTER:
                passkey = await self._sign_ins.register(actor, errand, answer)
                return _("The passkey “{name}” is registered. You can close this page.").format(
                    name=passkey.name
                )
            case _:
                assert_never(errand.purpose)

    async def forget_old(self) -> int:
        """Drop links that were over long ago."""
        return await self._errands.forget_old()

    async def _approved(self, actor: Actor, errand: Errand, answer: Mapping[str, Any]) -> Decided:
        async with self._store.reading() as tx:
            execution = await tx.executions.get(errand.execution)
        asked_at = execution.created_at if execution else errand.created_at
        await self._sign_ins.prove(actor, errand, answer, asked_at)
        try:
            return await self._approvals.decide(
                actor,
                errand.execution,
                Verdict.APPROVE,
                digest=errand.digest,
                comment=errand.comment,
                proven=True,
            )
        except BotError as error:
            if not here().is_refused:
                await self._errands.refused(actor, errand, "passkey: not counted", str(error))
            raise

    async def _without(self, actor: Actor, execution: Execution) -> Refused:
        """The refusal of an approver who has no passkey that was there in time."""
        has_one = bool(await self._sign_ins.known(actor))
        sentence = (
            too_new(execution.id)
            if has_one
            else _(
                "#{id} takes a passkey, and you have none. Say `/job passkey` to register one; "
                "it counts for what is asked for after that."
            ).format(id=execution.id)
        )
        rule = "passkey: too new" if has_one else "passkey: none"
        now = self._clock.now()
        async with self._store.transaction() as tx:
            await record_refusal(tx, actor, f"execution:{execution.id}", now, rule=rule)
        return Refused(sentence, rule=rule, who_can=execution.approvers)


def _outcome(done: Decided) -> str:
    execution = done.execution
    if done.needed:
        said = ngettext(
            "Your yes to #{id} {target} counts. It still waits for {count} more person.",
            "Your yes to #{id} {target} counts. It still waits for {count} more people.",
            done.needed,
        )
        return said.format(id=execution.id, target=execution.target, count=done.needed)
    return _("#{id} {target} is approved. You can close this page.").format(
        id=execution.id, target=execution.target
    )
