"""What somebody used before is offered first, and nothing that is shown to nobody."""

from bot.domain.habits import by_habit, habits_of, in_order_of_use, last_of
from bot.domain.parameters import Choice, Kind, Parameter
from tests.fakes.values import enum, execution, job

PIN = Parameter(name="pin", sensitive=True)
TAGS = enum("tags", "a", "b", "c")
JOB = job(
    parameters=(
        enum("app", "a1", "a2", "a3", "a4", "a5", "a6"),
        enum("env", "dev", "prod"),
        Parameter(name="tags", kind=Kind.MULTI_ENUM, choices=TAGS.choices),
        PIN,
        Parameter(name="note"),
    )
)


RECENT = [
    execution(5, values={"app": "a4", "env": "dev", "pin": "1234", "note": "new"}),
    execution(4, job="other", values={"app": "a6"}),
    execution(3, values={"app": "a5", "env": "prod", "tags": ("b", "c")}),
    execution(2, values={"app": "a5", "tags": ("c",), "note": "old"}, masked=frozenset({"note"})),
]


def test_the_most_used_comes_first_and_the_newest_of_equals() -> None:
    habits = habits_of(JOB, RECENT)

    assert habits["app"] == ("a5", "a4")
    assert habits["env"] == ("dev", "prod")
    assert habits["tags"] == ("c", "b")


def test_what_is_or_was_masked_is_no_habit() -> None:
    habits = habits_of(JOB, RECENT)

    assert "pin" not in habits
    assert habits["note"] == ("new",)
    assert "pin" not in last_of(JOB, RECENT)


def test_the_last_values_are_those_of_the_newest_run_of_the_job() -> None:
    assert last_of(JOB, RECENT) == {"app": "a4", "env": "dev", "note": "new"}
    assert last_of(job("never"), RECENT) == {}


def test_long_lists_are_in_the_order_of_use_and_short_ones_stay() -> None:
    app, env, *_rest = in_order_of_use(JOB, habits_of(JOB, RECENT)).parameters

    assert [each.value for each in app.choices] == ["a5", "a4", "a1", "a2", "a3", "a6"]
    assert [each.value for each in env.choices] == ["dev", "prod"]


def test_what_was_never_used_keeps_its_place() -> None:
    choices = tuple(Choice(value=each) for each in "abc")

    assert [each.value for each in by_habit(choices, ["gone", "c"])] == ["c", "a", "b"]
