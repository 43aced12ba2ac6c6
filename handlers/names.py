"""What jobs go by, so that a word that is a job's own is not taken for a question."""

from collections.abc import Callable, Sequence

from bot.domain.jobs import Job


class JobNames:
    """The names and aliases of all jobs, gathered anew when the catalogue changes."""

    def __init__(self, jobs: Callable[[], Sequence[Job]]) -> None:
        self._current = jobs
        self._jobs: Sequence[Job] | None = None
        self._names = frozenset[str]()

    def all(self) -> frozenset[str]:
        jobs = self._current()
        if jobs is not self._jobs:
            self._jobs = jobs
            self._names = frozenset(name for job in jobs for name in (job.name, *job.aliases))
        return self._names
