"""Sign-ins: somebody's own passkey signs one errand; and how it becomes theirs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from bot.domain.actors import Actor
from bot.domain.errors import Permanent
from bot.domain.executions import Execution
from bot.domain.passkeys import LONGEST_NAME, MOST_EACH, Errand, Passkey, Step, is_due
from bot.domain.wording import N_, _, at_rest
from bot.ports import Clock, PolicySource, Store, Transaction
from bot.services.errands import ONE_ROW_IN, Errands, subject_of
from bot.services.records import record_about
from bot.services.sayings import tell, tell_watchers

_WENT_BACK, _CHANGED = "passkey: sign count", "passkey: changed"
_NOT_COUNTED = {
    _WENT_BACK: N_(
        "This passkey counted less than before, as a copy of it would, so nothing was done. Tell "
        "an operator."
    ),
    _CHANGED: N_("This passkey was used elsewhere or revoked just now, so nothing was done."),
}


_REGISTERED = at_rest(
    "The passkey “{name}” was registered for you. If that was not you, tell an operator at once."
)
_REGISTERED_BY = at_rest("{who} registered a passkey, “{name}”.")
_COPIED = at_rest(
    "The passkey “{name}” of {who} counted less than before: there may be a copy. "
    "`jobthread passkeys revoke {id}` ends it."
)


class SignIns:
    """Takes what a browser signed: a new passkey, or the proof for one errand."""

    def __init__(
        self, *, store: Store, policy: PolicySource, clock: Clock, errands: Errands
    ) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock
        self._errands = errands

    async def known(self, actor: Actor, execution: Execution | None = None) -> Sequence[Passkey]:
        """Somebody's passkeys that count, and were there before something was asked for."""
        async with self._store.reading() as tx:
            found = await tx.passkeys.of(actor.id)
        return [
            each
            for each in found
            if each.counts and (execution is None or is_due(each, execution.created_at))
        ]

    async def prove(
        self,
        actor: Actor,
        errand: Errand,
        answer: Mapping[str, Any],
        asked_at: datetime | None = None,
    ) -> None:
        """This person's own passkey signed this very errand. Raises Refused."""
        given = _part(answer, "prove")
        passkey = await self._named(actor, errand, given, asked_at)
        try:
            challenge = errand.challenge(Step.PROVE)
            count = self._errands.ceremonies.proved(given, challenge, passkey)
        except Permanent as error:
            raise await self._errands.not_held(actor, errand, error) from error
        rule = await self._counted(actor, errand, passkey, count)
        if rule:
            why = f"{count} after {passkey.sign_count}"
            raise await self._errands.refused(actor, errand, rule, _(_NOT_COUNTED[rule]), why=why)

    async def _counted(self, actor: Actor, errand: Errand, passkey: Passkey, count: int) -> str:
        """Write the sign-in down; empty, or the rule by which it is none."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            fresh = await tx.passkeys.get(passkey.id)
            if fresh is not None and fresh.went_back(count):
                await self._tell_of_copy(tx, actor, passkey, now)
                return _WENT_BACK
            if fresh is None or not await tx.passkeys.used(fresh, count, now):
                return _CHANGED
            facts = {"passkey": passkey.id[:16], "name": passkey.name, "sign_count": count}
            await record_about(tx, actor, "passkey:used", subject_of(errand), now, **facts)
        return ""

    async def register(self, actor: Actor, errand: Errand, answer: Mapping[str, Any]) -> Passkey:
        """Keep a new passkey; who has one already proves that first. Raises Refused."""
        known = await self.known(actor)
        if len(known) >= MOST_EACH:
            sentence = _("You have {count} passkeys. Ask an operator to revoke one first.").format(
                count=MOST_EACH
            )
            raise await self._errands.refused(actor, errand, "passkey: too many", sentence)
        if known:
            await self.prove(actor, errand, answer)
        try:
            challenge = errand.challenge(Step.MAKE)
            made = self._errands.ceremonies.made(_part(answer, "make"), challenge)
        except Permanent as error:
            raise await self._errands.not_held(actor, errand, error) from error
        passkey = Passkey(
            id=made.id,
            person=actor.id,
            name=_name(answer, self._clock.now()),
            public_key=made.public_key,
            sign_count=made.sign_count,
            created_at=self._clock.now(),
        )
        if not await self._added(actor, errand, passkey, is_first=not known):
            sentence = _("This passkey is registered already, or another one was just now.")
            rule = "passkey: registered already"
            raise await self._errands.refused(actor, errand, rule, sentence)
        return passkey

    async def _added(
        self, actor: Actor, errand: Errand, passkey: Passkey, *, is_first: bool
    ) -> bool:
        """Of two that are somebody's first at the same time, one is: nobody proved the other."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            until = now + ONE_ROW_IN
            first = f"passkey:first:{actor.id.user}"
            if is_first and not await tx.tallies.tells(first, now, until):
                return False
            if not await tx.passkeys.add(passkey):
                return False
            facts = {"passkey": passkey.id[:16], "name": passkey.name, "first": is_first}
            await record_about(tx, actor, "passkey:registered", subject_of(errand), now, **facts)
            key = f"passkey:{passkey.id[:40]}"
            await tell(tx, actor.id, key, now, _REGISTERED.format(name=passkey.name))
            sentence = _REGISTERED_BY.format(who=actor.name, name=passkey.name)
            await tell_watchers(tx, self._policy.current(), actor.id, key, now, sentence)
        return True

    async def _named(
        self,
        actor: Actor,
        errand: Errand,
        given: Mapping[str, Any],
        asked_at: datetime | None,
    ) -> Passkey:
        """The passkey that answered, if it is this person's and may. Raises Refused."""
        async with self._store.reading() as tx:
            found = await tx.passkeys.get(str(given.get("id", ""))[:1_400].replace("\0", ""))
        rule, sentence = "", ""
        if found is None:
            rule = "passkey: unknown"
            sentence = _("This passkey is not registered here. Say `/job passkey` in Slack first.")
        elif not found.person.is_same_person(actor.id):
            rule = "passkey: other person"
            sentence = _("This is somebody else's passkey, so nothing was done. Use your own.")
        elif not found.counts:
            rule = "passkey: revoked"
            sentence = _("This passkey was revoked, so nothing was done. Use another one.")
        elif asked_at is not None and not is_due(found, asked_at):
            rule, sentence = "passkey: too new", too_new(errand.execution)
        if found is None or rule:
            raise await self._errands.refused(actor, errand, rule, sentence)
        return found

    async def _tell_of_copy(
        self, tx: Transaction, actor: Actor, passkey: Passkey, now: datetime
    ) -> None:
        key = f"copy:{passkey.id[:40]}:{now:%Y%m%d%H}"
        sentence = _COPIED.format(name=passkey.name, who=actor.name, id=passkey.id[:16])
        await tell_watchers(tx, self._policy.current(), actor.id, key, now, sentence)


def too_new(execution: int) -> str:
    """Why a passkey that was registered just now does not help."""
    return _(
        "Your passkey was registered after #{id} was asked for, so it cannot "
        "approve that. Somebody else can, or it is asked for again."
    ).format(id=execution)


def _part(answer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = answer.get(name)
    return cast("dict[str, Any]", part) if isinstance(part, dict) else {}


def _name(answer: Mapping[str, Any], now: datetime) -> str:
    """What its owner calls it, on one line; a date where they say nothing."""
    said = answer.get("name")
    words = " ".join(said.split()) if isinstance(said, str) else ""
    plain = "".join(each for each in words if each.isprintable())[:LONGEST_NAME].strip()
    return plain or f"passkey of {now:%Y-%m-%d}"
