"""Errands: one-time links into the page for passkeys, and the refusals of those that are none."""

import re
import secrets
from datetime import timedelta

import structlog

from bot.domain.actors import Actor
from bot.domain.errors import Permanent, Refused, Stale
from bot.domain.executions import Execution
from bot.domain.passkeys import GOOD_FOR, Errand, Purpose, StepUpLink, hash_of
from bot.domain.wording import N_, _, language_of, speak
from bot.ports import Ceremonies, Clock, People, Store
from bot.services.moves import record_refusal
from bot.services.records import record_about

log = structlog.get_logger(__name__)

PATH = "/passkey"
"""Where the page is. What a link holds stands behind a `#`, which browsers send to nobody."""

LINKS_KEPT = timedelta(days=1)
"""After its end a link is known for so long, and whoever uses it again is told what it was."""

ONE_ROW_IN = timedelta(minutes=1)
"""The same refusal of the same link is written down no more often."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_AGAIN = N_("Press Approve in Slack again for a new one.")
_ANEW = N_("Say `/job passkey` in Slack again for a new one.")


class Errands:
    """Links are good once, for ten minutes, for one person and one thing.

    Without `ceremonies` there are none: it is not set up.
    """

    def __init__(
        self, *, store: Store, people: People, clock: Clock, ceremonies: Ceremonies | None
    ) -> None:
        self._store = store
        self._people = people
        self._clock = clock
        self._ceremonies = ceremonies

    @property
    def ceremonies(self) -> Ceremonies:
        """What browsers are asked with. Raises Refused: not set up."""
        self.be_set_up()
        assert self._ceremonies is not None
        return self._ceremonies

    def be_set_up(self) -> None:
        """Raises Refused where no link can be made."""
        if self._ceremonies is None:
            raise Refused(
                _(
                    "This takes a passkey, and passkeys are not set up here: an operator has to "
                    "set JOBTHREAD_WEB_URL."
                ),
                rule="passkey: not set up",
            )

    async def send(
        self,
        actor: Actor,
        purpose: Purpose,
        execution: Execution | None = None,
        comment: str = "",
    ) -> StepUpLink:
        """A new link for this person. Raises Refused: not set up."""
        origin, token = self.ceremonies.origin, secrets.token_urlsafe(32)
        now = self._clock.now()
        errand = Errand(
            token=hash_of(token),
            purpose=purpose,
            person=actor.id,
            execution=execution.id if execution else 0,
            digest=execution.digest if execution else "",
            comment=comment,
            created_at=now,
            expires_at=now + GOOD_FOR,
        )
        async with self._store.transaction() as tx:
            await tx.passkeys.send(errand)
            await record_about(
                tx, actor, "passkey:linked", subject_of(errand), now, purpose=purpose
            )
        return StepUpLink(
            url=f"{origin}{PATH}#{token}",
            purpose=purpose,
            execution=errand.execution,
            target=execution.target if execution else "",
        )

    async def find(self, token: str, origin: str) -> tuple[Errand, Actor]:
        """What a link is for and whose it is, while it may be used. Raises Stale or Refused.

        `origin` is the page that asks, as its browser says.
        """
        found = None
        if _TOKEN.fullmatch(token):
            async with self._store.reading() as tx:
                found = await tx.passkeys.errand(hash_of(token))
        if found is None:
            # Nothing is written for it: anybody could fill the audit log.
            log.warning("unknown_passkey_link")
            raise Stale(
                _("This link is not known, or was over long ago. Ask for a new one in Slack.")
            )
        actor = await self._people.actor(found.person)
        speak(language_of(actor.locale))
        if origin != self.ceremonies.origin:
            sentence = _(
                "This came from another page than ours, so nothing was done. {anew}"
            ).format(anew=_anew(found))
            raise await self.refused(actor, found, "passkey: wrong origin", sentence, why=origin)
        if found.used_at is not None:
            raise await self._used_up(actor, found)
        if found.expires_at <= self._clock.now():
            sentence = _("This link was good for ten minutes and is over. {anew}").format(
                anew=_anew(found)
            )
            raise await self.refused(actor, found, "passkey: link expired", sentence)
        if actor.blocked:
            raise await self.refused(actor, found, actor.blocked_by, actor.blocked)
        return found, actor

    async def take(self, actor: Actor, errand: Errand) -> None:
        """Use a link up, whatever comes of it. Raises Refused: somebody was faster."""
        async with self._store.transaction() as tx:
            taken = await tx.passkeys.take(errand.token, self._clock.now())
        if not taken:
            raise await self._used_up(actor, errand)

    async def forget_old(self) -> int:
        """Drop links that were over long ago."""
        async with self._store.transaction() as tx:
            return await tx.passkeys.forget(self._clock.now() - LINKS_KEPT)

    async def refused(
        self, actor: Actor, errand: Errand, rule: str, sentence: str, *, why: str = ""
    ) -> Refused:
        """A no, written down: the same for the same link once a minute."""
        now = self._clock.now()
        detail = {"purpose": errand.purpose, **({"why": why[:200]} if why else {})}
        async with self._store.transaction() as tx:
            key = f"{rule}:{errand.token[:32]}"
            if await tx.tallies.tells(key, now, now + ONE_ROW_IN):
                subject = subject_of(errand)
                await record_refusal(tx, actor, subject, now, rule=rule, detail=detail)
        log.info("passkey_refused", rule=rule, person=actor.id.user)
        return Refused(sentence, rule=rule)

    async def not_held(self, actor: Actor, errand: Errand, error: Permanent) -> Refused:
        """The refusal of an answer that is made up, or was made for somewhere else."""
        is_elsewhere = error.code == "origin"
        rule = "passkey: wrong origin" if is_elsewhere else "passkey: not verified"
        said = (
            _("What the passkey said came from another page than ours, so nothing was done. {anew}")
            if is_elsewhere
            else _("What the passkey said does not hold, so nothing was done. {anew}")
        )
        sentence = said.format(anew=_anew(errand))
        return await self.refused(actor, errand, rule, sentence, why=str(error))

    async def _used_up(self, actor: Actor, errand: Errand) -> Refused:
        sentence = _("This link was used already, and it works once. {anew}").format(
            anew=_anew(errand)
        )
        return await self.refused(actor, errand, "passkey: link used", sentence)


def subject_of(errand: Errand) -> str:
    """Under which subject the audit log has it."""
    return f"execution:{errand.execution}" if errand.execution else "passkey"


def _anew(errand: Errand) -> str:
    return _(_AGAIN) if errand.purpose is Purpose.APPROVE else _(_ANEW)
