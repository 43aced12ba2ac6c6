"""Shortcuts of a catalogue: what may stand there, and where it says what is wrong."""

from pathlib import Path

import pytest

from bot.adapters.catalog import CatalogFolder, json_schema
from bot.domain.shortcuts import ShortForm
from tests.adapters.catalog.test_folders import Told
from tests.adapters.catalog.written import read, several, write

JOBS = several(
    """\
    name: deploy
    aliases: [ship]
    run: ['true']
    parameters:
      - {name: app, choices: [api, web], required: true}
      - {name: env, choices: [dev, prod], required: true}
      - {name: token, type: secret, choices: ['env:TOKEN']}
    """,
    "name: never\nrun: ['true']\nrisk: forbidden",
)
SHORT = """
shortcuts:
  - name: prod
    aliases: [上线]
    job: deploy
    arguments: [app]
    values: {env: prod}
    title: Puts it live
"""


def _wrong(folder: Path, body: str) -> list[str]:
    text = f"shortcuts:\n  - {{{body}}}\n"
    return [str(each) for each in read(folder, JOBS, short=text).mistakes]


def test_a_shortcut_is_a_job_with_values_and_arguments(tmp_path: Path) -> None:
    reading = read(tmp_path / "c", JOBS, short=SHORT)

    assert reading.mistakes == ()
    assert reading.shortcuts == (
        ShortForm(
            name="prod",
            aliases=("上线",),
            job="deploy",
            arguments=("app",),
            values={"env": "prod"},
            title="Puts it live",
        ),
    )
    assert reading.shortcuts[0].usage == "prod [app]"


def test_shortcuts_may_stand_beside_jobs(tmp_path: Path) -> None:
    reading = read(tmp_path / "c", JOBS + SHORT)

    assert [job.name for job in reading.jobs] == ["deploy", "never"]
    assert [short.name for short in reading.shortcuts] == ["prod"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("name: p, job: deplyo", "there is no job `deplyo`; did you mean `deploy`?"),
        ("name: p, job: never", "`never` never runs from chat."),
        ("name: run, job: deploy", "`run` is a command"),
        ("name: 'yes', job: deploy", "`yes` is a command"),
        ("name: 'two words', job: deploy", "not one lower-case word"),
        ("name: '<@UBO>', job: deploy", "not one lower-case word"),
        ("name: ship, job: deploy", "`ship` names the job deploy."),
        ("name: p, aliases: [Deploy], job: deploy", "not one lower-case word"),
        ("name: p, aliases: [p], job: deploy", "`p` is the shortcut p already."),
        ("name: p, job: deploy, arguments: [ap]", "deploy has no parameter `ap`"),
        ("name: p, job: deploy, arguments: [app, app]", "`app` stands here twice."),
        ("name: p, job: deploy, arguments: [token]", "`token` is not for typing"),
        ("name: p, job: deploy, arguments: [app], values: {app: api}", "has a value already."),
        ("name: p, job: deploy, values: {envv: prod}", "deploy has no parameter `envv`"),
        ("name: p, job: deploy, values: {env: staging}", "staging"),
        ("name: p, job: deploy, values: {token: hunter2}", "`token` is a secret"),
        ("name: p, job: deploy, vlaues: {env: prod}", "vlaues"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path, body: str, told: str) -> None:
    (wrong,) = _wrong(tmp_path / "c", body)

    assert wrong.startswith("short.yaml:2:")
    assert told in wrong


def test_a_shortcut_s_secret_may_be_one_on_offer(tmp_path: Path) -> None:
    assert _wrong(tmp_path / "c", "name: p, job: deploy, values: {token: 'env:TOKEN'}") == []


def test_something_else_than_a_list_is_told(tmp_path: Path) -> None:
    reading = read(tmp_path / "c", JOBS, short="shortcuts: {name: p}")

    assert "a list of shortcuts is wanted" in str(reading.mistakes[0])


async def test_an_edit_of_shortcuts_alone_is_taken_over_and_told(tmp_path: Path) -> None:
    told = Told()
    write(tmp_path / "c", JOBS, short=SHORT)
    catalog = CatalogFolder(tmp_path / "c", on_change=told, safety=1.0)
    await catalog.start()
    try:
        write(tmp_path / "c", JOBS, short=SHORT.replace("prod}", "dev}"))
        report = await told.next()
        assert (report.added, report.changed, report.removed) == ((), ("shortcut prod",), ())
        assert catalog.shortcuts()[0].values == {"env": "dev"}

        write(tmp_path / "c", JOBS, short=SHORT.replace("job: deploy", "job: gone"))
        report = await told.next()
        assert "there is no job `gone`" in str(report.mistakes[0])
        assert [short.name for short in catalog.shortcuts()] == ["prod"]
    finally:
        await catalog.aclose()


def test_editors_know_shortcuts_too() -> None:
    several_jobs = json_schema()["anyOf"][0]

    assert several_jobs["properties"]["shortcuts"]["items"] == {"$ref": "#/$defs/Shortcut"}
