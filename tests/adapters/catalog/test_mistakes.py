# ruff: noqa: E501  tables read best with a row a line
"""Every mistake in a catalogue is told with its line, its path and how to mend it."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.catalog import read_catalog
from tests.adapters.catalog.written import read, told

SHAPES = [
    ("titel: x", "2: titel: there is no key `titel` here; did you mean `title`?"),
    ("timeout: soon", "2: timeout: a duration such as 90s, 15m or 1h30m is wanted, not `soon`."),
    (
        "risk: save",
        "2: risk: one of safe, confirm, forbidden is wanted, not `save`; did you mean `safe`?",
    ),
    (
        "run: ls -l | wc",
        '2: run: there is no shell; write the arguments as a list: ["ls", "-l", "|", "wc"].',
    ),
    ("retries: many", "2: retries: a whole number is wanted, not `many`."),
    (
        "approval: {count: 2}",
        "2: approval.by: it is missing (Roles of the policy that may approve).",
    ),
    (
        "sandbox: {netwrok: true}",
        "2: sandbox.netwrok: there is no key `netwrok` here; did you mean `network`?",
    ),
    (
        "sandbox: {memory: lots}",
        "2: sandbox.memory: a size such as 512MiB or 2GB is wanted, not `lots`.",
    ),
    ("sandbox: {network: maybe}", "2: sandbox.network: true or false is wanted, not `maybe`."),
    ("parameters: app", "2: parameters: a list is wanted: [one, two], or one `- item` a line."),
    ("parameters: [app]", "2: parameters[0]: keys and values are wanted, not `app`."),
    (
        "parameters: [{name: 1x}]",
        "2: parameters[0].name: `1x` is not possible (Letters, digits, `_` and `-`; `{name}` stands for it in arguments).",
    ),
    ("title: [a, b]", "2: title: text is wanted here, not a list or keys."),
    (
        "parameters: [{name: a, choices: {comand: [x]}}]",
        "2: parameters[0].choices.comand: there is no key `comand` here; did you mean `command`?",
    ),
    (
        "parameters: [{name: a, choices: [{value: x, lable: y}]}]",
        "2: parameters[0].choices[0].lable: there is no key `lable` here; did you mean `label`?",
    ),
]

MEANINGS = [
    ("platform: locl", "platform: there is no platform `locl`; did you mean `local`?"),
    ("run: [echo, '{nam}']\nparameters: [{name: name_}]", "run[1]: `{nam}` is no parameter of this job; did you mean `name_`?"),
    ("run: [echo, '{x}']", "run[1]: `{x}` is no parameter of this job; add it to `parameters`."),
    ("run: ['{x}']\nparameters: [{name: x}]", "run[0]: the program itself may not be a parameter; a person could name any program."),
    ("concurrency: 'a:{b}'", "concurrency: `{b}` is no parameter of this job; add it to `parameters`."),
    ("sandbox: {read: '{b}'}", "sandbox.read: `{b}` is no parameter of this job; add it to `parameters`."),
    ("sandbox: {read: some/where}", "sandbox.read: `some/where` must be absolute, or begin with {state}."),
    ("env: {LD_PRELOAD: x}", "env.LD_PRELOAD: `LD_PRELOAD` is set by Jobthread or not at all."),
    ("env: {a-b: x}", "env.a-b: a variable's name has letters, digits and `_`."),
    ("timeout: 30d", "timeout: a timeout from 1s to 7d is wanted."),
    ("approval: {by: a, expires: 1s}", "approval.expires: an expiry from 1m to 30d is wanted."),
    ("approval: {by: a, when: {env: prod}}", "approval.when.env: there is no parameter `env`."),
    ("environment: stage", "environment: there is no parameter `stage`; it names the parameter to look at."),
    ("parameters: [{name: env}]", "environment: `env` must be an enum, so that policies can name its values."),
    ("rollback: undo", "rollback: there is no job `undo`."),
    ("aliases: status", "aliases: `status` is a command; choose another name."),
    ("aliases: [部署, 取消]", "aliases[1]: `取消` is a command; choose another name."),
]  # fmt: skip

PARAMETERS = [
    ("{name: a, type: enum}", "choices: type enum needs `choices`: a list, {command: […]} or {url: …}."),
    ("{name: a, type: date, choices: [x]}", "choices: type date has no choices; make it enum or multi_enum."),
    ("{name: a, choices: [x, y, X]}", "choices[2]: `x` is already a choice."),
    ("{name: a, choices: [x], default: z}", "default: the default is not possible: A: one of x is wanted, not `z`."),
    ("{name: a, type: integer, max: 3, default: 5}", "default: the default is not possible: A: at most 3, this is 5."),
    ("{name: a, type: integer, min: 4, max: 3}", "min: `min` is greater than `max`."),
    ("{name: a, min: 4}", "min: `min` bounds numbers and durations, not type string."),
    ("{name: a, type: boolean, pattern: x}", "pattern: `pattern` is for texts, not type boolean."),
    ("{name: a, pattern: '['}", "pattern: the pattern does not compile: unterminated character set at position 0."),
    ("{name: a, type: list, items: json}", "items: a list holds no json; use multi_enum for choices, json for the rest."),
    ("{name: a, items: integer}", "items: `items` is what a list holds, not type string."),
    ("{name: a, type: list, items: integer, default: [1, x]}", "default: the default is not possible: A: entry 2: a whole number is wanted, not `x`."),
    ("{name: a, type: list, items: date, pattern: x}", "pattern: `pattern` is for texts, not type list."),
    ("{name: a, type: list, min: 2, default: x}", "default: the default is not possible: A: at least 2, this is 1."),
    ("{name: a, type: json, default: '{'}", "default: the default is not possible: A: JSON is wanted, such as `{\"key\": [1, 2]}`, at most 30 levels deep."),
    ("{name: job}", "name: `job` is a word of the command line; rename it."),
    ("{name: a, aliases: [B, b]}", "aliases: parameter `a` is already called `b`."),
    ("{name: a, when: {b: x}}", "when.b: there is no parameter `b` before this one."),
    ("{name: a, choices: {url: 'ftp://x/'}}", "choices.url: an address such as https://host/path is wanted, its host without {parameters}."),
    ("{name: a, choices: {url: 'https://{a}.x/'}}", "choices.url: an address such as https://host/path is wanted, its host without {parameters}."),
    ("{name: a, choices: {command: [x], url: 'https://x/'}}", "choices: give a `command` or a `url`, one of them."),
    ("{name: a, choices: {command: [x], timeout: 5m}}", "choices.timeout: a timeout from 0.1s to 30s is wanted."),
    ("{name: a, type: secret, choices: [hunter2]}", "choices[0]: a secret is named by reference, env:NAME, file:/path or store:NAME, and never written here."),
]  # fmt: skip


@pytest.mark.parametrize(("more", "expected"), SHAPES)
def test_a_wrong_shape_is_told(tmp_path: Path, more: str, expected: str) -> None:
    assert expected in told(tmp_path, more)


@pytest.mark.parametrize(("more", "expected"), MEANINGS)
def test_a_wrong_meaning_is_told(tmp_path: Path, more: str, expected: str) -> None:
    assert expected in [each.partition(": ")[2] for each in told(tmp_path, more)]


@pytest.mark.parametrize(("parameter", "expected"), PARAMETERS)
def test_a_wrong_parameter_is_told(tmp_path: Path, parameter: str, expected: str) -> None:
    found = told(tmp_path, f"parameters:\n  - {parameter}")

    assert any(f"parameters[0].{expected}" in each for each in found), found


def test_a_secret_may_not_be_an_argument(tmp_path: Path) -> None:
    found = told(
        tmp_path,
        """
        run: [x, "--password={pass-word}"]
        parameters: [{name: pass-word, type: secret, choices: ["env:X"]}]
        """,
    )

    assert '`env: {PASS_WORD: "{pass-word}"}`' in found[0]


def test_a_secret_in_a_variable_stands_alone(tmp_path: Path) -> None:
    found = told(
        tmp_path,
        """
        env: {URL: "postgresql://u:{pw}@h/"}
        parameters: [{name: pw, type: secret, choices: ["env:X"]}]
        """,
    )

    assert "`pw` is a secret and may not stand here." in found[0]


def test_a_condition_on_a_later_parameter_says_to_move_it(tmp_path: Path) -> None:
    found = told(tmp_path, "parameters: [{name: a, when: {b: x}}, {name: b, choices: [x]}]")

    assert "`b` is asked for later; move it up." in found[0]


def test_a_condition_that_can_never_hold_is_told(tmp_path: Path) -> None:
    found = told(
        tmp_path, "parameters: [{name: env_, choices: [dev]}, {name: a, when: {env_: prd}}]"
    )

    assert "`prd` is never its value" in found[0]


def test_a_condition_must_be_written_as_the_value_is_kept(tmp_path: Path) -> None:
    found = told(tmp_path, "parameters: [{name: b, type: boolean}, {name: a, when: {b: yes}}]")

    assert "write `true` in place of `yes`." in found[0]


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    found = read(tmp_path / "c", "name: a\nrnu: [x]\ntimeout: soon\n", other="jobs: 5\n").mistakes

    assert [(each.file, each.line, each.path) for each in found] == [
        ("jobs.yaml", 1, "run"),
        ("jobs.yaml", 2, "rnu"),
        ("jobs.yaml", 3, "timeout"),
        ("other.yaml", 1, "jobs"),
    ]


def test_an_unknown_key_does_not_hide_what_else_is_wrong(tmp_path: Path) -> None:
    found = told(tmp_path, "titel: x\nplatform: mars")

    assert [each.split(": ")[1] for each in found] == ["titel", "platform"]


def test_a_name_used_twice_names_the_other_place(tmp_path: Path) -> None:
    other = "name: b\naliases: [A]\nrun: ['true']\n"
    found = read(tmp_path / "c", "name: a\nrun: ['true']\n", other=other).mistakes

    assert str(found[0]) == "other.yaml:2: aliases[0]: `A` already names a (jobs.yaml:1)."


def test_a_catalogue_without_a_state_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "jobs.yaml").write_text("name: a\nrun: [ls, '{state}/x']\n")

    assert "no state folder" in read_catalog(tmp_path).mistakes[0].text


def test_a_program_that_is_not_there_is_a_warning(tmp_path: Path) -> None:
    found = read(tmp_path / "c", "name: a\nrun: [no-such-program]\n")

    assert (found.mistakes, len(found.jobs)) == ((), 1)
    assert "`no-such-program` is not found" in found.warnings[0].text


def test_a_folder_anybody_can_name_is_a_warning(tmp_path: Path) -> None:
    text = "name: a\nrun: [ls]\nparameters: [{name: p}]\nsandbox: {read: '{p}'}\n"

    assert "any folder" in read(tmp_path / "c", text).warnings[0].text


def test_a_missing_folder_is_a_mistake(tmp_path: Path) -> None:
    assert "no such folder" in str(read_catalog(tmp_path / "none").mistakes[0])


def test_a_key_beside_jobs_is_told(tmp_path: Path) -> None:
    found = read(tmp_path / "c", "job: []\njobs: []\nx-own: {}\n").mistakes

    assert [each.path for each in found] == ["job"]


_keys = st.sampled_from(
    ["name", "run", "parameters", "choices", "when", "default", "type", "approval", "jobs", "env"]
)
_values = st.sampled_from(["a", "{a}", "env", "1", "true", "env:X", "string", "enum", "(a+)+", ""])
_trees = st.recursive(
    _values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(_trees)
def test_no_nonsense_makes_reading_fail(tmp_path: Path, tree: object) -> None:
    (tmp_path / "jobs.yaml").write_text(json.dumps(tree))

    found = read_catalog(tmp_path)

    assert all(each.line >= 1 and each.text for each in found.mistakes)
