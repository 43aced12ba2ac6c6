"""Deployments as jobs, the check of their values, and how the server is."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from bot.adapters.platforms.prefect import PrefectSettings
from bot.domain.errors import Permanent, Temporary
from bot.domain.jobs import Job, Risk
from bot.domain.parameters import Kind, Parameter
from bot.ports import Capability
from tests.adapters.platforms.prefect.benches import Bench, opened, order
from tests.fakes.prefect import Fault, prefect

CLOUD = (
    "https://api.prefect.cloud/api/accounts/0a6d3b4c-0000-4000-8000-000000000001"
    "/workspaces/0a6d3b4c-0000-4000-8000-000000000002"
)
SCHEMA: dict[str, Any] = {
    "title": "Parameters",
    "type": "object",
    "properties": {
        "version": {
            "title": "version", "type": "string", "position": 0, "pattern": r"^\d+\.\d+$",
            "description": "Which version, such as 4.2.",
        },
        "environment": {"$ref": "#/definitions/Environment", "default": "staging", "position": 1},
        "limits": {"$ref": "#/definitions/Limits", "position": 2, "default": {"cpu": 1.0}},
    },
    "required": ["version"],
    "definitions": {
        "Environment": {"enum": ["staging", "production"], "type": "string"},
        "Limits": {
            "type": "object",
            "properties": {"cpu": {"type": "number", "maximum": 16, "default": 1.0}},
        },
    },
}  # fmt: skip


async def deploy(bench: Bench, **changes: Any) -> Job:
    """The job of a deployment that is made so."""
    bench.world.deploy("deploy", **{"schema": SCHEMA, **changes})
    found = {job.remote: job for job in await bench.platform.catalogue()}
    return found["deploy/bot"]


async def test_a_deployment_is_a_job(bench: Bench) -> None:
    about = "Rolls a version out.\n\nNothing is kept.\n\nArgs:\n    version: Which version."
    job = await deploy(bench, description=about, parameters={"environment": "production"})

    assert (job.name, job.remote, job.platform) == ("deploy", "deploy/bot", "prefect")
    assert job.description == "Rolls a version out.\n\nNothing is kept."
    assert job.risk is Risk.CONFIRM
    kinds = [(each.name, each.kind, each.required, each.default) for each in job.parameters[:2]]
    assert kinds == [
        ("version", Kind.STRING, True, None),
        ("environment", Kind.ENUM, False, "production"),
    ]
    assert job.parameters[0].description == "Which version, such as 4.2."
    assert job.parameters[2].path == ("limits", "cpu")


async def test_a_flow_that_says_nothing_of_itself_is_not_described_as_none(bench: Bench) -> None:
    assert (await deploy(bench, description="None")).description == ""


async def test_what_is_paused_or_not_tagged_is_not_offered(bench: Bench) -> None:
    bench.world.deploy("resting", paused=True)
    bench.world.deploy("theirs", tags=["other"])

    assert [job.remote for job in await bench.platform.catalogue()] == ["endless/bot"]


async def test_a_catalogue_of_many_pages_is_read_whole(bench: Bench) -> None:
    for number in range(450):
        bench.world.deploy(f"flow {number}", f"bot-{number}")

    jobs = await bench.platform.catalogue()

    assert len({job.remote for job in jobs}) == 451


async def test_one_that_cannot_be_asked_for_takes_no_other_with_it(bench: Bench) -> None:
    loop = {
        "type": "object",
        "$ref": "#/definitions/A",
        "definitions": {"A": {"$ref": "#/definitions/A"}},
    }
    bench.world.deploy("tangled", schema=loop)

    assert [job.remote for job in await bench.platform.catalogue()] == ["endless/bot"]


async def test_a_name_that_nobody_could_say_is_not_offered(bench: Bench) -> None:
    bench.world.deploy("x" * 400)

    assert [job.remote for job in await bench.platform.catalogue()] == ["endless/bot"]


async def test_two_readings_of_the_same_hold_the_same_versions(bench: Bench) -> None:
    first = await deploy(bench)
    (same,) = [job for job in await bench.platform.catalogue() if job.remote == "deploy/bot"]
    other = await deploy(bench, version="another")
    bound = await deploy(bench, version="another", parameters={"environment": "production"})

    assert same == first
    assert len({first.version, other.version, bound.version}) == 3


async def test_values_are_looked_at_by_the_schema_itself(bench: Bench) -> None:
    job = await deploy(bench)

    good = await bench.platform.check(job, {"version": "4.2", "environment": "production"})
    bad = await bench.platform.check(job, {"version": "x", "environment": "nowhere"})

    assert good == {}
    assert set(bad) == {"version", "environment"}


async def test_how_it_is_says_version_and_how_long_runs_wait(bench: Bench) -> None:
    bench.world.has_worker = False
    await bench.platform.start(order("endless/bot", "k1"))
    identity = bench.world.id_of("k1")
    due = (bench.world.now - timedelta(minutes=3)).isoformat()
    bench.world.runs[identity]["expected_start_time"] = due
    before = await bench.platform.health()
    bench.world.move(identity, "SCHEDULED", "Late")

    health = await bench.platform.health()

    assert (before.unwell, before.version, before.lag) == ("", "3.8.8", timedelta())
    assert health.lag is not None
    assert timedelta(minutes=2) < health.lag < timedelta(minutes=5)


async def test_what_does_not_answer_is_unwell(bench: Bench) -> None:
    bench.fake.faults.append(Fault(path="/admin/version", status=500))
    at_fault = await bench.platform.health()
    await bench.fake.stop()

    assert at_fault.unwell == "prefect has a fault of its own (HTTP 500)."
    assert "cannot be reached" in (await bench.platform.health()).unwell


async def test_it_says_what_it_can_and_tells_nothing_by_itself(bench: Bench) -> None:
    assert Capability.START_ONCE in bench.platform.capabilities
    assert Capability.PUSH not in bench.platform.capabilities
    assert [key async for key in bench.platform.changes()] == []
    assert await bench.platform.account("anybody") == ""


async def test_a_name_and_password_are_shown_and_never_said() -> None:
    async with prefect(auth="Basic Ym90OnMzY3JldA==") as fake:
        platform = opened(fake.url, {"env:A": "bot:s3cret"}, auth={"basic": "env:A"})
        well = await platform.health()
        fake.auth = "Basic other"
        unwell = await platform.health()
        await platform.close()

    assert well.unwell == ""
    assert "s3cret" not in unwell.unwell


async def test_a_secret_that_is_nowhere_is_a_matter_for_a_person() -> None:
    async with prefect() as fake:
        platform = opened(fake.url, {}, auth={"api_key": "env:NOWHERE"})
        with pytest.raises(Temporary, match="env:NOWHERE"):
            await platform.catalogue()
        await platform.close()


@pytest.mark.parametrize(("given", "api", "pages"), [
    ("http://prefect:4200", "http://prefect:4200/api", "http://prefect:4200"),
    ("https://prefect.example/api/", "https://prefect.example/api", "https://prefect.example"),
    ("https://x.example/a/api", "https://x.example/a/api", "https://x.example/a"),
    (
        CLOUD, CLOUD,
        "https://app.prefect.cloud/account/0a6d3b4c-0000-4000-8000-000000000001"
        "/workspace/0a6d3b4c-0000-4000-8000-000000000002",
    ),
])  # fmt: skip
def test_addresses_follow_from_one(given: str, api: str, pages: str) -> None:
    settings = PrefectSettings(url=given)

    assert (settings.api, settings.pages) == (api, pages)


def test_a_page_may_be_said() -> None:
    settings = PrefectSettings(url="http://10.0.0.1:4200", page="https://prefect.example/")

    assert settings.pages == "https://prefect.example"


@pytest.mark.parametrize("wrong", [
    {"url": ""},
    {"url": "prefect:4200"},
    {"url": "https://bot:secret@prefect.example"},
    {"url": "http://x", "auth": {"api_key": "pnu_written_down_by_mistake"}},
    {"url": "http://x", "auth": {"api_key": "env:A", "basic": "env:B"}},
    {"url": "http://x", "colour": "blue"},
    {"url": "http://x", "stops_within": "soon"},
    {"url": "http://x", "proxy": "proxy:3128"},
    {"url": "http://x", "proxy": "http://out:pnu_written@proxy:3128"},
    {"url": "http://x", "proxy": "http://proxy:3128", "proxy_auth": "out:pnu_written"},
])  # fmt: skip
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as raised:
        PrefectSettings(**wrong)

    assert "pnu_written" not in "".join(each["msg"] for each in raised.value.errors())


async def test_files_and_secrets_are_told_beside_their_parameter(bench: Bench) -> None:
    job = Job(name="x", remote="endless/bot", parameters=(Parameter(name="f", kind=Kind.FILE),))

    assert set(await bench.platform.check(job, {"f": "F123"})) == {"f"}


async def test_a_run_nobody_knows_has_no_log(bench: Bench) -> None:
    with pytest.raises(Permanent, match="knows no such run"):
        await bench.platform.logs("never-started")
