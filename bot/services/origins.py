"""Origins: through what and from where something is asked, for the audit rows it leads to."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Origin:
    """`client` is what was used, such as `slack:command`; `channel` where, `gesture` which one.

    `is_refused` becomes true when a refusal is written down, so that none is written twice and
    none is forgotten.
    """

    client: str
    channel: str = ""
    gesture: str = ""
    is_refused: bool = False

    def note_refusal(self) -> None:
        """A refusal was written down; what nobody asked for does not remember it."""
        if self is not OWN:
            self.is_refused = True

    def facts(self) -> Mapping[str, str]:
        """What is known of it, for the detail of an audit row."""
        known = {"client": self.client, "channel": self.channel, "gesture": self.gesture}
        return {name: value for name, value in known.items() if value}


OWN = Origin(client="jobthread")
"""What nobody asked for just now: ticks and loops."""

_HERE: ContextVar[Origin] = ContextVar("origin", default=OWN)


def here() -> Origin:
    """Where what is being done now was asked."""
    return _HERE.get()


@contextmanager
def coming_from(origin: Origin) -> Generator[Origin]:
    """Everything that is written inside came about through this."""
    token = _HERE.set(origin)
    try:
        yield origin
    finally:
        _HERE.reset(token)
