"""A real Airflow, on free ports of this machine, with the DAGs of `jobs/`."""

import json
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.engines.environments import alone, environment
from tests.engines.families import Family, free_port

DAGS = Path(__file__).resolve().parent / "jobs"
FINAL = frozenset({"success", "failed"})

_PARTS = ("scheduler", "dag-processor", "triggerer", "api-server")
_SETTINGS = {
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
    "AIRFLOW__CORE__PARALLELISM": "4",
    "AIRFLOW__API__HOST": "127.0.0.1",
    "AIRFLOW__API__WORKERS": "1",
    "AIRFLOW__API__SECRET_KEY": "for tests only, and of the length that is asked for",
    "AIRFLOW__API_AUTH__JWT_SECRET": "for tests only, and of the length that is asked for, too",
    "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    # Tasks that died with their scheduler are found in seconds; usually that takes five minutes.
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "10",
}


class AirflowServer:
    """The parts of an Airflow and their database, in a folder that they alone use.

    `credentials` are those of its only user, such as `bot:secret`.
    """

    def __init__(self, folder: Path, *, credentials: str) -> None:
        self.user, _, self.password = credentials.partition(":")
        self.family = Family(folder)
        self._port, self._logs, self._triggers = free_port(), free_port(), free_port()
        passwords = folder / "passwords.json"
        passwords.write_text(json.dumps({self.user: self.password}))

    @property
    def url(self) -> str:
        """The address of its page and, with /api/v2, of its API."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start on the ports and the database it had. Returns when DAGs can be run."""
        env = airflow_env(self.family.folder) | {
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{self.user}:op",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(
                self.family.folder / "passwords.json"
            ),
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__API__PORT": str(self._port),
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(self._logs),
            "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(self._triggers),
        }
        for part in _PARTS:
            self.family.start(part, *_airflow(part), env=env)
        self.family.until(self._healthy, "all its parts to be healthy", *_PARTS)
        self.family.until(lambda: bool(self.dags()), "its DAGs", *_PARTS)

    def stop(self) -> None:
        """Stop every part; what runs is left alone."""
        for part in _PARTS:
            self.family.stop(part)

    def restart(self) -> None:
        self.stop()
        self.start()

    def stop_api(self) -> None:
        """Stop the API alone; the scheduler goes on."""
        self.family.stop("api-server")

    def kill_scheduler(self) -> None:
        """As the kernel kills it, with the workers it has."""
        self.family.end_all_of("scheduler")

    def mend(self) -> None:
        """Start it anew when some part is not alive."""
        if not all(map(self.family.runs, _PARTS)):
            self.restart()

    def token(self) -> str:
        """A fresh token of its only user."""
        given = {"username": self.user, "password": self.password}
        return self._ask("/auth/token", given)["access_token"]

    def dags(self) -> list[str]:
        """Which DAGs carry our tag."""
        return [each["dag_id"] for each in self.ask("/dags?tags=chatops&limit=100")["dags"]]

    def begin(self, dag: str, run: str, **conf: object) -> None:
        """Start a run as anybody might, past the bot."""
        wanted = {"logical_date": None, "dag_run_id": run, "conf": conf}
        self.ask(f"/dags/{dag}/dagRuns", wanted)

    def run(self, dag: str, run: str) -> dict[str, Any]:
        return self.ask(f"/dags/{dag}/dagRuns/{run}")

    def until(self, dag: str, run: str, *states: str) -> dict[str, Any]:
        """The run as soon as it is in one of these states, or final."""
        wanted = frozenset(states) | FINAL
        self.family.until(lambda: self.run(dag, run)["state"] in wanted, f"{states} of {dag} {run}")
        return self.run(dag, run)

    def clear(self) -> None:
        """End what still goes on, so that the next test finds room."""
        live = {"states": ["queued", "running"], "page_limit": 100}
        for run in self.ask("/dags/~/dagRuns/list", live)["dag_runs"]:
            path = f"/dags/{run['dag_id']}/dagRuns/{run['dag_run_id']}"
            self.ask(path, {"state": "failed"}, method="PATCH")

    def ask(self, path: str, body: object = None, method: str | None = None) -> Any:
        """GET, or POST when there is a body, under /api/v2.

        Raises:
            urllib.error.HTTPError: anything but 2xx.
        """
        return self._ask(f"/api/v2{path}", body, method, f"Bearer {self.token()}")

    def end(self) -> None:
        self.family.end()

    def _healthy(self) -> bool:
        try:
            parts: dict[str, dict[str, Any]] = self._ask("/api/v2/monitor/health")
        except OSError:
            return False
        return all(part["status"] == "healthy" for part in parts.values())

    def _ask(
        self, path: str, body: object = None, method: str | None = None, word: str = ""
    ) -> Any:
        headers = {"Content-Type": "application/json", **({"Authorization": word} if word else {})}
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", sent, headers, method=method)
        with _STRAIGHT.open(request, timeout=30) as answer:
            return json.loads(answer.read() or "null")


_STRAIGHT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""No proxy is on the way to this machine."""


@contextmanager
def running_airflow(*, credentials: str) -> Generator[AirflowServer]:
    """An Airflow of one's own with the DAGs of `jobs/`, gone afterwards."""
    database = migrated()
    folder = Path(tempfile.mkdtemp(prefix="jobthread-airflow-"))
    server = AirflowServer(folder, credentials=credentials)
    try:
        shutil.copy(database, folder)
        server.start()
        yield server
    finally:
        server.end()


def airflow_env(home: Path) -> dict[str, str]:
    """What every part is told, whatever its ports."""
    path = f"{environment('airflow') / 'bin'}:/usr/bin:/bin"
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "AIRFLOW_HOME": str(home)} | (
        _SETTINGS
    )


def _airflow(*arguments: str) -> tuple[str | Path, ...]:
    return (environment("airflow") / "bin" / "airflow", *arguments)


def migrated() -> Path:
    """An empty database of its newest schema, made once."""
    kept = environment("airflow") / "databases" / "airflow.db"
    with alone(kept.parent):
        if not kept.exists():
            home = kept.parent / "making"
            home.mkdir(parents=True, exist_ok=True)
            argv = _airflow("db", "migrate")
            with (home / "migrate.log").open("wb") as log:
                subprocess.run(argv, env=airflow_env(home), stderr=log, timeout=300, check=True)
            (home / "airflow.db").rename(kept)
            shutil.rmtree(home)
    return kept
