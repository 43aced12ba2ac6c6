"""When a cron line says that something happens."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol


class Timetables(Protocol):
    def after(self, cron: str, zone: str, moment: datetime) -> Iterator[datetime]:
        """The times of a five-field cron line after a moment, in that zone, each once and in order.

        An hour that daylight saving leaves out is made up for at its end; of one that comes twice
        the first counts. Ends when there are no more. Raises Mistake with a sentence for a line or
        a zone that is none.
        """
        ...
