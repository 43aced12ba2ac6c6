"""Replies: what people say to a run that waits for them, once, within their rights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.actors import Actor, Place
from bot.domain.answers import Need, Occasion
from bot.domain.approvals import Decision, Verdict, missing
from bot.domain.delegations import Voice
from bot.domain.errors import InvalidValues, Mistake, Refused, Stale, UnknownName
from bot.domain.executions import Execution
from bot.domain.notices import Card
from bot.domain.parameters import VEIL, Raw, Value
from bot.domain.pauses import Pause
from bot.domain.readings import Reading, read_all
from bot.domain.waits import Reply, Standing, Wait, digest_of_reply, is_no
from bot.domain.wording import N_, _, restated
from bot.ports import Clock, Store, Transaction
from bot.services.answerers import Answerers
from bot.services.cards import Cards
from bot.services.moves import record, record_refusal, show_card
from bot.services.verdicts import word_of
from bot.services.voices import Voices, still_held
from bot.services.waits import show_wait

CHOICE = "pause:choice"
"""Under which name it is said what is wrong with what was chosen."""

_GONE = N_("There is no execution #{id} any more.")
_OVER = N_("#{id} does not wait for this any more. {why}")
_SAID = N_("{who} answered #{id} already: {what}.")
_CHANGED = N_("What #{id} asks changed, so nothing was counted. Answer the newest message.")
_YOURS = N_("You have answered #{id} already; one answer each counts.")
_CHOOSE = N_("Choose one of the answers.")
_PASSKEY = N_(
    "#{id} takes a passkey ({rule}), and a pause cannot be answered with one from here. Answer it "
    "on the platform's own page."
)
_ELSEWHERE = N_("#{id} cannot be answered here: answer it on the page of {platform}.")
_ALL_RULES = N_("A form is filled in by one person, who must be of {roles}.")
_COUNTED = N_("#{id} has the yes of your group already.")
_FORM, _GO_ON = N_("the form"), N_("go on")


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One answer: which pause of which run, what was chosen, the form's values, and a word.

    `picks` are numbers of choices, from 0: what buttons and lists say.
    """

    execution: int
    mark: str
    chosen: tuple[str, ...] = ()
    picks: tuple[int, ...] = ()
    given: Mapping[str, Raw] = field(default_factory=dict[str, Raw])
    comment: str = ""

    def to(self, pause: Pause) -> "Said":
        """With what was picked in the pause's own words; a number of none says nothing."""
        known = [each for each in self.picks if each < len(pause.choices)]
        picked = tuple(pause.choices[each] for each in dict.fromkeys(known))
        return replace(self, chosen=(*self.chosen, *picked), picks=())


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """What a message or form about a wait shows."""

    card: Card
    wait: Wait


@dataclass(frozen=True, kw_only=True, slots=True)
class Replied:
    """What an answer led to; `needed` is how many more people must say the same."""

    wait: Wait
    needed: int = 0


class Replies:
    """Everything here raises Refused, Stale, UnknownName, InvalidValues, or what ports raise."""

    def __init__(
        self, *, store: Store, clock: Clock, cards: Cards, voices: Voices, answerers: Answerers
    ) -> None:
        self._store = store
        self._clock = clock
        self._cards = cards
        self._voices = voices
        self._answerers = answerers

    async def asking(self, actor: Actor, execution: int, mark: str) -> Asking:
        """What this person is to answer; whoever may not is refused here already."""
        needs = await self._needs(execution, mark)
        voices = await self._voices.of(actor)
        async with self._store.transaction() as tx:
            now = self._clock.now()
            found, wait = await self._open(tx, execution, mark)
            wait = replace(wait, needs=needs)
            refusal = self._answerers.refusal(voices, found, wait)
            if refusal is None:
                return Asking(card=await self._cards.of(tx, found, now), wait=wait)
            await _refused(tx, actor, found, refusal, now)
        raise refusal

    async def reply(self, actor: Actor, said: Said) -> Replied:
        """Take one person's answer; it is kept before anything is sent."""
        needs = await self._needs(said.execution, said.mark)
        voices = await self._voices.of(actor)
        async with self._store.transaction() as tx:
            now = self._clock.now()
            found, wait = await self._open(tx, said.execution, said.mark)
            wait = replace(wait, needs=needs)
            held = await still_held(tx, voices, now)
            refusal = self._answerers.refusal(held, found, wait)
            if refusal is None and wait.pause.elsewhere:
                raise Mistake(_(_ELSEWHERE).format(id=found.id, platform=found.platform))
            if refusal is None:
                said = said.to(wait.pause)
                values = self.checked(wait, said, actor.tz)
                given = _Given(actor=actor, said=said, values=values, now=now)
                return await self._counted(tx, found, wait, held, given)
            await _refused(tx, actor, found, refusal, now)
        raise refusal

    async def problems(self, actor: Actor, said: Said) -> Mapping[str, str]:
        """What is wrong with a form, by the name of its field; nothing is written."""
        async with self._store.reading() as tx:
            wait = (await self._open(tx, said.execution, said.mark))[1]
        try:
            self.checked(wait, said.to(wait.pause), actor.tz)
            if any(need.comment for need in wait.needs):
                word_of(said.comment)
        except InvalidValues as error:
            return error.problems
        return {}

    async def in_thread(self, place: Place) -> Wait | None:
        """The open pause of the execution that a thread is about."""
        async with self._store.reading() as tx:
            found = await tx.executions.in_thread(place)
            waits = await tx.waits.open_of([found.id]) if found is not None else ()
        return waits[0] if waits else None

    async def waiting(
        self, tx: Transaction, voices: Sequence[Voice], live: Sequence[Execution], most: int
    ) -> Sequence[tuple[Execution, Wait]]:
        """Of these executions those that wait for somebody with these voices."""
        paused = {each.id: each for each in live if each.waits_for is not None}
        waits = await tx.waits.open_of(list(paused))
        mine = [
            (paused[wait.execution], wait)
            for wait in waits
            if self._answerers.refusal(voices, paused[wait.execution], wait) is None
        ]
        return mine[:most]

    @staticmethod
    def checked(wait: Wait, said: Said, zone: str) -> Mapping[str, Value]:
        """The form's values as they are kept. Raises InvalidValues with a sentence each."""
        pause = wait.pause
        is_known = all(each in pause.choices for each in said.chosen)
        most = len(pause.choices) if pause.several else 1
        fits = 1 <= len(said.chosen) <= most if pause.choices else not said.chosen
        problems = {} if is_known and fits else {CHOICE: _(_CHOOSE)}
        reading = read_all(pause.parameters, {**pause.given, **said.given}, zone=zone)
        # Only the way on takes the form: whoever says no need not fill it in.
        if not pause.choices or pause.choices[0] in said.chosen:
            problems |= _wrong(wait, reading)
        if problems:
            raise InvalidValues(problems)
        return reading.values if reading.is_complete else {}

    async def _needs(self, execution: int, mark: str) -> tuple[Need, ...]:
        async with self._store.reading() as tx:
            found, wait = await self._open(tx, execution, mark)
        return await self._answerers.needs(found, wait.occasion)

    @staticmethod
    async def _open(tx: Transaction, execution: int, mark: str) -> tuple[Execution, Wait]:
        """The execution, and its pause of which somebody holds a button. Raises Stale."""
        found = await tx.executions.get(execution)
        if found is None:
            raise UnknownName(_(_GONE).format(id=execution))
        waits = await tx.waits.of(execution)
        meant = next((each for each in waits if each.mark == mark), None)
        if meant is None:
            is_open = any(each.standing is Standing.OPEN for each in waits)
            sentence = _(_CHANGED) if is_open else _(_OVER)
            raise Stale(sentence.format(id=execution, why="").rstrip())
        # Nobody else answers it until this transaction ends.
        wait = await tx.waits.get(meant.request_key, meant.pause.key) or meant
        if wait.standing is Standing.OPEN and found.waits_for is not None:
            if found.waits_for.key == wait.pause.key and wait.mark == mark:
                return found, wait
            raise Stale(_(_CHANGED).format(id=execution))
        raise Stale(_what_happened(found, wait))

    async def _counted(
        self,
        tx: Transaction,
        found: Execution,
        wait: Wait,
        voices: Sequence[Voice],
        given: "_Given",
    ) -> Replied:
        said, digest = given.said, given.digest(wait)
        if not wait.needs:
            return await self._whole(tx, found, wait, Voice(speaker=given.actor), given)
        voice, needs = self._answerers.hearing(voices, found, wait, digest).chosen(wait.said)
        if any(each.person.is_same_person(given.actor.id) for each in wait.said):
            raise Stale(_(_YOURS).format(id=found.id))
        needs = _served(found, wait, needs, said.comment)
        decision = _decision(found, voice, needs, given, digest)
        if is_no(wait.pause, said.chosen) or wait.occasion is Occasion.FORM:
            return await self._whole(tx, found, wait, voice, given)
        asked = wait.as_asked(found, digest)
        before, after = missing(asked, wait.said), missing(asked, [*wait.said, decision])
        if before == after:
            raise Mistake(_(_COUNTED).format(id=found.id))
        counted = replace(wait, said=(*wait.said, decision))
        if not after:
            return await self._whole(tx, found, counted, voice, given)
        await tx.waits.save(counted)
        await _record(tx, found, counted, voice, given, "pause:approve")
        await show_wait(tx, found, counted, given.now)
        return Replied(wait=counted, needed=counted.still_needed(found, digest))

    @staticmethod
    async def _whole(
        tx: Transaction, found: Execution, wait: Wait, voice: Voice, given: "_Given"
    ) -> Replied:
        """Enough was said: from here on it is the worker's to hand over."""
        behalf = voice.behalf
        reply = Reply(
            person=given.actor.id,
            name=given.actor.name,
            chosen=given.said.chosen,
            values=given.values,
            masked=frozenset(
                each.name
                for each in wait.pause.parameters
                if each.is_masked and each.name in given.values
            ),
            comment=given.said.comment,
            behalf=behalf.name if behalf is not None else "",
            digest=given.digest(wait),
            at=given.now,
        )
        answered = replace(
            wait, standing=Standing.ANSWERED, reply=reply, due_at=given.now, tries=0, note=""
        )
        await tx.waits.save(answered)
        after = replace(found, answered=wait.pause.key)
        await tx.executions.save(after)
        await _record(tx, after, answered, voice, given, "pause:answered")
        await show_wait(tx, after, answered, given.now)
        await show_card(tx, after, given.now)
        return Replied(wait=answered)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Given:
    """Who said what, and when."""

    actor: Actor
    said: Said
    values: Mapping[str, Value]
    now: datetime

    def digest(self, wait: Wait) -> str:
        return digest_of_reply(wait, self.said.chosen, self.values)


def _served(found: Execution, wait: Wait, needs: Sequence[Need], comment: str) -> tuple[str, ...]:
    """The needs that this answer counts for. Raises when it can count for none as it is."""
    clicked = [need for need in needs if not need.step_up]
    if not clicked:
        rule = needs[0].rule
        said = _(_PASSKEY).format(id=found.id, rule=rule)
        raise Refused(said, rule=rule, who_can=needs[0].roles)
    if wait.occasion is Occasion.FORM and len(clicked) < len(wait.needs):
        groups = _(" and ").join(_(" or ").join(need.roles) for need in wait.needs)
        said = _(_ALL_RULES).format(roles=groups)
        raise Refused(said, rule=wait.needs[0].rule, who_can=wait.roles)
    if any(need.comment for need in clicked):
        word_of(comment)
    return tuple(need.rule for need in clicked)


def _decision(
    found: Execution, voice: Voice, serves: tuple[str, ...], given: _Given, digest: str
) -> Decision:
    return Decision(
        execution=found.id,
        person=voice.speaker.id,
        name=voice.speaker.name,
        email=voice.speaker.email.casefold(),
        verdict=Verdict.APPROVE,
        comment=given.said.comment,
        digest=digest,
        at=given.now,
        serves=serves,
        behalf=voice.behalf,
    )


async def _record(
    tx: Transaction, found: Execution, wait: Wait, voice: Voice, given: _Given, tag: str
) -> None:
    """What was said as the audit has it: masked, and bound by its digest."""
    masked = {each.name for each in wait.pause.parameters if each.is_masked}
    values = {name: VEIL if name in masked else each for name, each in given.values.items()}
    behalf = voice.behalf
    facts = {
        "pause": wait.pause.key[:200],
        "chosen": [each[:200] for each in given.said.chosen],
        "values": values,
        "comment": given.said.comment,
        "digest": given.digest(wait),
        "needs": [need.rule for need in wait.needs],
        **({} if behalf is None else {"delegation": behalf.delegation}),
    }
    await record(tx, voice.actor, tag, found, given.now, **facts)


async def _refused(
    tx: Transaction, actor: Actor, found: Execution, refusal: Refused, now: datetime
) -> None:
    subject, detail = f"execution:{found.id}", {"asked": "answer"}
    await record_refusal(tx, actor, subject, now, rule=refusal.rule, detail=detail)


def _wrong(wait: Wait, reading: Reading) -> Mapping[str, str]:
    labels = {each.name: each.label for each in wait.pause.parameters}
    needed = _("{name} is needed.")
    missing_ones = {name: needed.format(name=labels[name]) for name in reading.missing}
    return {**missing_ones, **reading.problems}


def _what_happened(found: Execution, wait: Wait) -> str:
    """Who answered what, or why nobody needs to any more."""
    reply = wait.reply
    if reply is None or wait.standing is Standing.OVER:
        return _(_OVER).format(id=found.id, why=restated(wait.note)).rstrip()
    what = ", ".join(reply.chosen) or (_(_FORM) if wait.pause.parameters else _(_GO_ON))
    return _(_SAID).format(who=reply.name, id=found.id, what=what)
