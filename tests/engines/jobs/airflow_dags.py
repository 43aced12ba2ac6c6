"""What a real Airflow runs in tests: one DAG for each thing that a job can do.

Read by Airflow's own environment (`tests.engines.environments`), never by ours, and so it imports
nothing of Jobthread.
"""

import logging
import time
from datetime import timedelta

from airflow.providers.standard.operators.hitl import ApprovalOperator, HITLEntryOperator
from airflow.sdk import Param, dag, get_current_context, task

TAGS = ["chatops"]

log = logging.getLogger("airflow.task")


@dag(dag_id="hello", tags=TAGS, schedule=None)
def hello():
    """Says hello."""

    @task
    def say() -> None:
        log.info("hello")

    say()


@dag(dag_id="saying", tags=TAGS, schedule=None, params={"word": Param(type="string")})
def saying():
    """Says what it is told."""

    @task
    def say() -> None:
        log.info("%s", get_current_context()["params"]["word"])

    say()


@dag(dag_id="failing", tags=TAGS, schedule=None)
def failing():
    """Fails in its only task, and says of what."""

    @task
    def testing() -> None:
        raise RuntimeError("3 tests failed")

    testing()


@dag(dag_id="talking", tags=TAGS, schedule=None)
def talking():
    """Three tasks, one after another; the last returns a result."""

    @task
    def look() -> None:
        log.info("looking around")

    @task
    def migrate() -> int:
        log.info("migrating database")
        return 1200

    @task
    def report(rows: int) -> dict[str, object]:
        log.info("an ordinary line")
        page = "https://example.test/run"
        return {"release": {"version": "4.2"}, "rows": rows, "page": page}

    look() >> report(migrate())


@dag(
    dag_id="brief",
    tags=TAGS,
    schedule=None,
    params={"seconds": Param(2.0, type="number", minimum=0, description="How long")},
)
def brief():
    """Takes a moment."""

    @task
    def wait() -> None:
        time.sleep(get_current_context()["params"]["seconds"])

    wait()


@dag(dag_id="endless", tags=TAGS, schedule=None)
def endless():
    """Goes on until it is stopped."""

    @task
    def sleep() -> None:
        log.info("begun")
        time.sleep(600)

    sleep()


@dag(dag_id="too-long", tags=TAGS, schedule=None)
def too_long():
    """Has two seconds and needs ten minutes."""

    @task(execution_timeout=timedelta(seconds=2))
    def sleep() -> None:
        log.info("begun")
        time.sleep(600)

    sleep()


@dag(
    dag_id="counting",
    tags=TAGS,
    schedule=None,
    params={"lines": Param(500, type="integer", minimum=0, maximum=10_000, description="How many")},
)
def counting():
    """Writes numbered lines."""

    @task
    def count() -> None:
        for number in range(get_current_context()["params"]["lines"]):
            log.info("line %d", number)

    count()


@dag(dag_id="chinese", tags=TAGS, schedule=None)
def chinese():
    """Writes lines whose characters take three bytes."""

    @task
    def write() -> None:
        for _ in range(400):
            log.info("部署完成")

    write()


@dag(
    dag_id="flood",
    tags=TAGS,
    schedule=None,
    params={
        "lines": Param(2_000, type="integer", minimum=0, maximum=1_000_000, description="How many")
    },
)
def flood():
    """Writes numbered lines of 105 bytes, most of them in characters of three."""

    @task
    def write() -> None:
        for number in range(get_current_context()["params"]["lines"]):
            log.info("%07d %s", number, "部署完成" * 8)

    write()


@dag(
    dag_id="long-log",
    tags=TAGS,
    schedule=None,
    params={"megabytes": Param(1, type="integer", minimum=1, maximum=64, description="In MiB")},
)
def long_log():
    """Writes this much of log, in lines of 64 KiB of Chinese."""

    @task
    def write() -> None:
        line = "部署完成。" * 4369
        for number in range(get_current_context()["params"]["megabytes"] * 16):
            log.info("%05d %s", number, line)

    write()


@dag(dag_id="retrying", tags=TAGS, schedule=None)
def retrying():
    """Fails the first time and succeeds the second."""

    @task(retries=2, retry_delay=timedelta(seconds=1))
    def attempt() -> None:
        number = get_current_context()["ti"].try_number
        log.info("attempt %d", number)
        if number < 2:
            raise RuntimeError("the first time never works")

    attempt()


@dag(dag_id="asking", tags=TAGS, schedule=None)
def asking():
    """Stops for a form and goes on with what was answered."""
    answered = HITLEntryOperator(
        task_id="ask",
        subject="How shall 4.2 be rolled out?",
        body="The **first step** is the one that hurts.",
        params={
            "strategy": Param("rolling", type="string", enum=["rolling", "blue-green"]),
            "percent": Param(10, type="integer", minimum=1, maximum=100, description="In %"),
            "reason": Param("", type="string", maxLength=200, description="Why now"),
        },
    )

    @task
    def go_on(answer: dict[str, object]) -> None:
        log.info("answered: %s", answer)
        log.info("went on")

    go_on(answered.output)


@dag(dag_id="waiting", tags=TAGS, schedule=None)
def waiting():
    """Stops for a go, without a question."""

    @task
    def go_on() -> None:
        log.info("went on")

    ApprovalOperator(task_id="approve", subject="May I?") >> go_on()


@dag(
    dag_id="deploy",
    tags=TAGS,
    schedule=None,
    description="Rolls a version out.",
    params={
        "version": Param(
            type="string", pattern=r"^\d+\.\d+(\.\d+)?$", description="Which version, such as 4.2."
        ),
        "environment": Param(
            "staging", type="string", enum=["staging", "production"], description="Where it goes."
        ),
        "replicas": Param(
            2, type="integer", minimum=1, maximum=20, title="Replicas", description="How many."
        ),
        "regions": Param(["eu", "us"], type="array", items={"type": "string"}, maxItems=4),
        "limits": Param(
            {"cpu": 1.0, "memory": 512},
            type="object",
            properties={
                "cpu": {"type": "number", "exclusiveMinimum": 0, "maximum": 16},
                "memory": {"type": "integer", "minimum": 64, "multipleOf": 64},
            },
            description="What each instance may use.",
        ),
        "start_after": Param(None, type=["null", "string"], format="date-time"),
        "day": Param(None, type=["null", "string"], format="date"),
        "contact": Param(None, type=["null", "string"], format="email"),
        "dry_run": Param(False, type="boolean", description="Only say what would be done."),
        "note": "",
    },
)
def deploy():
    """Rolls a version out.

    Nothing is kept of the version before.
    """

    @task
    def roll_out() -> None:
        params = get_current_context()["params"]
        log.info("roll-out of %s to %s", params["version"], params["environment"])

    roll_out()


for make in (
    hello, saying, failing, talking, brief, endless, too_long, counting, chinese, flood, long_log,
    retrying, asking, waiting, deploy,
):  # fmt: skip
    make()
