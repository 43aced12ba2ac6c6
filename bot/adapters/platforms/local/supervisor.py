"""The supervisor of one run: `python -m bot.adapters.platforms.local.supervisor FOLDER`.

A program of its own that outlives the bot. It claims the run, starts the job once, watches it to
its end and writes down what happened. It says `ready` on its standard output when the claim was
taken and the job is about to start, `taken` when the run was somebody else's already.
"""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from bot.adapters.platforms.local.captures import Capture
from bot.adapters.platforms.local.endings import Ending
from bot.adapters.platforms.local.launches import (
    Launch,
    Unstartable,
    become_subreaper,
    plain_launch,
)
from bot.adapters.platforms.local.masks import Masker
from bot.adapters.platforms.local.orders import Order, read_order
from bot.adapters.platforms.local.outputs import Output
from bot.adapters.platforms.local.processes import own_claim
from bot.adapters.platforms.local.runs import RunFolder, remove_tree, take
from bot.adapters.platforms.local.sandboxes import sandboxed_launch
from bot.adapters.platforms.local.statuses import Status
from bot.adapters.platforms.local.watches import Outcome, Watch, ended_early, hear_signals
from bot.adapters.references import Unresolved, resolve

_RESERVE = 512 * 1024
_PATIENCE = 600
"""Tries, a second apart, to write down the end while the disk does not take it."""


def main(arguments: list[str]) -> int:
    """Supervise the run whose folder is named; 0 once its end is written down."""
    folder = RunFolder(path=Path(arguments[0]))
    # The bot waits for its child and must not be left with a zombie: the child goes at once.
    if os.fork():
        os._exit(0)
    os.umask(0o077)
    become_subreaper()
    # Before the claim: from then on the bot may send these.
    wake = hear_signals()
    order = read_order(folder.order)
    if order is None or not take(folder, own_claim()):
        _answer("taken")
        return 0
    for path in (folder.log, folder.work, folder.tmp):
        path.mkdir(exist_ok=True)
    with folder.reserve.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, _RESERVE)
    _supervise(folder, order, wake)
    _tidy(folder)
    return 0


def _supervise(folder: RunFolder, order: Order, wake: int) -> None:
    # All that may fail comes before the first status: a run without one surely never began.
    try:
        secrets = resolve(order.secrets, os.environ, order.store)  # noqa: TID251  handed over by the bot for this
        launch = _launch(folder, order, secrets)
    except (Unresolved, Unstartable) as error:
        status = Status(folder, sandbox="")
        status.begin()
        _answer("ready")
        _write_down(folder, status, ended_early(Ending(code=None, refusal=str(error))))
        return
    output = Output(
        Capture(folder.log, limit=order.max_log_bytes),
        Masker(os.fsencode(value) for value in (*secrets.values(), *order.veiled)),
    )
    status = Status(folder, sandbox=launch.world)
    status.begin()
    _answer("ready")
    _write_down(folder, status, Watch(folder, order, status, output, wake).run(launch))


def _launch(folder: RunFolder, order: Order, secrets: dict[str, str]) -> Launch:
    if order.bubblewrap:
        return sandboxed_launch(order, folder, secrets)
    return plain_launch(order, folder, secrets)


def _write_down(folder: RunFolder, status: Status, outcome: Outcome) -> None:
    """The end must not be lost to a full disk: make room, and try for a while."""
    for attempt in range(_PATIENCE):
        try:
            status.end(outcome.state, outcome.note, outcome.report, outcome.tail, outcome.result)
        except OSError:
            if attempt == _PATIENCE - 1:
                raise
            _tidy(folder)
            time.sleep(min(attempt, 1))
        else:
            return


def _tidy(folder: RunFolder) -> None:
    folder.reserve.unlink(missing_ok=True)
    for path in (folder.work, folder.tmp):
        remove_tree(path)


def _answer(word: str) -> None:
    """Tell the bot, which may be gone, and let go of the pipe to it."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    with suppress(OSError):
        os.write(1, f"{word}\n".encode())
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
