"""`python -m tests.engines prepare prefect airflow` makes what their tests need, and keeps it.

`python -m tests.engines serve prefect` starts one with its page and a worker, until Ctrl-C.
"""

import signal
import sys
from collections.abc import Callable

from tests.engines.airflow_servers import migrated, running_airflow
from tests.engines.environments import prepare
from tests.engines.fixtures import CREDENTIALS
from tests.engines.prefect_servers import registered, running_prefect

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


_SERVED: dict[str, Callable[[], None]] = {"prefect": serve_prefect, "airflow": serve_airflow}


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(verb: str, *engines: str) -> None:
    for engine in engines:
        prepared(engine)
        if verb == "serve":
            _SERVED[engine]()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        say("")
