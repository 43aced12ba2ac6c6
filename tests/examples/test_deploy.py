"""deploy and rollback on real processes: the runner serves, health is asked, bad releases leave."""

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.seed import seed
from tests.examples.scripts import EXAMPLES, SCRIPTS, Ran, run, started_runner


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("seeded")
    seed(state)
    return state


@pytest.fixture
def root(seeded: Path, tmp_path: Path) -> Path:
    """A folder with builds and one service in use, api-dev 1.4.0."""
    folder = tmp_path / "service"
    folder.mkdir()
    (folder / "builds").symlink_to(seeded / "service" / "builds")
    home = folder / "api-dev"
    copy = ["cp", "-a", str(seeded / "service" / "api-dev"), str(home)]
    subprocess.run(copy, check=True, timeout=10)
    return folder


@pytest.fixture
def runner(root: Path) -> Iterator[subprocess.Popen[bytes]]:
    with started_runner(root) as process:
        yield process
        process.terminate()
        process.wait(timeout=20)


def deploy(root: Path, *more: object, app: str = "api", env: str = "dev") -> Ran:
    words = ("--root", root, "--app", app, "--env", env, "--wait", 20)
    return run("deploy.py", *words, *more)


def rollback(root: Path, *more: object) -> Ran:
    return run("rollback.py", "--root", root, "--app", "api", "--env", "dev", "--wait", 20, *more)


def in_use(root: Path, service: str = "api-dev") -> str:
    link = root / service / "current"
    return link.readlink().name if link.is_symlink() else ""


@pytest.mark.usefixtures("runner")
def test_the_newest_build_goes_live_and_serves(root: Path) -> None:
    ran = deploy(root)

    assert (ran.code, in_use(root)) == (0, "1.5.1")
    with urllib.request.urlopen(ran.result["url"], timeout=10) as page:
        assert "api 1.5.1" in page.read().decode()


@pytest.mark.usefixtures("runner")
def test_a_broken_release_returns_to_the_last_good_one(root: Path) -> None:
    ran = deploy(root, "--version", "1.5.0", "--wait", 6)

    assert (ran.code, in_use(root)) == (1, "1.4.0")
    assert ran.error == (
        "1.5.0 did not become healthy: HTTP 503: setting bank is missing. "
        "api-dev is back on 1.4.0 and healthy."
    )
    assert not (root / "api-dev" / "releases" / "1.5.0").exists()


@pytest.mark.usefixtures("runner")
def test_a_broken_first_release_leaves_the_service_out_of_use(root: Path) -> None:
    ran = deploy(root, "--version", "2.1.0", "--wait", 2, app="web", env="staging")

    assert "There was no earlier release" in ran.error
    assert in_use(root, "web-staging") == ""


@pytest.mark.usefixtures("runner")
def test_rollbacks_go_back_release_by_release(root: Path) -> None:
    deploy(root, "--version", "1.4.1")
    deploy(root, "--version", "1.5.1")

    seen = [(rollback(root).code, in_use(root)) for _ in range(3)]

    assert seen == [(0, "1.4.1"), (0, "1.4.0"), (1, "1.4.0")]


@pytest.mark.usefixtures("runner")
def test_a_named_release_can_be_rolled_back_to(root: Path) -> None:
    deploy(root, "--version", "1.4.1")
    deploy(root, "--version", "1.5.1")

    assert rollback(root, "--to", "1.4.0").code == 0
    assert in_use(root) == "1.4.0"


@pytest.mark.usefixtures("runner")
def test_the_same_version_again_changes_nothing(root: Path) -> None:
    assert "already ran and is healthy" in deploy(root, "--version", "1.4.0").summary


@pytest.mark.usefixtures("runner")
def test_only_so_many_releases_stay_and_never_without_the_way_back(root: Path) -> None:
    for version in ("1.4.1", "1.5.1"):
        deploy(root, "--version", version, "--keep", 1)

    left = sorted(path.name for path in (root / "api-dev" / "releases").iterdir())
    assert left == ["1.4.1", "1.5.1"]


@pytest.mark.usefixtures("runner")
def test_a_stopped_deployment_takes_its_switch_back(root: Path) -> None:
    words = [
        "--root",
        str(root),
        "--app",
        "api",
        "--env",
        "dev",
        "--version",
        "1.5.0",
        "--wait",
        "60",
    ]
    with subprocess.Popen(
        [sys.executable, str(SCRIPTS / "deploy.py"), *words], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "waiting for three good" in line:
                process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)

    assert (process.returncode, in_use(root)) == (143, "1.4.0")


@pytest.mark.usefixtures("runner")
def test_two_deployments_at_once_are_one_too_many(root: Path) -> None:
    with (root / "api-dev" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        assert "Another deployment of api-dev is under way" in deploy(root).error


@pytest.mark.usefixtures("runner")
def test_a_build_that_was_tampered_with_is_not_unpacked(root: Path, seeded: Path) -> None:
    (root / "builds").unlink()
    folder = root / "builds" / "api"
    folder.mkdir(parents=True)
    archive = folder / "api-9.9.9.tar.gz"
    archive.write_bytes(b"other")
    (folder / "api-9.9.9.tar.gz.sha256").write_text("0" * 64)

    ran = deploy(root)

    assert "checksum of api-9.9.9.tar.gz is wrong" in ran.error
    assert in_use(root) == "1.4.0"


def test_without_the_runner_nothing_is_switched(root: Path) -> None:
    ran = deploy(root)

    assert "The service runner is not running" in ran.error
    assert in_use(root) == "1.4.0"


@pytest.mark.usefixtures("runner")
@pytest.mark.parametrize("version", ["9.9.9", "../../etc", "-x"])
def test_a_version_that_is_not_there_is_told(root: Path, version: str) -> None:
    assert "There is no build" in deploy(root, f"--version={version}").error


def test_the_servers_end_with_the_runner_however_it_ends(root: Path) -> None:
    with started_runner(root) as runner:
        assert deploy(root, "--version", "1.4.1").code == 0
        children = Path(f"/proc/{runner.pid}/task/{runner.pid}/children").read_text().split()
        runner.kill()

    assert len(children) == 1
    server = int(children[0])
    pidfd = os.pidfd_open(server)
    assert _ended(pidfd)


def _ended(pidfd: int) -> bool:
    try:
        readable, _, _ = select.select([pidfd], [], [], 20)
        return bool(readable)
    finally:
        os.close(pidfd)


@pytest.mark.usefixtures("runner")
def test_a_second_runner_leaves_the_first_alone(root: Path) -> None:
    deploy(root, "--version", "1.4.1")

    second = subprocess.run(
        [sys.executable, EXAMPLES / "service" / "runner.py", root],
        capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip

    assert (second.returncode, "Another runner" in second.stderr) == (1, True)


def test_builds_are_listed_newest_first(root: Path) -> None:
    ran = run("list_releases.py", "--root", root, "--app", "api")

    assert ran.output.splitlines() == ["1.5.1\t1.5.1 (newest)", "1.5.0", "1.4.1", "1.4.0"]


def test_installed_releases_name_the_one_in_use(root: Path) -> None:
    ran = run("list_releases.py", "--root", root, "--app", "api", "--installed-in", "dev")

    assert ran.output == "1.4.0\t1.4.0 (in use)\n"


def test_seeding_again_keeps_what_people_changed(tmp_path: Path) -> None:
    seed(tmp_path)
    link = tmp_path / "service" / "api-dev" / "current"
    link.unlink()
    (tmp_path / "documents" / "mine.txt").write_text("mine")

    seed(tmp_path)

    assert not link.exists()
    assert (tmp_path / "documents" / "mine.txt").exists()


def test_a_release_tells_its_settings(root: Path) -> None:
    told = json.loads((root / "api-dev" / "releases" / "1.4.0" / "release.json").read_text())

    assert (told["version"], told["requires"]) == ("1.4.0", ["theme"])
