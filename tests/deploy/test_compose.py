"""The compose files: every service locked down, started in order, with its secrets as files."""

from typing import Any

import pytest

from tests.deploy.files import (
    DEPLOY,
    Document,
    documents,
    from_a_registry,
    known,
    settings_of,
    takes,
    version,
)

[COMPOSE] = documents(DEPLOY / "compose.yaml")
[SANDBOXED] = documents(DEPLOY / "compose.bubblewrap.yaml")
SERVICES: dict[str, Document] = COMPOSE["services"]
OURS = {name: each for name, each in SERVICES.items() if each["image"].startswith("jobthread")}


def _seconds(text: str) -> int:
    assert text.endswith("s")
    return int(text[:-1])


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_more_than_it_needs(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "ports" not in service
    assert not service.get("privileged")


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_pinned_and_from_nowhere_in_particular(name: str) -> None:
    image = SERVICES[name]["image"]

    tag = image.split(":")[1]
    assert tag != "latest"
    assert not from_a_registry(image)
    assert name not in OURS or tag == version()


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_commands_that_exist_with_settings_that_exist(name: str) -> None:
    service = OURS[name]

    assert takes(service["command"])
    assert known(service["environment"])
    settings = settings_of(service["environment"])
    assert _seconds(service["stop_grace_period"]) > settings.jobthread_drain_seconds + 10


def test_secrets_are_files_named_like_their_settings_and_never_variables() -> None:
    used = {secret for service in SERVICES.values() for secret in service["secrets"]}

    assert used == set(COMPOSE["secrets"])
    assert known(dict.fromkeys(used - {"POSTGRES_PASSWORD"}))
    assert all("file" in each for each in COMPOSE["secrets"].values())
    assert not [
        name
        for service in SERVICES.values()
        for name in service["environment"]
        if name in used or name.endswith(("PASSWORD", "TOKEN"))
    ]


def test_the_bot_starts_after_the_migration_and_that_after_the_database() -> None:
    assert "healthcheck" in SERVICES["postgres"]
    assert SERVICES["migrate"]["restart"] == "no"
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("chat", "worker"):
        waits: dict[str, Any] = SERVICES[name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}


def test_all_roles_are_taken_and_only_the_host_of_local_jobs_keeps_its_state() -> None:
    roles = {
        role
        for s in OURS.values()
        if "--roles" in s["command"]
        for role in s["command"][2].split(",")
    }

    assert roles == {"chat", "worker", "web"}
    assert "state:/data" in SERVICES["worker"]["volumes"]
    assert not any("/data" in volume for volume in SERVICES["chat"]["volumes"])
    named = {v.split(":")[0] for s in SERVICES.values() for v in s["volumes"] if v[0] != "."}
    assert named == set(COMPOSE["volumes"])


def test_the_sandbox_is_bought_for_the_worker_alone() -> None:
    services: dict[str, Document] = SANDBOXED["services"]

    assert {name for name, each in services.items() if "security_opt" in each} == {"worker"}
    assert services["chat"]["environment"] == services["worker"]["environment"]
    assert settings_of(services["worker"]["environment"]).jobthread_sandbox == "bubblewrap"
