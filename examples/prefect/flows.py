"""Flows of the Prefect demo: a roll-out that asks a person on its way, and a report.

Run by Prefect's own environment. `python flows.py POOL` makes them deployments with the tag by
which Jobthread finds them.
"""

import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from prefect import flow, get_run_logger, pause_flow_run, runtime, task
from prefect.artifacts import create_link_artifact, create_table_artifact
from prefect.input import RunInput
from prefect.states import Completed, State
from pydantic import Field

TAGS = ["chatops"]


class Service(StrEnum):
    """What can be rolled out."""

    CHECKOUT = "checkout"
    SEARCH = "search"


class Environment(StrEnum):
    """Where to."""

    STAGING = "staging"
    PRODUCTION = "production"


class Next(RunInput):
    """What somebody decides once the first instances are out."""

    share: Annotated[int, Field(ge=1, le=100)] = Field(
        default=50, description="How much of the traffic the new version gets next, in percent"
    )
    watch: bool = Field(default=True, description="Look at the error rate for a moment longer")


@task(name="build")
def build(version: str) -> None:
    logger = get_run_logger()
    for layer in ("base", "libraries", "service"):
        logger.info("image %s: layer %s is there", version, layer)
        time.sleep(0.5)


@task(name="first instances")
def first_instances(service: str) -> None:
    get_run_logger().info("2 instances of %s take 10 %% of the traffic", service)
    time.sleep(0.5)


@task(name="everything else")
def everything_else(service: str, share: int) -> int:
    get_run_logger().info("%s gets %d %% now", service, share)
    time.sleep(0.5)
    return 12


@flow(name="roll-out", persist_result=True)
def roll_out(
    version: Annotated[str, Field(pattern=r"^\d+\.\d+(\.\d+)?$")],
    service: Service = Service.CHECKOUT,
    environment: Environment = Environment.STAGING,
) -> State:
    """Rolls a version out in steps, and asks on its way how to go on.

    Args:
        version: Such as 4.2.
        service: What is rolled out.
        environment: Where to.
    """
    build(version)
    first_instances(service.value)
    asked = Next.with_initial_data(
        description=f"{service.value} {version} takes 10 % of the traffic in {environment.value} "
        "and is well. How shall it go on?"
    )
    answer = pause_flow_run(wait_for_input=asked, timeout=1800, poll_interval=1)
    instances = everything_else(service.value, answer.share)
    create_link_artifact(f"https://{service.value}.example.test/health", link_text="its health")
    data = {"version": version, "instances": instances, "share": answer.share}
    return Completed(message=f"{service.value} {version} on {instances} instances", data=data)


@flow(name="traffic-report", retries=1, retry_delay_seconds=1)
def traffic_report(days: Annotated[int, Field(ge=1, le=30)] = 7) -> State:
    """Counts requests by service. Its first try never works, to show that one is not the end.

    Args:
        days: How many days back.
    """
    if runtime.flow_run.run_count < 2:
        raise RuntimeError("the warehouse was asleep")
    rows = [
        {"service": each.value, "requests": 1000 * days * at} for at, each in enumerate(Service, 1)
    ]
    create_table_artifact(rows, key="requests", description="Requests by service")
    get_run_logger().info("%d days counted", days)
    return Completed(message=f"{days} days counted", data={"days": days})


def register(pool: str) -> None:
    """Make both deployments of this work pool."""
    here = Path(__file__).resolve()
    for one in (roll_out, traffic_report):
        entrypoint = f"{here.name}:{one.fn.__name__}"
        loaded = one.from_source(source=str(here.parent), entrypoint=entrypoint)
        loaded.deploy(name="demo", work_pool_name=pool, tags=TAGS, print_next_steps=False)


if __name__ == "__main__":
    register(sys.argv[1])
