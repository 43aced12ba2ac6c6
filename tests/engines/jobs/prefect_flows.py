"""What a real Prefect runs in tests: one flow for each thing that a job can do.

Run by Prefect's own environment (`tests.engines.environments`), never by ours, and so it imports
nothing of Jobthread. `python prefect_flows.py` registers every flow as a deployment.
"""

import sys
import time
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from prefect import flow, get_run_logger, pause_flow_run, runtime, task
from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.input import RunInput
from prefect.states import Completed, State
from pydantic import BaseModel, Field, HttpUrl

DEPLOYMENT = "bot"
TAGS = ["chatops"]


@flow(name="hello")
def hello() -> None:
    """Says hello."""
    get_run_logger().info("hello")


@flow(name="saying")
def saying(word: str) -> None:
    """Says what it is told.

    Args:
        word: What.
    """
    get_run_logger().info("%s", word)


@flow(name="failing")
def failing() -> None:
    """Fails in its first task, and says of what."""
    testing()


@task(name="testing")
def testing() -> None:
    raise RuntimeError("3 tests failed")


@task(name="look")
def look() -> None:
    get_run_logger().info("looking around")


@task(name="migrate")
def migrate(rows: int) -> int:
    progress = create_progress_artifact(0.0, key="migration", description="migrating database")
    update_progress_artifact(progress, 40.0)
    return rows


@flow(name="talking", persist_result=True)
def talking() -> State:
    """Tells of itself in every way that Prefect has."""
    look()
    rows = migrate(1200)
    create_link_artifact("https://example.test/run", key="page", link_text="the run")
    create_table_artifact([{"table": "orders", "rows": rows}], key="moved", description="By table")
    create_markdown_artifact(f"# Moved\n{rows} rows moved", key="summary")
    get_run_logger().info("an ordinary line")
    result = {"release": {"version": "4.2"}, "rows": rows}
    return Completed(message=f"{rows} rows moved", data=result)


@flow(name="brief")
def brief(seconds: float = 2.0) -> None:
    """Takes a moment.

    Args:
        seconds: How long.
    """
    time.sleep(seconds)
    get_run_logger().info("done")


@flow(name="endless")
def endless() -> None:
    """Goes on until it is stopped."""
    get_run_logger().info("begun")
    time.sleep(600)


@flow(name="too-long", timeout_seconds=2)
def too_long() -> None:
    """Has two seconds and needs ten minutes."""
    get_run_logger().info("begun")
    for _ in range(6000):
        time.sleep(0.1)


@flow(name="counting")
def counting(lines: Annotated[int, Field(ge=0, le=10_000)] = 500) -> None:
    """Writes numbered lines.

    Args:
        lines: How many.
    """
    logger = get_run_logger()
    for number in range(lines):
        logger.info("line %d", number)


@flow(name="chinese")
def chinese() -> None:
    """Writes lines whose characters take three bytes."""
    logger = get_run_logger()
    for _ in range(400):
        logger.info("部署完成")


@flow(name="flood")
def flood(lines: Annotated[int, Field(ge=0, le=1_000_000)] = 2_000) -> None:
    """Writes numbered lines of 105 bytes, most of them in characters of three.

    Args:
        lines: How many.
    """
    logger = get_run_logger()
    for number in range(lines):
        logger.info("%07d %s", number, "部署完成" * 8)


@flow(name="long-log")
def long_log(megabytes: Annotated[int, Field(ge=1, le=64)] = 1) -> None:
    """Writes this much of log, in lines of 64 KiB of Chinese.

    Args:
        megabytes: How much, in MiB of UTF-8.
    """
    logger = get_run_logger()
    line = "部署完成。" * 4369
    for number in range(megabytes * 16):
        logger.info("%05d %s", number, line)


@flow(name="retrying", retries=2, retry_delay_seconds=1)
def retrying() -> None:
    """Fails the first time and succeeds the second."""
    attempt = runtime.flow_run.run_count
    get_run_logger().info("attempt %d", attempt)
    if attempt < 2:
        raise RuntimeError("the first time never works")


class Window(BaseModel):
    """When it may happen."""

    day: date = Field(description="The day")
    hours: Annotated[int, Field(ge=1, le=12)] = Field(default=2, description="How many hours")


class Strategy(StrEnum):
    """How instances are replaced."""

    ROLLING = "rolling"
    BLUE_GREEN = "blue-green"


class Rollout(RunInput):
    """What a person is asked in mid-run."""

    strategy: Strategy = Field(default=Strategy.ROLLING, description="How to replace instances")
    percent: Annotated[int, Field(ge=1, le=100)] = Field(default=10, description="First step, in %")
    reason: Annotated[str, Field(min_length=3, max_length=200)] = Field(description="Why now")
    window: Window | None = None
    note: str = ""


@flow(name="asking")
def asking(patience: int = 300) -> dict[str, object]:
    """Stops for a form and goes on with what was answered.

    Args:
        patience: Seconds that it waits for an answer.
    """
    asked = Rollout.with_initial_data(description="How shall **4.2** be rolled out?", note="4.2")
    answer = pause_flow_run(wait_for_input=asked, timeout=patience, poll_interval=1)
    get_run_logger().info("answered: %s", answer.model_dump_json())
    get_run_logger().info("went on")
    return answer.model_dump(mode="json")


@flow(name="waiting")
def waiting(patience: int = 300) -> None:
    """Stops for a go, without a question.

    Args:
        patience: Seconds that it waits.
    """
    get_run_logger().info("may I?")
    pause_flow_run(timeout=patience, poll_interval=1)
    get_run_logger().info("went on")


class Environment(StrEnum):
    """Where to."""

    STAGING = "staging"
    PRODUCTION = "production"


class Limits(BaseModel):
    """What an instance may use."""

    cpu: Annotated[float, Field(gt=0, le=16)] = Field(default=1.0, description="Cores")
    memory: Annotated[int, Field(ge=64, multiple_of=64)] = Field(default=512, description="MiB")


@flow(name="deploy")
def deploy(
    version: Annotated[str, Field(pattern=r"^\d+\.\d+(\.\d+)?$")],
    environment: Environment = Environment.STAGING,
    replicas: Annotated[int, Field(ge=1, le=20)] = 2,
    regions: Annotated[list[str], Field(min_length=1, max_length=4)] = ["eu", "us"],  # noqa: B006
    limits: Limits = Limits(),  # noqa: B008
    start_after: datetime | None = None,
    contact: Annotated[str, Field(json_schema_extra={"format": "email"})] | None = None,
    change: HttpUrl | None = None,
    dry_run: bool = False,
    note: str = "",
) -> dict[str, object]:
    """Rolls a version out.

    Nothing is kept of the version before.

    Args:
        version: Which version, such as 4.2.
        environment: Where it goes.
        replicas: How many instances.
        regions: In which regions.
        limits: What each instance may use.
        start_after: Not before this moment.
        contact: Who is told by mail.
        change: The change that was approved.
        dry_run: Only say what would be done.
        note: A word for the log.
    """
    get_run_logger().info("%s of %s to %s", "plan" if dry_run else "roll-out", version, environment)
    return {"version": version, "environment": environment.value, "replicas": replicas}


FLOWS = (
    hello, saying, failing, talking, brief, endless, too_long, counting, chinese, flood, long_log,
    retrying, asking, waiting, deploy,
)  # fmt: skip


def register(pool: str) -> None:
    """Make every flow a deployment of this work pool."""
    here = Path(__file__).resolve()
    for one in FLOWS:
        loaded = one.from_source(
            source=str(here.parent), entrypoint=f"{here.name}:{one.fn.__name__}"
        )
        loaded.deploy(
            name=DEPLOYMENT,
            work_pool_name=pool,
            tags=TAGS,
            # Else a second process prepares the folder, and a run takes twice as long to begin.
            job_variables={"command": f"{sys.executable} -m prefect.engine"},
            print_next_steps=False,
        )


if __name__ == "__main__":
    register(sys.argv[1])
