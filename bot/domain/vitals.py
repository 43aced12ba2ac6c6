"""Vital signs of one process: what is wrong with it, and whether a new one would be better."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.processes import Process, Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """A tick or loop: `age` are the seconds since it last began or ended a round."""

    name: str
    age: float
    allowed: float

    @property
    def is_stuck(self) -> bool:
        return self.age > self.allowed


@dataclass(frozen=True, kw_only=True, slots=True)
class Ears:
    """The connections to Slack of one process: wanted, and greeted by Slack.

    `is_deaf`: no probe came back for too long, so all of them are rebuilt. `is_hopeless`: that did
    not help. `doubt` is why hearing cannot be proven, and `refused` why Slack does not let us in:
    sentences, empty where there is no reason. A process that stands by wants none.
    """

    wanted: int = 0
    connected: int = 0
    is_deaf: bool = False
    is_hopeless: bool = False
    doubt: str = ""
    refused: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Vitals:
    """How a process stands at `now`; `database` is empty when it answers, else a sentence."""

    now: datetime
    process: Process
    rounds: tuple[Round, ...] = ()
    database: str = ""
    ears: Ears = Ears()

    @property
    def heard_age(self) -> float | None:
        """Seconds since a probe came back through Slack; None when none ever did."""
        heard = self.process.heard_at
        return None if heard is None else max((self.now - heard).total_seconds(), 0.0)

    @property
    def talks(self) -> bool:
        return Role.CHAT in self.process.roles

    @property
    def faults(self) -> tuple[str, ...]:
        """What a restart can mend, a sentence each."""
        stuck = [
            f"{each.name} has not come round for {each.age:.0f} s."
            for each in self.rounds
            if each.is_stuck
        ]
        hopeless = ["Rebuilding the connections to Slack did not end deafness."]
        return (*stuck, *(hopeless if self.talks and self.ears.is_hopeless else ()))

    @property
    def hindrances(self) -> tuple[str, ...]:
        """Why it should not be given work now; much of it mends itself or elsewhere."""
        found = [*self.faults]
        if self.database:
            found.append(self.database)
        if self.ears.refused:
            found.append(f"{self.ears.refused}. What is to be told waits.")
        if self.talks and self.ears.wanted and not self.ears.connected:
            found.append("No connection to Slack is open.")
        if self.talks and self.ears.is_deaf:
            found.append("Nothing is heard from Slack; its connections are being rebuilt.")
        return tuple(found)
