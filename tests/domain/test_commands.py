"""From values to arguments: nothing a person typed is ever split, joined or interpreted."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.jobs import Command, Concurrency, Sandbox, digest_of, fill, placeholders
from tests.fakes.values import job

hostile = st.one_of(
    st.sampled_from(
        [
            "; rm -rf /",
            "$(reboot)",
            "`id`",
            "a b",
            "--force",
            "{other}",
            "{name}",
            "a\nb",
            '"',
            "'",
            "\\",
            "",
            "|",
            "&&",
            "*",
            "~",
            "{}",
            "{{name}}",
            "\\1",
            "\\g<0>",
        ]
    ),
    st.text(max_size=50),
)


@given(name=hostile, other=hostile)
def test_one_placeholder_is_one_argument_whatever_stands_in_it(name: str, other: str) -> None:
    command = Command(groups=(("tool",), ("--name={name}",), ("{other}",)))

    assert command.argv({"name": name, "other": other}) == ("tool", f"--name={name}", other)


@given(st.dictionaries(st.sampled_from(["name", "other", "third"]), hostile))
def test_the_number_of_arguments_depends_on_which_values_there_are_only(
    values: dict[str, str],
) -> None:
    command = Command(groups=(("tool",), ("--name", "{name}"), ("{other}-{third}",)))

    expected = 1 + 2 * ("name" in values) + ({"other", "third"} <= values.keys())

    assert len(command.argv(values)) == expected


@given(st.lists(hostile, max_size=5))
def test_a_multi_enum_alone_becomes_one_argument_a_value(chosen: list[str]) -> None:
    command = Command(groups=(("tool",), ("{hosts}",)))

    assert command.argv({"hosts": tuple(chosen)}) == ("tool", *chosen)


def test_a_multi_enum_within_a_word_stays_one_argument() -> None:
    command = Command(groups=(("tool", "--hosts={hosts}"),))

    assert command.argv({"hosts": ("a", "b c")}) == ("tool", "--hosts=a,b c")


def test_an_option_whose_value_was_not_given_vanishes_with_its_value() -> None:
    command = Command(groups=(("tool",), ("--version", "{version}"), ("end",)))

    assert command.argv({}) == ("tool", "end")


def test_booleans_and_numbers_read_as_programs_write_them() -> None:
    command = Command(groups=(("{force}", "{count}", "{share}"),))

    assert command.argv({"force": True, "count": 3, "share": 0.5}) == ("true", "3", "0.5")


@given(hostile)
def test_a_variable_holds_the_value_as_it_is(name: str) -> None:
    command = Command(groups=(("tool",),), environment={"NAME": "<{name}>", "FIXED": "1"})

    assert command.environment_for({"name": name}) == {"NAME": f"<{name}>", "FIXED": "1"}


@given(hostile, hostile)
def test_filling_looks_at_the_template_only_and_never_at_a_value(one: str, two: str) -> None:
    assert fill("{one}/{two}", {"one": one, "two": two}) == f"{one}/{two}"


def test_what_is_not_a_name_in_braces_stays_as_it_is() -> None:
    text = "{jobthread:files}/{ }{1a}{a b}${HOME}"

    assert placeholders(text) == ("HOME",)
    assert fill(text, {"HOME": "x"}) == "{jobthread:files}/{ }{1a}{a b}$x"


def test_the_paths_of_a_sandbox_are_filled_in() -> None:
    sandbox = Sandbox(read=("/srv/{app}",), write=("/var/{app}/{env}",))

    filled = sandbox.filled({"app": "api", "env": "dev"})

    assert (filled.read, filled.write) == (("/srv/api",), ("/var/api/dev",))


def test_a_concurrency_key_names_the_values_and_stays_short_enough_to_be_unique() -> None:
    keyed = job(concurrency=Concurrency(key="deploy:{app}"))

    assert keyed.concurrency_key({"app": "api"}) == "deploy:api"
    long, longer = (keyed.concurrency_key({"app": "x" * n}) for n in (5_000, 5_001))
    assert long != longer
    assert len(long or "") < 300
    assert job().concurrency_key({}) is None


@given(st.text())
def test_a_digest_can_be_made_of_any_text(text: str) -> None:
    assert len(digest_of(text, {"a": text}, "\ud800")) == 64
