"""What will be asked and what will go wrong: all of it from one seed, before anything runs."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """How somebody asks."""

    SLASH = "slash"
    MENTION = "mention"


class Wish(StrEnum):
    """What people will do about a request."""

    NOTHING = "nothing"
    APPROVE = "approve"
    APPROVE_TOGETHER = "approve together"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    STOP = "stop"


class Blow(StrEnum):
    """What goes wrong with a process, a connection or the database."""

    KILL = "kill -9"
    STOP = "stop"
    DROP = "drop sockets"
    REFRESH = "refresh sockets"
    DEAFEN = "deafen a socket"
    DATABASE_RESTARTS = "restart database"
    DATABASE_CRASHES = "crash database"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One request: `name` is its value of the parameter `n`, by which it is known everywhere."""

    number: int
    job: str
    way: Way
    person: int
    channel: int
    wish: Wish
    repeated: bool
    pause: float

    @property
    def name(self) -> str:
        return f"n{self.number}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stroke:
    """A blow, struck when so many requests were made. `away` is in seconds."""

    after: int
    blow: Blow
    which: int
    away: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How large a run is; `kills` and the others are numbers of strokes."""

    runs: int
    approvals: int
    kills: int
    stops: int
    sockets: int
    databases: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The same seed and size give the same plan, whatever the machine."""

    seed: int
    asks: tuple[Ask, ...]
    strokes: tuple[Stroke, ...]


PEOPLE = 40
CHANNELS = 12
APPROVERS = 3

_FREE_JOBS = ("note", "note", "note", "note", "note", "talk", "fail", "flaky", "slow", "slow")
_DECISIONS = (
    *(Wish.APPROVE,) * 14,
    *(Wish.APPROVE_TOGETHER,) * 2,
    *(Wish.REJECT,) * 3,
    Wish.WITHDRAW,
)
_SOCKET_BLOWS = (Blow.DROP, Blow.DROP, Blow.REFRESH, Blow.DEAFEN)


def plan_of(seed: int, size: Size, *, replicas: int, database: bool) -> Plan:
    """`database`: whether the database is a server that can be struck too."""
    chance = random.Random(seed)
    kinds = ["held"] * size.approvals + ["free"] * size.runs
    chance.shuffle(kinds)
    asks = tuple(_ask(chance, number, kind) for number, kind in enumerate(kinds, start=1))
    blows = _blows(chance, size, database=database)
    moments = sorted(chance.randint(1, len(asks)) for _ in blows)
    strokes = tuple(
        Stroke(
            after=after,
            blow=blow,
            which=chance.randrange(replicas),
            away=round(chance.uniform(0.1, 3.0), 2),
        )
        for after, blow in zip(moments, blows, strict=True)
    )
    return Plan(seed=seed, asks=asks, strokes=strokes)


def lines_of(plan: Plan) -> Iterator[str]:
    """The plan for people, in the order in which it happens."""
    strokes = list(plan.strokes)
    for ask in plan.asks:
        yield (
            f"ask {ask.name}: {ask.job} by person{ask.person} in #room{ask.channel} "
            f"({ask.way}{', twice' if ask.repeated else ''}), {ask.wish}"
        )
        while strokes and strokes[0].after <= ask.number:
            stroke = strokes.pop(0)
            yield f"stroke: {stroke.blow}, replica {stroke.which}, {stroke.away} s"


def summary_of(plan: Plan) -> str:
    """The plan in one line."""
    counted = Counter[str](ask.job for ask in plan.asks) + Counter(
        str(stroke.blow) for stroke in plan.strokes
    )
    return f"seed {plan.seed}: " + ", ".join(f"{count} x {what}" for what, count in counted.items())


def _ask(chance: random.Random, number: int, kind: str) -> Ask:
    job = "held" if kind == "held" else chance.choice(_FREE_JOBS)
    wish = Wish.NOTHING
    if job == "held":
        wish = chance.choice(_DECISIONS)
    elif job == "slow" and chance.random() < 0.3:
        wish = Wish.STOP
    return Ask(
        number=number,
        job=job,
        way=Way.MENTION if chance.random() < 0.3 else Way.SLASH,
        person=chance.randrange(PEOPLE),
        channel=chance.randrange(CHANNELS),
        wish=wish,
        repeated=chance.random() < 0.05,
        pause=round(chance.uniform(0.0, 1.0), 2),
    )


def _blows(chance: random.Random, size: Size, *, database: bool) -> Sequence[Blow]:
    blows = [
        *(Blow.KILL for _ in range(size.kills)),
        *(Blow.STOP for _ in range(size.stops)),
        *(_SOCKET_BLOWS[number % len(_SOCKET_BLOWS)] for number in range(size.sockets)),
    ]
    if database:
        both = (Blow.DATABASE_RESTARTS, Blow.DATABASE_CRASHES)
        blows += [both[number % 2] for number in range(size.databases)]
    chance.shuffle(blows)
    return blows
