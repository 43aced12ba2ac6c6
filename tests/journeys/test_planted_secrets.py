"""Planted secrets are looked for in every place where bytes come to rest, and are in none."""

import asyncio
import base64
import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from simulator import Workspace
from tests.fakes.databases import Kind, database
from tests.fakes.messages import KEY, Messages, fills, messages
from tests.journeys.houses import House, settings_for, write_files
from tests.journeys.programs import Program

BEHIND = {
    "env": "env-Pl4nted/one+two=three",
    "file": "file-Pl4nted&line\none-more-Pl4nted-line",
    "store": 'store-Pl4nted "quoted"',
}
"""Values of secrets that a job is given by reference."""

TYPED = tuple(f"typed-Pl4nted-{number}" for number in range(1, 6))
SENSITIVE = "quiet-Pl4nted-value"

LEAKS = """
import base64, json, os, sys, time, urllib.parse
for name in ("ENV_SECRET", "FILE_SECRET", "STORE_SECRET"):
    value = os.environ[name]
    print("plain", value)
    for sign in value:
        sys.stdout.write(sign)
        sys.stdout.flush()
    print()
    for before in ("", "a", "ab"):
        print(base64.encodebytes((before + value * 9).encode()).decode())
        print(base64.urlsafe_b64encode((before + value + "after").encode()).decode())
    print(urllib.parse.quote(value, safe=""), urllib.parse.quote_plus(value), json.dumps(value))
    print(value.encode().hex())
    print(f"::step {value}\\n::progress 50 {value}\\n::summary {value}\\n::error {value}")
    print(f"::metric {value} 1 {value}\\n::link https://acme.test/{value} {value}")
    escaped = "".join(f"\\\\u{ord(sign):04x}" for sign in value)
    print('::result {"' + escaped + '": "' + escaped + '"}', flush=True)
    with open(os.environ["JOBTHREAD_RESULT"], "w") as file:
        file.write('{"leak": "' + escaped + '"}')
print("quiet", os.environ["JOBTHREAD_PARAM_NOTE"], flush=True)
time.sleep(1)
sys.exit(3)
"""

JOBS = """
jobs:
  - name: leaky
    title: Leaky
    run: [python3, "{catalog}/leaky.py"]
    env: {ENV_SECRET: "{token}", FILE_SECRET: "{key}", STORE_SECRET: "{kept}"}
    parameters:
      - {name: token, type: secret, choices: ["env:PLANTED"], required: true}
      - {name: key, type: secret, choices: ["file:FOLDER/key"], required: true}
      - {name: kept, type: secret, choices: ["store:kept"], required: true}
      - {name: note, type: string, required: true, sensitive: true}
"""


@pytest.fixture
async def claude() -> AsyncGenerator[Messages]:
    """Understands nothing, and remembers what it was told."""
    async with messages() as made:
        made.always = fills({"intent": "unclear", "run": None, "words": []})
        yield made


@pytest.fixture(params=list(Kind))
async def planted(
    workspace: Workspace, tmp_path: Path, claude: Messages, request: pytest.FixtureRequest
) -> AsyncGenerator[House]:
    """The bot as a process that logs everything it can, with secrets behind three references."""
    folder, safe = tmp_path / "bot", tmp_path / "safe"
    write_files(folder)
    safe.mkdir()
    (safe / "key").write_text(BEHIND["file"])
    (safe / "kept").write_text(BEHIND["store"])
    (folder / "catalog" / "leaky.py").write_text(LEAKS)
    (folder / "catalog" / "leaky.yaml").write_text(JOBS.replace("FOLDER", str(safe)))
    async with database(request.param, folder, "jobthread.db") as url:
        bot = Program(
            workspace,
            folder,
            JOBTHREAD_DATABASE_URL=url,
            JOBTHREAD_LOG_LEVEL="DEBUG",
            JOBTHREAD_JOB_SECRETS=str(safe),
            JOBTHREAD_AUDIT_ARCHIVE=f"file:{folder}/archive",
            JOBTHREAD_CLAUDE_KEY=KEY,
            JOBTHREAD_CLAUDE_URL=claude.url,
            PLANTED=BEHIND["env"],
        )
        await bot.begin()
        settings = settings_for(workspace, folder)
        try:
            changed = {"jobthread_database_url": SecretStr(url)}
            yield House(workspace=workspace, settings=settings.model_copy(update=changed))
        finally:
            await bot.kill()


def marks() -> Iterator[bytes]:
    """What must be found nowhere: each secret, each half of it, and its middle in Base64."""
    for value in (*BEHIND.values(), *TYPED):
        for line in value.split("\n"):
            raw = line.encode()
            yield raw
            yield json.dumps(line)[1:-1].encode()
            for shift in range(3):
                yield base64.b64encode(b"x" * shift + raw + b"yyy")[4:-8]


def leaks(content: bytes, *more: bytes) -> list[bytes]:
    return [mark for mark in (*marks(), *more) if mark in content]


async def rows(url: str) -> bytes:
    """Every value of every row of a database."""
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda c: inspect(c).get_table_names())
        found = [
            repr((await connection.execute(text(f'SELECT * FROM "{n}"'))).all()) for n in names
        ]
    await engine.dispose()
    return "\n".join(found).encode()


def arguments() -> Iterator[bytes]:
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            yield process.read_bytes()


async def arguments_seen(until: asyncio.Event) -> set[bytes]:
    """The arguments of every process of the machine, looked at again and again."""
    seen: set[bytes] = set()
    while not until.is_set():
        seen.update(arguments())
        with suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                await until.wait()
    return seen


async def type_secrets(house: House) -> None:
    """Every way to type one: a command, a mention, a DM, and for a job that has no secret."""
    slack = house.workspace
    await slack.slash("ana", "/job", f"run leaky token={TYPED[0]}", channel="#ops")
    await house.whisper("ana", "never typed")
    await slack.mention("ana", f"run leaky with key {TYPED[1]} please", channel="#ops")
    await slack.dm("ana", f"run leaky --kept {TYPED[2]}")
    await house.dm("ana", "never typed")
    await slack.slash("ana", "/job", f"run hello who=Bo password: {TYPED[3]}", channel="#ops")
    await slack.dm("ana", f"somehow make the flux nice, my password is: {TYPED[4]}")
    await slack.dm("ana", "somehow make the flux nice")
    await house.dm("ana", "the flux nice")


async def run_leaky(house: House) -> None:
    """Choose by name in the form, and look at the output in every way there is."""
    slack = house.workspace
    await slack.slash("ana", "/job", "run leaky", channel="#ops")
    page = await house.modal("ana", "form_page")
    safe = Path(house.settings.jobthread_state).parent.parent / "safe"
    chosen = {"token": "env:PLANTED", "key": f"file:{safe}/key", "kept": "store:kept"}
    review = (await slack.submit("ana", page, {**chosen, "note": SENSITIVE})).view
    assert review is not None
    assert SENSITIVE not in repr(review)
    await slack.submit("ana", review)
    card = await house.message("#ops", "Leaky", "Failed", timeout=60)
    await slack.mention("ana", "logs", channel="#ops", thread_ts=card.ts)
    await house.line(card, "quiet ••••")
    await slack.slash("ana", "/job", "history leaky", channel="#ops")
    await house.whisper("ana", "Leaky")


def told(workspace: Workspace) -> bytes:
    """All that the bot ever said to Slack, and the content of every file it uploaded."""
    said = [repr(entry.what.get("args")) for entry in workspace.log if entry.kind == "api"]
    files = [workspace.team.files.content(each.id) for each in workspace.team.files.all]
    return "\n".join(said).encode() + b"\n".join(files)


async def output_of(house: House, url: str, *words: str) -> bytes:
    """What one of our own commands prints."""
    program = Program(
        house.workspace, Path(house.settings.jobthread_state).parent, words=("-m", "bot", *words)
    )
    return await program.printed(JOBTHREAD_DATABASE_URL=url, PLANTED=BEHIND["env"])


async def test_planted_secrets_come_to_rest_nowhere(planted: House, claude: Messages) -> None:
    url = planted.settings.jobthread_database_url.get_secret_value()
    folder = Path(planted.settings.jobthread_state).parent
    over = asyncio.Event()
    watching = asyncio.create_task(arguments_seen(over))
    await type_secrets(planted)
    await run_leaky(planted)
    over.set()

    assert not leaks(b"\n".join(await watching), SENSITIVE.encode())
    assert not leaks(told(planted.workspace), SENSITIVE.encode(), KEY.encode())
    assert claude.bodies
    assert not leaks(b"\n".join(claude.bodies), SENSITIVE.encode(), b"UANA", b"acme.test")
    assert not leaks(await rows(url), KEY.encode())
    exported = await output_of(planted, url, "audit", "export")
    assert exported.count(b"secrets are never typed") == len(TYPED)
    assert not leaks(exported, SENSITIVE.encode())
    assert not leaks(await output_of(planted, url, "doctor"), SENSITIVE.encode())
    found = {
        str(path.relative_to(folder)): wrong
        for path in folder.rglob("*")
        if path.is_file() and (wrong := leaks(path.read_bytes(), KEY.encode()))
    }
    assert not found
    assert not leaks((folder / "bot.log").read_bytes(), SENSITIVE.encode())
