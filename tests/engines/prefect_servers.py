"""A real Prefect with a worker, on a free port of this machine, with the flows of `jobs/`."""

import base64
import json
import shutil
import sqlite3
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import closing, contextmanager
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

from tests.engines.environments import alone, environment
from tests.engines.families import Family, free_port

FLOWS = Path(__file__).resolve().parent / "jobs" / "prefect_flows.py"
POOL = "procs"
PACE = 0.3
"""Seconds between two looks at a run: each costs the server what the run itself could use."""

FINAL = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})

_SETTINGS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_TO_API_BATCH_INTERVAL": "0.2",
    "PREFECT_WORKER_QUERY_SECONDS": "0.5",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "3",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_LOOP_SECONDS": "1",
}
"""What makes it quick and quiet; nothing that a client of its API would notice but pace."""


class PrefectServer:
    """A server, its workers and its database in a folder that it alone uses.

    `credentials` are what HTTP Basic asks for, such as `bot:secret`; empty asks for nothing.
    `flows` is a program that makes deployments of the work pool it is told.
    """

    def __init__(
        self, folder: Path, *, credentials: str = "", page: bool = False, flows: Path = FLOWS
    ) -> None:
        self.credentials = credentials
        self._flows = flows
        self.family = Family(folder)
        self._port = free_port()
        self._page = page
        self._workers = 0

    @property
    def page(self) -> str:
        """The address for people, without a slash at its end."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        """The address of its API."""
        return f"{self.page}/api"

    def start(self) -> None:
        """Start on the port and the database it had. Returns when requests are answered."""
        self._run("server", "server", "start", "--host", "127.0.0.1", "--port", str(self._port))
        self.family.until(self._answers, "its health", "server")

    def stop(self) -> None:
        """Stop the server; workers go on and ask in vain."""
        self.family.stop("server")

    def restart(self) -> None:
        self.stop()
        self.start()

    def start_worker(self, *, limit: int = 20) -> str:
        """Start another worker and tell its name. Returns when it polls."""
        self._workers += 1
        name = f"w{self._workers}"
        pool = ("--pool", POOL, "--type", "process")
        self._run(name, "worker", "start", *pool, "--name", name, "--limit", str(limit))
        said = f"Worker '{name}' started!"
        self.family.until(lambda: said in self.family.log(name), f"{name} to begin", name, "server")
        return name

    def mend(self) -> None:
        """Start again what of server and worker is not alive."""
        if not self.family.runs("server"):
            self.start()
        if not self._living():
            self.start_worker()

    def kill_workers(self, *, with_runs: bool = False) -> None:
        """As the kernel kills them: their runs go on as orphans, unless they are to die too."""
        for name in self._living():
            if with_runs:
                self.family.end_all_of(name)
            self.family.kill(name)

    def register(self) -> None:
        """Make its flows deployments, as their authors do."""
        python = environment("prefect") / "bin" / "python"
        self.family.start("register", python, self._flows, POOL, env=self._env())
        done = "Successfully created/updated all deployments!"
        self.family.until(lambda: not self.family.runs("register"), "its deployments", "server")
        assert done in self.family.log("register"), self.family.tails()

    def deployments(self) -> dict[str, dict[str, Any]]:
        """The deployments with our tag, by the name of their flow."""
        ours = {"deployments": {"tags": {"all_": ["chatops"]}}, "limit": 200}
        flows = {flow["id"]: flow["name"] for flow in self.ask("/flows/filter", ours)}
        return {flows[each["flow_id"]]: each for each in self.ask("/deployments/filter", ours)}

    def begin(self, flow: str, **parameters: object) -> str:
        """Start a run as anybody might, past the bot; its id."""
        deployment = self.deployments()[flow]["id"]
        wanted = {"parameters": parameters}
        return self.ask(f"/deployments/{deployment}/create_flow_run", wanted)["id"]

    def run(self, run: str) -> dict[str, Any]:
        return self.ask(f"/flow_runs/{run}")

    def until(self, run: str, *types: str) -> dict[str, Any]:
        """The run as soon as its state is of one of these types, or final."""
        wanted = frozenset(types) | FINAL
        awaited = f"{types} of {run}"
        self.family.until(lambda: self.run(run)["state_type"] in wanted, awaited, pace=PACE)
        return self.run(run)

    def lines(self, run: str) -> list[str]:
        """What it wrote, the engine's own lines among it."""
        wanted = {"logs": {"flow_run_id": {"any_": [run]}}, "limit": 200}
        return [line["message"] for line in self.ask("/logs/filter", wanted)]

    def until_said(self, run: str, line: str) -> None:
        """Wait for a line: the last ones arrive after the run's end."""
        self.family.until(
            lambda: line in self.lines(run), f"{line!r} of {run}", "server", pace=PACE
        )

    def clear(self) -> None:
        """End what still goes on, so that the next test finds the worker free."""
        live = {"state": {"type": {"not_any_": sorted(FINAL)}}}
        for run in self.ask("/flow_runs/filter", {"flow_runs": live, "limit": 200}):
            self.ask(f"/flow_runs/{run['id']}/set_state", {"state": {"type": "CANCELLING"}})

    def ask(self, path: str, body: object = None) -> Any:
        """GET, or POST when there is a body; None where nothing is answered.

        Raises:
            urllib.error.HTTPError: anything but 2xx.
        """
        headers = {"Content-Type": "application/json"}
        if self.credentials:
            word = base64.b64encode(self.credentials.encode()).decode()
            headers["Authorization"] = f"Basic {word}"
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", sent, headers)
        for pause in _PAUSES:
            try:
                with _STRAIGHT.open(request, timeout=30) as answer:
                    return json.loads(answer.read() or "null")
            except urllib.error.HTTPError as refused:
                # Its SQLite is busy: clients are to come again.
                if refused.code != HTTPStatus.SERVICE_UNAVAILABLE or pause is None:
                    raise
                time.sleep(pause)
        return None

    def end(self) -> None:
        self.family.end()

    def _living(self) -> list[str]:
        names = [f"w{number + 1}" for number in range(self._workers)]
        return [name for name in names if self.family.runs(name)]

    def _answers(self) -> bool:
        try:
            return self.ask("/health") is True
        except OSError:
            return False

    def _run(self, name: str, *arguments: str) -> None:
        program = environment("prefect") / "bin" / "prefect"
        self.family.start(name, program, *arguments, env=self._env())

    def _env(self) -> dict[str, str]:
        env = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.family.folder),
            "LANG": "C.UTF-8",
            "PREFECT_HOME": str(self.family.folder),
            "PREFECT_API_URL": self.url,
            **_SETTINGS,
        }
        if self._page:
            env["PREFECT_SERVER_UI_ENABLED"] = "true"
        if self.credentials:
            env["PREFECT_SERVER_API_AUTH_STRING"] = self.credentials
            env["PREFECT_API_AUTH_STRING"] = self.credentials
        return env


_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0, None)
_STRAIGHT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""No proxy is on the way to this machine."""


@contextmanager
def running_prefect(
    *, credentials: str = "", page: bool = False, flows: Path = FLOWS
) -> Generator[PrefectServer]:
    """A server of one's own with a worker and these flows, gone afterwards."""
    database = registered(flows)
    folder = Path(tempfile.mkdtemp(prefix="jobthread-prefect-"))
    server = PrefectServer(folder, credentials=credentials, page=page, flows=flows)
    try:
        shutil.copy(database, folder)
        server.start()
        server.start_worker()
        yield server
    finally:
        server.end()


def registered(flows: Path = FLOWS) -> Path:
    """A database in which the flows are deployments already, made once: it takes ten seconds."""
    known = sha256(f"{flows}\0{flows.read_text()}".encode()).hexdigest()[:12]
    kept = environment("prefect") / "databases" / known / "prefect.db"
    with alone(kept.parent):
        if not kept.exists():
            made = _register(flows)
            kept.parent.mkdir(parents=True, exist_ok=True)
            made.rename(kept)
    return kept


def _register(flows: Path) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="prefect-", dir=environment("prefect")))
    server = PrefectServer(folder, flows=flows)
    try:
        server.start()
        server.ask("/work_pools/", {"name": POOL, "type": "process"})
        server.register()
        server.stop()
        made = folder.with_suffix(".db")
        with closing(sqlite3.connect(folder / "prefect.db")) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return (folder / "prefect.db").rename(made)
    finally:
        server.end()
