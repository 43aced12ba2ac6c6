"""The Kubernetes manifests: what each promises, and that they fit together."""

from pathlib import PurePosixPath
from typing import Any

import pytest
from aiohttp.web import RouteDef

from bot.adapters.catalog import read_catalog
from bot.adapters.policy import read_policy
from bot.settings import Settings
from bot.web.routes import routes
from tests.deploy.files import DEPLOY, Document, documents, known, settings_of, takes, version

FOLDER = DEPLOY / "kubernetes"
[KUSTOMIZATION] = documents(FOLDER / "kustomization.yaml")
FOUND = [each for name in KUSTOMIZATION["resources"] for each in documents(FOLDER / name)]
SETTINGS: dict[str, str] = next(each["data"] for each in FOUND if each["kind"] == "ConfigMap")
WORKLOADS = [each for each in FOUND if "template" in each.get("spec", {})]
SERVING = [each for each in WORKLOADS if each["kind"] != "Job"]
MOST_SOCKETS = 10

API_VERSIONS = {
    "Namespace": "v1",
    "ConfigMap": "v1",
    "Service": "v1",
    "Deployment": "apps/v1",
    "StatefulSet": "apps/v1",
    "Job": "batch/v1",
    "PodDisruptionBudget": "policy/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
}


def _name(found: Document) -> str:
    return f"{found['kind']}-{found['metadata']['name']}"


def _kind(kind: str) -> list[Document]:
    return [each for each in FOUND if each["kind"] == kind]


def _pod(workload: Document) -> Document:
    return workload["spec"]["template"]["spec"]


def _container(workload: Document) -> Document:
    [found] = _pod(workload)["containers"]
    return found


def _labels(workload: Document) -> dict[str, str]:
    return workload["spec"]["template"]["metadata"]["labels"]


def _role(workload: Document) -> str:
    return _labels(workload)["app.kubernetes.io/component"]


every = pytest.mark.parametrize("workload", WORKLOADS, ids=_name)
serving = pytest.mark.parametrize("workload", SERVING, ids=_name)


@pytest.mark.parametrize("found", FOUND, ids=_name)
def test_a_manifest_is_of_a_kind_that_the_cluster_knows_and_in_our_namespace(
    found: Document,
) -> None:
    assert found["apiVersion"] == API_VERSIONS[found["kind"]]
    if found["kind"] != "Namespace":
        assert found["metadata"]["namespace"] == KUSTOMIZATION["namespace"]


def test_every_manifest_is_applied_except_the_example_of_a_secret() -> None:
    files = {each.name for each in FOLDER.glob("*.yaml")}

    assert files - {"kustomization.yaml", "secret.example.yaml"} == set(KUSTOMIZATION["resources"])
    assert set(API_VERSIONS) == {each["kind"] for each in FOUND}


@every
def test_a_pod_has_no_more_rights_than_it_needs(workload: Document) -> None:
    pod, container = _pod(workload), _container(workload)

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == pod["securityContext"]["fsGroup"] == 10001
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


@every
def test_a_pod_says_what_it_needs_and_what_is_too_much(workload: Document) -> None:
    resources = _container(workload)["resources"]

    assert set(resources["requests"]) == {"cpu", "memory"}
    # A limit of processor time would hold up acks.
    assert set(resources["limits"]) == {"memory"}


@every
def test_a_pod_runs_a_command_that_exists_in_the_image_of_this_release(workload: Document) -> None:
    [image] = KUSTOMIZATION["images"]

    assert takes(_container(workload)["args"])
    assert _container(workload)["image"] == image["name"]
    assert image["newTag"] == version()


@every
def test_every_mount_has_its_volume(workload: Document) -> None:
    claims = workload["spec"].get("volumeClaimTemplates", [])
    volumes = {each["name"] for each in _pod(workload)["volumes"]}
    volumes |= {each["metadata"]["name"] for each in claims}

    assert {each["name"] for each in _container(workload)["volumeMounts"]} == volumes


@serving
def test_what_is_written_and_read_lies_on_a_mount(workload: Document) -> None:
    mounts = [PurePosixPath(each["mountPath"]) for each in _container(workload)["volumeMounts"]]
    settings = settings_of(SETTINGS)
    needed = [settings.jobthread_state, settings.jobthread_catalog, settings.jobthread_policy]
    needed += [PurePosixPath(SETTINGS["JOBTHREAD_SECRETS"]), PurePosixPath("/tmp")]

    for each in needed:
        assert any(PurePosixPath(each).is_relative_to(mount) for mount in mounts), each


@serving
def test_probes_ask_paths_that_the_bot_answers(workload: Document) -> None:
    container = _container(workload)
    paths = {route.path for route in routes if isinstance(route, RouteDef)}
    [port] = container["ports"]
    probes = {name: container[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness")}
    probes["readiness"] = container["readinessProbe"]["httpGet"]

    assert {name: each["path"] for name, each in probes.items()} == {
        "startup": "/healthz",
        "liveness": "/healthz",
        "readiness": "/readyz",
    }
    assert {each["path"] for each in probes.values()} <= paths
    assert {each["port"] for each in probes.values()} == {port["name"]}
    assert port["containerPort"] == settings_of(SETTINGS).jobthread_web_port
    assert settings_of(SETTINGS).jobthread_web_host == "0.0.0.0"


@serving
def test_a_pod_that_stops_gets_time_to_hand_over(workload: Document) -> None:
    drain = settings_of(SETTINGS).jobthread_drain_seconds

    assert _pod(workload)["terminationGracePeriodSeconds"] > drain + 10
    assert "lifecycle" not in _container(workload)


@serving
def test_replicas_are_spread_and_never_all_taken_away_at_once(workload: Document) -> None:
    labels = _labels(workload)
    [budget] = [
        each
        for each in _kind("PodDisruptionBudget")
        if each["spec"]["selector"]["matchLabels"] == labels
    ]
    [spread] = _pod(workload)["topologySpreadConstraints"]

    assert workload["spec"]["selector"]["matchLabels"] == labels
    assert spread["labelSelector"]["matchLabels"] == labels
    assert workload["spec"]["replicas"] >= 2
    assert budget["spec"].get("minAvailable") == 1 or budget["spec"].get("maxUnavailable") == 1


def test_all_roles_are_taken_and_every_pod_can_be_asked_how_it_is() -> None:
    roles = [set(_container(each)["args"][2].split(",")) for each in SERVING]

    assert set[str]().union(*roles) == {"chat", "worker", "web"}
    assert all("web" in each for each in roles)


def test_sockets_stay_within_slacks_ten_while_pods_are_replaced() -> None:
    [chat] = [each for each in SERVING if _role(each) == "chat"]
    most = chat["spec"]["replicas"] + chat["spec"]["strategy"]["rollingUpdate"]["maxSurge"]

    assert most * Settings.model_fields["jobthread_sockets"].default <= MOST_SOCKETS


def test_hosts_of_local_jobs_keep_their_state() -> None:
    [worker] = _kind("StatefulSet")
    [claim] = worker["spec"]["volumeClaimTemplates"]
    services = {each["metadata"]["name"]: each for each in _kind("Service")}
    mounts = {m["name"]: m["mountPath"] for m in _container(worker)["volumeMounts"]}

    assert SETTINGS["JOBTHREAD_STATE"].startswith(mounts[claim["metadata"]["name"]])
    assert services[worker["spec"]["serviceName"]]["spec"]["clusterIP"] == "None"


def test_services_and_the_wall_around_pods_select_our_pods_and_their_port() -> None:
    for service in _kind("Service"):
        wanted = service["spec"]["selector"].items()
        assert any(wanted <= _labels(each).items() for each in SERVING)
        assert {port["port"] for port in service["spec"]["ports"]} == {8080}
    [wall] = _kind("NetworkPolicy")
    assert all(
        wall["spec"]["podSelector"]["matchLabels"].items() <= _labels(each).items()
        for each in WORKLOADS
    )
    assert wall["spec"]["policyTypes"] == ["Ingress", "Egress"]
    open_for: list[Any] = [
        port["port"] for rule in wall["spec"]["ingress"] for port in rule["ports"]
    ]
    assert open_for == [8080]


def test_the_migration_runs_once_to_its_end() -> None:
    [job] = _kind("Job")

    assert _container(job)["args"] == ["migrate"]
    assert _pod(job)["restartPolicy"] == "Never"


def test_settings_and_secrets_are_settings_and_kept_apart() -> None:
    [secret] = documents(FOLDER / "secret.example.yaml")

    assert known(SETTINGS)
    assert known(secret["stringData"])
    assert not set(SETTINGS) & set(secret["stringData"])
    named = {
        v["secret"]["secretName"] for w in WORKLOADS for v in _pod(w)["volumes"] if "secret" in v
    }
    assert named == {secret["metadata"]["name"]}


def test_the_catalogue_and_the_policy_that_come_along_have_no_mistakes() -> None:
    files = {name for each in KUSTOMIZATION["configMapGenerator"] for name in each["files"]}

    assert files == {"config/catalog/jobs.yaml", "config/policy.yaml"}
    assert not read_catalog(FOLDER / "config" / "catalog", state=FOLDER).mistakes
    assert not read_policy(FOLDER / "config" / "policy.yaml").mistakes


def test_the_sandbox_is_an_addition_to_the_same_manifests() -> None:
    [overlay] = documents(DEPLOY / "kubernetes-bubblewrap" / "kustomization.yaml")

    assert overlay["resources"] == ["../kubernetes"]
    assert any("JOBTHREAD_SANDBOX: bubblewrap" in each["patch"] for each in overlay["patches"])
