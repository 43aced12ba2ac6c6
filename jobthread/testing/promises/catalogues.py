"""Catalogues: all pages, the same versions while nothing changes, and values held against them."""

import json
import re

import pytest

from jobthread.platforms import Capability, Job, Kind
from jobthread.testing import Runner, Sample

pytestmark = pytest.mark.asyncio

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


async def _jobs(runner: Runner) -> list[Job]:
    runner.needs(Capability.CATALOGUE)
    return list(await runner.within(runner.platform.catalogue()))


async def _sample(runner: Runner) -> tuple[Job, Sample]:
    jobs = await _jobs(runner)
    sample = runner.bench.sample
    assert sample is not None, "it declares a catalogue: its bench needs a `sample`"
    return next(job for job in jobs if job.remote == sample.remote), sample


async def test_every_job_is_offered_once_whatever_the_pages(platform_runner: Runner) -> None:
    jobs = await _jobs(platform_runner)

    remotes = [job.remote for job in jobs]
    assert len(jobs) >= platform_runner.bench.offers
    assert len(set(remotes)) == len(remotes)
    assert all(remotes)


async def test_what_is_offered_can_be_typed_and_kept(platform_runner: Runner) -> None:
    for job in await _jobs(platform_runner):
        names = [parameter.name for parameter in job.parameters]

        assert _NAME.fullmatch(job.name), job.name
        assert job.version
        assert len(set(names)) == len(names)
        assert isinstance(json.loads(job.schema or "{}"), dict)
        assert Kind.SECRET not in {parameter.kind for parameter in job.parameters}


async def test_versions_stay_while_nothing_changes(platform_runner: Runner) -> None:
    first, second = await _jobs(platform_runner), await _jobs(platform_runner)

    assert [(job.remote, job.version) for job in first] == [
        (job.remote, job.version) for job in second
    ]
    assert first == second


async def test_a_run_of_an_offered_job_says_what_it_needs(platform_runner: Runner) -> None:
    job, sample = await _sample(platform_runner)

    required = {parameter.name for parameter in job.parameters if parameter.required}
    assert required <= sample.good.keys()


async def test_values_that_fit_have_no_problems(platform_runner: Runner) -> None:
    job, sample = await _sample(platform_runner)

    assert await platform_runner.within(platform_runner.platform.check(job, sample.good)) == {}


async def test_each_value_that_does_not_fit_is_told_by_its_name(platform_runner: Runner) -> None:
    job, sample = await _sample(platform_runner)
    assert sample.bad, "the sample needs values that are wrong"

    for name, value in sample.bad.items():
        found = await platform_runner.platform.check(job, {**sample.good, name: value})

        assert set(found) == {name}
        assert found[name].strip()


async def test_what_is_missing_is_told(platform_runner: Runner) -> None:
    job, sample = await _sample(platform_runner)
    required = {parameter.name for parameter in job.parameters if parameter.required}

    found = await platform_runner.platform.check(
        job, {name: value for name, value in sample.good.items() if name not in required}
    )

    assert set(found) == required
