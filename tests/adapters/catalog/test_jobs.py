"""What a well-written catalogue file becomes."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.catalog import json_schema
from bot.adapters.catalog.entries import JobEntry
from bot.domain.jobs import OnConflict, Retries, Risk, Sandbox
from bot.domain.parameters import Choice, ChoiceSource, Kind, When
from bot.domain.schedules import Missed, Overlap, ScheduleRules
from tests.adapters.catalog.written import job, read, several, write


def test_a_name_and_a_command_are_enough(tmp_path: Path) -> None:
    found = job(tmp_path, "")

    assert (found.name, found.risk, found.timeout) == ("j", Risk.SAFE, timedelta(minutes=10))
    assert found.command.argv({}) == ("true",)


def test_short_forms_mean_the_long_ones(tmp_path: Path) -> None:
    found = job(tmp_path, "approval: lead\nconcurrency: key\nretries: 2\ntags: one\nnotify: '#ops'")

    assert found.approval is not None
    assert (found.approval.by, found.approval.count) == (("lead",), 1)
    assert found.concurrency is not None
    assert (found.concurrency.key, found.concurrency.on_conflict) == ("key", OnConflict.QUEUE)
    assert (found.retries, found.tags, found.notify) == (Retries(count=2), ("one",), ("#ops",))


def test_an_inner_list_falls_away_without_its_value(tmp_path: Path) -> None:
    found = job(tmp_path, "run: [x, [--v, '{v}'], 5]\nparameters: [{name: v}]")

    assert found.command.argv({}) == ("x", "5")
    assert found.command.argv({"v": "1.10"}) == ("x", "--v", "1.10", "5")


def test_a_relative_program_lies_in_the_catalogue(tmp_path: Path) -> None:
    found = job(tmp_path, "run: [scripts/x.sh]")

    assert found.command.argv({}) == (str(tmp_path / "scripts" / "x.sh"),)


def test_folders_take_the_place_of_catalog_and_state(tmp_path: Path) -> None:
    found = job(
        tmp_path / "c", "run: [ls, '{catalog}/a', '{state}/b']\nsandbox: {write: '{state}'}"
    )

    assert found.command.argv({}) == ("ls", f"{tmp_path}/c/a", f"{tmp_path}/state/b")
    assert found.sandbox.write == (f"{tmp_path}/state",)


def test_a_folder_in_a_pattern_is_plain_text(tmp_path: Path) -> None:
    folder = tmp_path / "a+b"
    folder.mkdir()
    found = job(folder / "c", "parameters: [{name: p, pattern: '{state}/[a-z]+'}]")

    assert found.parameters[0].pattern.startswith(str(tmp_path).replace("-", r"\-"))
    assert r"a\+b" in found.parameters[0].pattern


def test_a_parameter_called_like_a_folder_hides_it_in_its_job(tmp_path: Path) -> None:
    text = "run: [ls, '{state}', '{reason}']\nparameters: [{name: state}, {name: reason}]"

    found = job(tmp_path / "c", text)

    assert found.command.argv({"state": "on", "reason": "why"}) == ("ls", "on", "why")


def test_choices_make_an_enum(tmp_path: Path) -> None:
    found = job(
        tmp_path, "parameters: [{name: a, choices: [x, {value: y, label: Y, aliases: [z]}]}]"
    )

    assert found.parameters[0].kind is Kind.ENUM
    assert found.parameters[0].choices == (
        Choice(value="x"),
        Choice(value="y", label="Y", aliases=("z",)),
    )


def test_choices_may_be_asked_for(tmp_path: Path) -> None:
    found = job(
        tmp_path, "parameters: [{name: a, choices: {command: [ls], cache: 5m, timeout: 1s}}]"
    )

    assert found.parameters[0].source == ChoiceSource(argv=("ls",), ttl=300, timeout=1)


def test_defaults_are_kept_as_reading_gives_them(tmp_path: Path) -> None:
    found = job(
        tmp_path,
        """
        parameters:
          - {name: a, type: integer, default: 5}
          - {name: b, type: boolean, default: yes}
          - {name: c, type: duration, default: 90m, max: 2h}
          - {name: d, type: multi-enum, choices: [x, y, z], default: [z, x]}
          - {name: f, choices: [{value: prod, aliases: [production]}], default: production}
        """,
    )

    assert [p.default for p in found.parameters] == [5, True, "1h30m", ("z", "x"), "prod"]


def test_when_is_kept(tmp_path: Path) -> None:
    found = job(tmp_path, "parameters: [{name: a, choices: [x, y]}, {name: b, when: {a: [x, y]}}]")

    assert found.parameters[1].when == When(parameter="a", values=("x", "y"))


@pytest.mark.parametrize(("more", "expected"), [("", "env"), ("environment: to", "to")])
def test_env_is_the_environment_unless_another_is_named(
    tmp_path: Path, more: str, expected: str
) -> None:
    found = job(
        tmp_path, f"parameters: [{{name: env, choices: [a]}}, {{name: to, choices: [b]}}]\n{more}"
    )

    assert found.environment_parameter == expected


def test_the_sandbox_keeps_its_usual_limits(tmp_path: Path) -> None:
    found = job(tmp_path, "sandbox: {network: yes, read: /srv, memory: unlimited, cpu: 5m}")

    assert found.sandbox == Sandbox(network=True, read=("/srv",), memory=None, cpu=300)


def test_a_program_in_the_catalogue_may_read_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "x.py").touch()

    assert job(tmp_path, "run: [python3, '{catalog}/x.py']").sandbox.read == (str(tmp_path),)


def test_a_secret_goes_by_the_variable_that_names_it(tmp_path: Path) -> None:
    found = job(
        tmp_path,
        """
        env: {PGPASSWORD: "{pw}", MODE: "fast {mode}"}
        parameters:
          - {name: pw, type: secret, choices: ["env:DB_PW"]}
          - {name: mode}
        """,
    )

    assert found.secrets_for({"pw": "env:DB_PW"}) == {"PGPASSWORD": "env:DB_PW"}
    assert found.command.environment_for({}) == {}
    assert found.command.environment_for({"mode": "x"}) == {"MODE": "fast x"}


def test_an_edited_script_is_another_version(tmp_path: Path) -> None:
    script = tmp_path / "x.sh"
    script.write_text("echo one")
    before = job(tmp_path, "run: [sh, '{catalog}/x.sh']").version

    script.write_text("echo two")

    assert job(tmp_path, "run: [sh, '{catalog}/x.sh']").version != before


def test_an_edited_file_that_a_job_uses_is_another_version(tmp_path: Path) -> None:
    module = tmp_path / "m.py"
    module.write_text("1")
    before = job(tmp_path, "files: m.py").version

    module.write_text("2")

    assert job(tmp_path, "files: m.py").version != before


def test_the_same_job_has_the_same_version_whatever_the_order_of_its_keys(tmp_path: Path) -> None:
    one = job(tmp_path, "title: T\nenv: {A: 1, B: 2}")
    two = job(tmp_path, "env: {B: 2, A: 1}\ntitle: T")

    assert one.version == two.version


def test_several_jobs_may_share_a_file_and_anchors(tmp_path: Path) -> None:
    text = "x-run: &run {run: ['true']}\n" + several("name: b\n<<: *run", "name: a\n<<: *run")
    found = read(tmp_path / "c", text)

    assert ([j.name for j in found.jobs], found.mistakes) == (["a", "b"], ())


def test_hidden_and_other_files_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "name: a\nrun: ['true']\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.yaml").write_text("nonsense: [")
    (tmp_path / "notes.txt").write_text("nonsense: [")

    assert [j.name for j in read(tmp_path, "name: a\nrun: ['true']\n").jobs] == ["a"]


def test_the_schema_explains_every_key() -> None:
    schema = json_schema()

    job_schema = schema["$defs"]["Job"]
    assert set(job_schema["properties"]) == set(JobEntry.model_fields)
    assert all(
        "description" in each for name, each in job_schema["properties"].items() if name != "name"
    )
    assert job_schema["additionalProperties"] is False


def test_a_job_says_how_its_schedules_keep_their_times(tmp_path: Path) -> None:
    found = job(tmp_path, "schedule: {missed: skip, late at most: 30m, overlap: queue}")

    late = timedelta(minutes=30)
    assert found.schedule == ScheduleRules(missed=Missed.SKIP, late=late, overlap=Overlap.QUEUE)


def test_when_a_job_runs_is_no_part_of_what_runs(tmp_path: Path) -> None:
    plain = job(tmp_path / "a", "")
    scheduled = job(tmp_path / "b", "schedule: {missed: skip}")

    assert plain.version == scheduled.version
