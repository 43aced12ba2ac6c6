"""doctor: everything a maintainer would ask for, and no secret whatever it hides in."""

from pathlib import Path

from aiohttp import web

from bot.adapters.database import SqlStore
from bot.domain.executions import Status
from bot.domain.notices import Lane, Notice, Topic
from bot.ports import Envelope
from simulator import Workspace
from tests.cli.desks import Desk, answering
from tests.fakes.databases import url_of
from tests.fakes.values import NOW, execution

SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-local",
    "SLACK_APP_TOKEN": "xapp-local",
    "DEPLOY_PIN": "pin-4711-planted",
    "GITHUB_TOKEN": "ghp-planted-token",
    "AWS_SECRET_ACCESS_KEY": "aws-planted/key",
    "OTEL_EXPORTER_OTLP_HEADERS": "authorization=planted-header",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://me:planted-otel@127.0.0.1:4318/?k=planted-query",
    "OTHER_ADDRESS": "postgresql://bot:planted%2Fother@db/jobs",
}

PLANTED_JOB = """
jobs:
  - name: unlock
    title: Unlock
    run: [python3, "{catalog}/hello.py", planted-argument]
    env: {PIN: "{pin}"}
    parameters:
      - {name: pin, type: secret, required: true, choices: ["env:DEPLOY_PIN"]}
"""

WRONG_JOB = """
jobs:
  - name: wrong
    run: [true]
    timeout: "planted-in-a-mistake"
"""


async def _planted(folder: Path) -> None:
    """An execution with values, an envelope with words, a dead letter and an error."""
    store = SqlStore(url_of(folder / "jobthread.db"))
    async with store.transaction() as tx:
        await tx.executions.add(
            execution(
                1,
                status=Status.RUNNING,
                values={"app": "planted-value"},
                reason="planted-reason",
                tail=("planted-tail",),
            )
        )
        await tx.inbox.record(
            Envelope(key="k1", kind="click", payload={"text": "planted-words"}, received_at=NOW)
        )
        await tx.inbox.handled("k1", NOW, error="e-12345678")
        facts = {"sentence": "planted-sentence"}
        await tx.outbox.put(
            Notice(key="tell:1", topic=Topic.TELL, lane=Lane.RESULT, order="o", facts=facts), NOW
        )
        (out,) = await tx.outbox.claim(NOW, NOW - NOW, 1)
        error = "Slack refused: channel_not_found at https://hooks.slack.com/planted for `planted`"
        await tx.outbox.undeliverable(out.id, NOW, f"{error} with ghp-planted-token")
    await store.close()


async def test_the_report_has_what_a_maintainer_asks_for(desk: Desk) -> None:
    assert (await desk.types("migrate")).code == 0
    await _planted(desk.folder)

    said = await desk.types("doctor")

    assert said.code == 0, said.err
    for part in (
        "SLACK_BOT_TOKEN: set",
        "names:",
        "- hello",
        "level: 0",
        "running: 1",
        "e-12345678",
        "channel_not_found",
        "python: CPython 3.",
        "roles:",
    ):
        assert part in said.out, part


async def test_the_report_has_what_the_process_here_says_of_its_hearing(desk: Desk) -> None:
    signs = {"hindrances": ["Slack does not let us in."], "doubt": "Nothing is proven."}

    async def answer(_: web.Request) -> web.Response:
        return web.json_response({**signs, "heard_age_seconds": 12.5})

    async with answering(answer) as port:
        said = await desk.types("doctor", JOBTHREAD_WEB_PORT=port)
        alone = await desk.types("doctor", JOBTHREAD_WEB_PORT="0")

    for part in ("Slack does not let us in.", "Nothing is proven.", "heard_age_seconds: 12.5"):
        assert part in said.out, part
    assert "JOBTHREAD_WEB_PORT is 0, so nobody answers." in alone.out


async def test_no_secret_shows_whatever_it_hides_in(desk: Desk) -> None:
    (desk.folder / "catalog" / "unlock.yaml").write_text(PLANTED_JOB)
    (desk.folder / "catalog" / "wrong.yaml").write_text(WRONG_JOB)
    assert (await desk.types("migrate")).code == 0
    await _planted(desk.folder)

    said = await desk.types("doctor", **SECRETS)

    assert "unlock" in said.out
    assert "planted" not in said.out + said.err
    assert "xoxb-local" not in said.out + said.err
    assert "xapp-local" not in said.out + said.err


async def test_the_password_of_a_database_that_is_away_does_not_show(desk: Desk) -> None:
    url = "postgresql+asyncpg://bot:planted%40word@127.0.0.1:9/jobs?ssl=planted-parameter"

    said = await desk.types("doctor", JOBTHREAD_DATABASE_URL=url)

    assert said.code == 0, said.err
    assert "postgresql+asyncpg://127.0.0.1:9/jobs (password set)" in said.out
    assert "not known" in said.out
    assert "planted" not in said.out + said.err


async def test_a_machine_where_nothing_works_still_has_a_report(
    desk: Desk, workspace: Workspace
) -> None:
    said = await desk.types(
        "doctor",
        SLACK_API_URL="http://127.0.0.1:9/api/",
        JOBTHREAD_CATALOG="nowhere",
        JOBTHREAD_POLICY="nowhere.yaml",
    )

    assert said.code == 0, said.err
    assert "Slack cannot be reached" in said.out
    assert "level: empty" in said.out


async def test_the_report_can_be_written_into_a_file(desk: Desk) -> None:
    said = await desk.types("doctor", "--output", "report.txt")

    assert said.code == 0
    assert "wrote report.txt" in said.out
    assert "Jobthread doctor" in (desk.folder / "report.txt").read_text()


async def test_a_file_that_cannot_be_written_is_a_sentence(desk: Desk) -> None:
    said = await desk.types("doctor", "--output", "nowhere/report.txt")

    assert said.code == 1
    assert "nowhere/report.txt cannot be written" in said.err
