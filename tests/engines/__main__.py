"""`python -m tests.engines prepare prefect airflow` makes what their tests need, and keeps it.

`python -m tests.engines serve prefect` starts one with its page and a worker, until Ctrl-C.
`python -m tests.engines demo prefect` does so with the flows of the examples, and runs the demo of
Jobthread beside it.
"""

import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

from tests.engines.airflow_servers import migrated, running_airflow
from tests.engines.environments import prepare
from tests.engines.fixtures import CREDENTIALS
from tests.engines.prefect_servers import registered, running_prefect

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "prefect"
DEMO_PLATFORMS = """prefect:
  type: prefect
  url: {url}
  tags: [chatops]
  jobs: {{tags: [engine], timeout: 30m}}
"""

BEFORE_RULES = "  developer:\n"
DEMO_RULE = """    - name: use the engine
      may: [run, schedule, cancel]
      jobs: "tag:engine"
"""

DEMO_TRY = (
    "As Ana, in #ops:  /job run roll-out version=4.2 service=checkout env=prod  — approve it as Bo,"
    " fill in the form that it asks for in its thread, and run it again."
)
"""The walk that the demo of Prefect is for."""

_PREPARED = {"prefect": registered, "airflow": migrated}


def prepared(engine: str) -> None:
    """Its environment, and the database that each of its servers starts with."""
    prepare(engine)
    _PREPARED[engine]()


def serve_prefect() -> None:
    with running_prefect(credentials=CREDENTIALS, page=True) as server:
        say(f"Prefect: {server.page}  API: {server.url}  {server.credentials}")
        signal.pause()


def serve_airflow() -> None:
    with running_airflow(credentials=CREDENTIALS) as server:
        say(f"Airflow: {server.url}  {server.user}:{server.password}")
        signal.pause()


def demo_prefect() -> None:
    folder = Path(".demo", "prefect").absolute()
    # Its Prefect begins anew each time, and would know nothing of runs that the demo remembers.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    with running_prefect(page=True, flows=EXAMPLES / "flows.py") as server:
        platforms = folder / "platforms.yaml"
        platforms.write_text(DEMO_PLATFORMS.format(url=server.url))
        policy = folder / "policy.yaml"
        own = (EXAMPLES.parent / "policy.yaml").read_text()
        policy.write_text(own.replace(BEFORE_RULES, BEFORE_RULES + DEMO_RULE, 1))
        say(f"\n  Prefect's own page: {server.page}\n  {DEMO_TRY}")
        given = [
            *("--folder", folder, "--platforms", platforms, "--policy", policy),
            *("--jobs", EXAMPLES / "roll-out.yaml"),
        ]
        with Popen([sys.executable, "-m", "bot", "demo", *map(str, given)]) as demo:
            while demo.poll() is None:
                try:
                    demo.wait()
                except KeyboardInterrupt:
                    # The terminal told the demo as well; it ends by itself.
                    continue


_DEMOS: dict[str, Callable[[], None]] = {"prefect": demo_prefect}
_SERVED: dict[str, Callable[[], None]] = {"prefect": serve_prefect, "airflow": serve_airflow}


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


_VERBS = {"serve": _SERVED, "demo": _DEMOS}


def main(verb: str, *engines: str) -> None:
    for engine in engines:
        prepared(engine)
        if verb in _VERBS:
            _VERBS[verb][engine]()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        say("")
