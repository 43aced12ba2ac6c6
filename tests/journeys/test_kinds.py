"""Every kind of parameter reaches the job as it was meant, and a secret reaches nobody else."""

from pathlib import Path

import pytest

from tests.journeys.houses import House

SHOW = """
import os, sys
for argument in sys.argv[1:]:
    print("got", argument, flush=True)
print("secret has", len(os.environ.get("TOKEN", "")), "letters", os.environ.get("TOKEN", ""))
"""

JOBS = """
jobs:
  - name: kinds
    title: Kinds
    run: [python3, "{catalog}/show.py", "{day}", "{at}", "{wait}", "{who}", "{where}", "{site}",
          "{mail}", "{tags}", "{count}", "{dry}"]
    parameters:
      - {name: day, type: date, required: true}
      - {name: at, type: time, required: true}
      - {name: wait, type: duration, required: true}
      - {name: who, type: user, required: true}
      - {name: where, type: channel, required: true}
      - {name: site, type: url, required: true}
      - {name: mail, type: email, required: true}
      - {name: tags, type: multi_enum, choices: [red, green, blue], required: true}
      - {name: count, type: integer, min: 1, max: 9, required: true}
      - {name: dry, type: boolean, default: false}
  - name: several
    title: Several
    run: [python3, "{catalog}/show.py", "{hosts}", ["--ports", "{ports}"], "{settings}"]
    parameters:
      - {name: hosts, type: list, min: 2, required: true}
      - {name: ports, type: list, items: integer}
      - {name: settings, type: json, required: true}
  - name: filed
    title: Filed
    run: [python3, "{catalog}/read.py", "{paper}"]
    parameters:
      - {name: paper, type: file, required: true}
  - name: hidden
    title: Hidden
    run: [python3, "{catalog}/show.py"]
    env: {TOKEN: "{token}"}
    parameters:
      - {name: token, type: secret, choices: ["file:SECRET_PATH"], required: true}
"""


@pytest.fixture
async def more(house: House) -> House:
    folder = Path(house.settings.jobthread_catalog)
    secret = folder.parent / "secret"
    secret.write_text("hunter2-hunter2\n")
    (folder / "show.py").write_text(SHOW)
    (folder / "read.py").write_text("import sys; print('read', open(sys.argv[1]).read())")
    (folder / "kinds.yaml").write_text(JOBS.replace("SECRET_PATH", str(secret)))
    services = house.services
    assert services is not None
    await house.workspace.until(
        lambda: any(job.name == "hidden" for job in services.desk.jobs()),
        timeout=20,
        why="the new jobs are in force",
    )
    return house


def _at_rest(state: Path) -> list[bytes]:
    """Every place where bytes come to rest: the runs, their logs, and the database."""
    files = [*state.rglob("*"), *state.parent.glob("jobthread.db*")]
    return [path.read_bytes() for path in files if path.is_file()]


async def test_each_kind_can_be_typed(more: House) -> None:
    await more.workspace.slash(
        "ana",
        "/job",
        "run kinds day=2026-12-24 at=9:30 wait=90m who=@bo where=#ops site=https://acme.test/x "
        "mail=bo@acme.test tags=red,blue --count 3 --dry",
        channel="#ops",
    )

    card = await more.message("#ops", "Kinds", "Done", timeout=30)
    await more.workspace.mention("ana", "logs", channel="#ops", thread_ts=card.ts)
    told = await more.line(card, "got 2026-12-24", "got 09:30", "got 1h30m", "got UBO", "got COPS")
    for word in ("https://acme.test/x", "bo@acme.test", "got red", "got blue", "got 3", "got true"):
        assert word in told.seen


async def test_lists_and_json_can_be_typed(more: House) -> None:
    await more.workspace.slash(
        "ana",
        "/job",
        'run several hosts=web-01, web-02 ports=80,443 settings={"retry": {"times": [1, 2]}}',
        channel="#ops",
    )

    card = await more.message("#ops", "Several", "Done", timeout=30)
    await more.workspace.mention("ana", "logs", channel="#ops", thread_ts=card.ts)
    told = await more.line(card, "got web-01", "got web-02", "got 443")
    assert 'got {"retry": {"times": [1, 2]}}' in told.seen


async def test_lists_and_json_are_filled_in_a_form_and_mended_there(more: House) -> None:
    await more.workspace.slash("ana", "/job", "run several", channel="#ops")
    page = await more.modal("ana", "form_page")

    wrong = await more.workspace.submit("ana", page, {"hosts": "web-01", "settings": "{retry}"})
    review = (
        await more.workspace.submit(
            "ana", page, {"hosts": "web-01\nLisbon, Portugal", "settings": '{"retry": 3}'}
        )
    ).view
    assert review is not None
    await more.workspace.submit("ana", review)

    assert set(wrong.errors) == {"hosts", "settings"}
    card = await more.message("#ops", "Several", "Done", timeout=30)
    await more.workspace.mention("ana", "logs", channel="#ops", thread_ts=card.ts)
    told = await more.line(card, "got web-01", "got Lisbon, Portugal")
    assert 'got {"retry": 3}' in told.seen


async def test_a_secret_reaches_the_job_and_nobody_else(more: House) -> None:
    await more.workspace.slash("ana", "/job", "run hidden", channel="#ops")
    page = await more.modal("ana", "form_page")
    state = Path(more.settings.jobthread_state)
    choice = f"file:{state.parent / 'secret'}"
    review = (await more.workspace.submit("ana", page, {"token": choice})).view
    assert review is not None
    await more.workspace.submit("ana", review)

    card = await more.message("#ops", "Hidden", "Done", timeout=30)
    await more.workspace.mention("ana", "logs", channel="#ops", thread_ts=card.ts)
    await more.line(card, "secret has 15 letters")

    shown = [m.seen for m in more.workspace.thread("#ops", card.ts)] + [card.seen]
    assert not any("hunter2" in text for text in shown)
    assert not any(b"hunter2" in content for content in _at_rest(state))


async def test_a_file_that_was_uploaded_can_be_read_by_the_job(more: House) -> None:
    await more.workspace.slash("ana", "/job", "run filed", channel="#ops")
    page = await more.modal("ana", "form_page")
    file = more.workspace.upload("ana", "list of hosts.txt", b"alpha beta")
    review = (await more.workspace.submit("ana", page, {"paper": [file.id]})).view
    assert review is not None
    await more.workspace.submit("ana", review)

    card = await more.message("#ops", "Filed", "Done", timeout=30)

    await more.workspace.mention("ana", "logs", channel="#ops", thread_ts=card.ts)
    await more.line(card, "read alpha beta")
