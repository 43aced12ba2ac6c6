"""What a job in the sandbox may do, and all that it may not."""

import asyncio
import os
import shutil
import stat
from pathlib import Path

import pytest

from bot.adapters.platforms.local.mounts import lend, unused_user
from bot.adapters.platforms.local.platform import LocalPlatform, SandboxMode
from bot.adapters.platforms.local.processes import marked
from bot.adapters.platforms.local.runs import RunFolder
from bot.domain.errors import Permanent
from bot.domain.jobs import Sandbox
from bot.ports import Attachment, RunState
from tests.adapters.platforms.benches import Doing, Runner, order, python, shell
from tests.adapters.platforms.conftest import Local

pytestmark = pytest.mark.sandbox

CONNECT = """
import socket, sys
socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=3).close()
print("connected")
"""

FORK_BOMB = """
import os, time
made = 0
try:
    while made < 5000:
        if os.fork() == 0:
            time.sleep(600)
        made += 1
except BlockingIOError:
    print("few" if made < 100 else "many")
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of the machine's that only its owner may enter."""
    made = tmp_path / "data"
    made.mkdir(mode=0o700)
    (made / "old").write_text("old\n")
    (made / "old").chmod(0o600)
    return made


async def listening() -> asyncio.Server:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    return await asyncio.start_server(greet, "127.0.0.1", 0)


@pytest.mark.parametrize(("network", "state"), [(False, "failed"), (True, "succeeded")])
async def test_the_network_is_there_only_when_asked_for(
    boxed: Runner, network: bool, state: str
) -> None:
    server = await listening()
    port = server.sockets[0].getsockname()[1]

    seen = await boxed.run(python(CONNECT, "run-1", str(port), sandbox=Sandbox(network=network)))
    server.close()
    await server.wait_closed()

    assert seen.state == state
    assert ("with network" in seen.sandbox) is network


@pytest.mark.parametrize(
    "script",
    [
        "cat /etc/shadow",
        "touch /usr/mine",
        "touch /etc/mine",
        "touch /mine",
        "ls /root/.profile",
        "ls /home",
        "ls /sys/kernel",
        "echo 1 > /proc/sys/kernel/core_pattern",
        "mount -t tmpfs none /mnt",
        "mknod $HOME/disk b 8 0",
        "unshare -U true",
        "chown 1:1 $HOME",
        "kill -0 4194000",
        "ulimit -n 100000",
    ],
)
async def test_a_job_may_not(boxed: Runner, script: str) -> None:
    seen = await boxed.run(shell(script))

    assert seen.state is RunState.FAILED


async def test_a_job_has_no_rights_of_root(boxed: Runner) -> None:
    await boxed.run(shell("id -u; grep -E 'Cap(Eff|Prm|Bnd)|NoNewPrivs' /proc/self/status"))
    uid, *rights = (await boxed.log()).splitlines()

    assert uid != "0"
    assert [line.split()[1].strip("0") for line in rights] == ["", "", "", "1"]


async def test_a_job_sees_no_other_process(boxed: Runner) -> None:
    await boxed.run(shell("ls /proc | grep -c '^[0-9]'"))

    assert int(await boxed.log()) < 8


async def test_a_job_does_not_see_the_machines_folders(boxed: Runner, data: Path) -> None:
    seen = await boxed.run(shell(f"cat {data}/old"))

    assert seen.state is RunState.FAILED


async def test_a_folder_to_read_can_be_read_and_not_written(boxed: Runner, data: Path) -> None:
    box = Sandbox(read=(str(data),))

    await boxed.run(shell(f"cat {data}/old; touch {data}/new; echo $?", sandbox=box))

    assert (await boxed.log()).startswith("old\n")
    assert not (data / "new").exists()


async def test_a_folder_to_write_can_be_written_as_if_by_the_bot(boxed: Runner, data: Path) -> None:
    box = Sandbox(write=(str(data),))
    script = f"cd {data} && cat old && echo new > new && rm old && mkdir in && chmod 750 in"

    seen = await boxed.run(shell(script, sandbox=box))

    assert seen.state is RunState.SUCCEEDED, await boxed.log()
    assert (data / "new").read_text() == "new\n"
    assert {os.stat(data / name).st_uid for name in ("new", "in")} == {os.getuid()}
    assert not (data / "old").exists()


@pytest.mark.parametrize("inside", ["", "local", "local/runs/run-1", "local/elsewhere"])
async def test_the_folder_of_runs_is_never_given(
    boxed: Runner, tmp_path: Path, inside: str
) -> None:
    box = Sandbox(write=(str(tmp_path / inside),))

    seen = await boxed.run(shell("true", sandbox=box))

    assert seen.result is not None
    assert "runs are written down there" in seen.result.cause


async def test_a_link_that_a_job_planted_leads_no_later_job_anywhere(
    boxed: Runner, data: Path, tmp_path: Path
) -> None:
    """A folder named by a parameter, below one that other jobs write to."""
    private = tmp_path / "private"
    private.mkdir()
    (private / "key").write_text("hunter2")
    box = Sandbox(write=(str(data),))
    await boxed.run(shell(f"ln -s {private} {data}/app; ln -s {data} {data}/self", sandbox=box))

    for number, path in enumerate((f"{data}/app", f"{data}/self/app", f"{data}/self")):
        for box in (Sandbox(read=(path,)), Sandbox(write=(path,))):
            key = f"later-{number}-{bool(box.write)}"
            seen = await boxed.run(shell(f"cat {path}/key; touch {path}/new", key, sandbox=box))
            assert seen.result is not None
            assert "where jobs may write" in seen.result.cause

    assert [each.name for each in private.iterdir()] == ["key"]


async def test_a_link_of_the_machines_owner_is_followed(
    boxed: Runner, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "alias").symlink_to(data)
    box = Sandbox(read=(f"{tmp_path}/alias",))
    await boxed.run(shell(f"cat {tmp_path}/alias/old", sandbox=box))

    assert await boxed.log() == "old\n"


async def test_what_runs_wrote_to_before_counts_as_theirs(
    boxed: Runner, folder: RunFolder, data: Path
) -> None:
    await boxed.run(shell(f"ln -s /etc {data}/app", sandbox=Sandbox(write=(str(data),))))
    (folder.root / "granted").unlink()

    later = shell("true", "later", sandbox=Sandbox(read=(f"{data}/app",)))
    seen = await boxed.run(later)

    assert seen.result is not None
    assert "where jobs may write" in seen.result.cause


async def test_one_file_can_be_opened_to_a_job(boxed: Runner, data: Path) -> None:
    box = Sandbox(read=(str(data / "old"),))

    await boxed.run(shell(f"ls {data}; cat {data}/old", sandbox=box))

    assert await boxed.log() == "old\nold\n"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/no/such/folder", "does not exist"),
        ("data", "not a plain whole path"),
        ("/srv/../etc", "not a plain whole path"),
        ("/", "name the folders"),
        ("/proc/1", "name the folders"),
    ],
)
async def test_a_folder_that_cannot_be_given_is_the_cause(
    boxed: Runner, path: str, said: str
) -> None:
    seen = await boxed.run(shell("true", sandbox=Sandbox(write=(path,))))

    assert seen.state is RunState.FAILED
    assert seen.result is not None
    assert said in seen.result.cause


async def test_a_fork_bomb_is_bounded(boxed: Runner, folder: RunFolder) -> None:
    seen = await boxed.run(python(FORK_BOMB, sandbox=Sandbox(processes=60)))

    assert seen.tail == ("few",)
    assert marked(folder.mark) == []


async def test_processes_of_others_do_not_count(local: Local) -> None:
    world = Runner(platform=local(SandboxMode.BUBBLEWRAP))
    few = Sandbox(processes=10)
    crowd = "for i in 1 2 3 4 5 6; do sleep 600 & done; echo begun; wait"
    await world.platform.start(shell(crowd, "one", sandbox=few))
    await world.platform.start(shell(crowd, "two", sandbox=few))

    for key in ("one", "two"):
        assert (await world.until(lambda seen: bool(seen.tail), key)).tail == ("begun",)


async def test_the_python_of_the_bot_works_inside(boxed: Runner) -> None:
    seen = await boxed.run(python("", argv=("python3", "-c", "import ssl, sqlite3; print('well')")))

    assert seen.tail == ("well",)


async def test_the_catalogue_is_there_to_be_read(local: Local, tmp_path: Path) -> None:
    (tmp_path / "greet.py").write_text("print('hello')\nopen('mine', 'w')")
    world = Runner(platform=local(SandboxMode.BUBBLEWRAP, catalogue=tmp_path))

    seen = await world.run(python("", argv=("python3", "greet.py")))

    assert "hello" in seen.tail
    assert seen.state is RunState.FAILED
    assert not (tmp_path / "mine").exists()


async def test_files_of_an_order_lie_in_the_jobs_folder(boxed: Runner) -> None:
    attached = Attachment(parameter="list", filename="names.txt", content=b"Ana\n")
    wanted = python("", argv=("cat", "{jobthread:files}/names.txt"), files=(attached,))

    await boxed.run(wanted)

    assert await boxed.log() == "Ana\n"


async def test_a_file_of_an_order_cannot_leave_its_folder(boxed: Runner) -> None:
    attached = Attachment(parameter="list", filename="../../order.json", content=b"{}")

    with pytest.raises(Permanent, match="cannot name a file"):
        await boxed.platform.start(shell("true", files=(attached,)))


async def test_what_is_written_to_tmp_is_the_jobs_own(boxed: Runner) -> None:
    await boxed.run(shell("echo x > /tmp/of-this-job; find /tmp -maxdepth 1 -type f"))

    assert await boxed.log() == "/tmp/of-this-job\n"
    assert "of-this-job" not in os.listdir("/tmp")


async def test_without_a_sandbox_that_was_asked_for_nothing_starts(
    local: Local, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    platform = local(SandboxMode.BUBBLEWRAP)

    assert "not installed" in (await platform.health()).unwell
    with pytest.raises(Permanent, match="not installed"):
        await platform.start(order(Doing.HELLO))
    assert await platform.find("run-1") is None


async def test_a_bubblewrap_that_does_not_work_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text(
        "#!/bin/sh\necho bubblewrap 0.8.0\n[ $1 = --version ] || { echo no >&2; exit 1; }\n"
    )
    broken.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    platform = LocalPlatform(tmp_path / "local", sandbox=SandboxMode.BUBBLEWRAP)

    assert (await platform.health()).unwell == "bubblewrap does not work here: no."


async def test_an_old_bubblewrap_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "bwrap"
    old.write_text("#!/bin/sh\necho bubblewrap 0.6.1\n")
    old.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    platform = LocalPlatform(tmp_path / "local", sandbox=SandboxMode.BUBBLEWRAP)

    assert "0.8 or newer" in (await platform.health()).unwell


@pytest.mark.skipif(os.getuid() != 0, reason="only root lends its folders")
def test_a_loan_that_fails_gives_back_what_was_lent(data: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))

    with pytest.raises(FileNotFoundError):
        lend([str(data), "/no/such/folder"], unused_user(), must_map=())

    assert len(os.listdir("/proc/self/fd")) <= before


@pytest.fixture
def private_bubblewrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bubblewrap that only the bot itself may run, so that its jobs cannot be somebody else."""
    program = shutil.which("bwrap")
    assert program is not None
    place = tmp_path / "bin"
    place.mkdir(mode=0o700)
    shutil.copy(program, place)
    monkeypatch.setenv("PATH", f"{place}:/usr/bin:/bin")


@pytest.mark.skipif(os.getuid() != 0, reason="only jobs of root can fail to be somebody else's")
@pytest.mark.usefixtures("private_bubblewrap")
async def test_a_job_that_stays_roots_is_told_of(boxed: Runner) -> None:
    await boxed.run(shell("cat /etc/shadow; ls -A /root; echo x > /usr/mine"))

    assert (await boxed.seen()).sandbox == "bubblewrap, as root"
    assert "root:" not in await boxed.log()


@pytest.mark.skipif(os.getuid() != 0, reason="the kernel counts processes of all but root")
@pytest.mark.usefixtures("private_bubblewrap")
async def test_processes_of_a_job_that_stays_roots_are_counted(
    boxed: Runner, folder: RunFolder
) -> None:
    seen = await boxed.run(python(FORK_BOMB, sandbox=Sandbox(processes=60)))

    assert seen.result is not None
    assert seen.result.cause == "It started more processes than it may and was stopped."
    assert marked(folder.mark) == []
