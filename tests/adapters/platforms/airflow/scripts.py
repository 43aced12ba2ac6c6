"""What the DAGs of tests do, as a fake Airflow plays them."""

from collections.abc import Callable

from jobthread.testing import Doing, flood_line
from tests.fakes.airflow_world import Flood, Run, Script, World

FLOOD = 120_000
"""Lines; 50 MB are read by a test of their own."""


def writes(*lines: str) -> Script:
    """One task that writes lines and ends well."""

    def play(world: World, run: Run) -> None:
        task = world.begin(run, "work")
        world.say(task, *lines)
        world.finish(task)
        world.settle(run)

    return play


def saying(world: World, run: Run) -> None:
    writes(run.conf["word"])(world, run)


def failing(world: World, run: Run) -> None:
    task = world.begin(run, "work")
    world.fail(task, "3 tests failed")
    world.settle(run)


def endless(world: World, run: Run) -> None:
    world.say(world.begin(run, "work"), "begun")


def flood(world: World, run: Run) -> None:
    task = world.begin(run, "work")
    task.tries[-1].wrote.append(Flood(count=FLOOD, line=flood_line))
    world.finish(task)
    world.settle(run)


def returning(value: object) -> Script:
    """One task that returns this."""

    def play(world: World, run: Run) -> None:
        world.finish(world.begin(run, "work"), returned=value)
        world.settle(run)

    return play


def asking(world: World, run: Run) -> None:
    """Waits for a form, and then goes on with another task."""
    task = world.begin(run, "ask")
    world.say(task, "Waiting for response")
    params = {
        "percent": {
            "value": 10,
            "schema": {"type": "integer", "minimum": 1, "maximum": 100},
            "description": "In %",
        },
        "reason": {"value": "", "schema": {"type": "string", "maxLength": 200}},
    }
    world.ask(task, "How far?", ["OK"], body="The **first** step.", params=params)


def goes_on(world: World, run: Run) -> None:
    task = world.begin(run, "work")
    world.say(task, "went on")
    world.finish(task)
    world.settle(run)


SCRIPTS: dict[Doing, Callable[[World], object]] = {
    Doing.HELLO: lambda world: world.add("hello", script=writes("hello")),
    Doing.SAYING: lambda world: world.add(
        "saying", params={"word": {"value": "", "schema": {"type": "string"}}}, script=saying
    ),
    Doing.FAILING: lambda world: world.add("failing", script=failing),
    Doing.ENDLESS: lambda world: world.add("endless", script=endless),
    Doing.TOO_LONG: lambda world: world.add("too-long", script=endless),
    Doing.COUNTING: lambda world: world.add(
        "counting", script=writes(*(f"line {number}" for number in range(500)))
    ),
    Doing.CHINESE: lambda world: world.add("chinese", script=writes(*["部署完成"] * 400)),
    Doing.FLOOD: lambda world: world.add("flood", script=flood),
    Doing.STEPPING: lambda world: world.add("stepping", script=writes("one step")),
    Doing.RESULTS: lambda world: world.add(
        "results", script=returning({"run": "https://example.test/run"})
    ),
    Doing.PAUSING: lambda world: world.add(
        "pausing", "ask", "work", script=asking, goes_on=goes_on
    ),
}
"""Puts the DAG of each of the contract's doings into a world."""
