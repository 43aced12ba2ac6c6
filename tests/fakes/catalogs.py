"""A catalogue and a policy that a test holds in its hand."""

from collections.abc import Collection, Mapping, Sequence

from bot.domain.errors import Temporary
from bot.domain.jobs import Job
from bot.domain.parameters import Choice, Parameter, Value
from bot.domain.policies import NOBODY, Policy
from bot.domain.shortcuts import ShortForm


class FakeCatalog:
    """`offers` maps a parameter to what its source says; while `is_away`, none answers."""

    def __init__(self, *jobs: Job) -> None:
        self._jobs = {job.name: job for job in jobs}
        self.offers: dict[str, tuple[str, ...]] = {}
        self.is_away = False
        self.short: tuple[ShortForm, ...] = ()
        self.withdrawn: dict[str, str] = {}

    def put(self, job: Job) -> None:
        self._jobs[job.name] = job

    def drop(self, name: str) -> None:
        del self._jobs[name]

    def jobs(self) -> Sequence[Job]:
        return sorted(self._jobs.values(), key=lambda job: job.name)

    def shortcuts(self) -> Sequence[ShortForm]:
        return self.short

    def find(self, name: str) -> Job | None:
        folded = name.casefold()
        return next(
            (job for job in self.jobs() if folded in {job.name.casefold(), *job.aliases}), None
        )

    def gone(self, name: str) -> str:
        return self.withdrawn.get(name, "")

    def all_gone(self) -> Collection[str]:
        return self.withdrawn.keys()

    def near(self, name: str, limit: int = 3) -> Sequence[str]:
        return [job.name for job in self.jobs() if job.name[:1] == name[:1]][:limit]

    async def choices(
        self, job: Job, parameter: Parameter, values: Mapping[str, Value], typed: str = ""
    ) -> Sequence[Choice]:
        if self.is_away:
            raise Temporary("the list did not come in time.")
        offered = self.offers.get(parameter.name, ())
        return [Choice(value=each) for each in offered if typed in each]


class FakePolicy:
    def __init__(self, policy: Policy = NOBODY) -> None:
        self.policy = policy

    def current(self) -> Policy:
        return self.policy
