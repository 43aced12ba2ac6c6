"""Writing down a run, whole, before a supervisor may take it."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.platforms.local.observations import never_began
from bot.adapters.platforms.local.orders import Limits, Order, order_bytes
from bot.adapters.platforms.local.runs import RunFolder, sync_folder, write_whole
from bot.adapters.platforms.local.sandboxes import WORK, bubblewrap, interpreter_folders
from bot.adapters.platforms.veils import texts_of
from bot.domain.errors import Permanent
from bot.domain.jobs import Sandbox
from bot.domain.parameters import shown
from bot.domain.wording import at_rest
from bot.ports import FILES_FOLDER, StartOrder

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""PATH of supervisors, and of jobs behind the folder of the bot's own Python."""


_SHORTEST_VEILED = 4


_CANNOT_NAME_FILE = at_rest("`{filename}` cannot name a file.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What all runs of a platform have in common; `grace` is in seconds, `store` holds secrets."""

    is_boxed: bool
    catalogue: str
    max_log_bytes: int
    grace: float
    store: str = ""


def prepare(folder: RunFolder, order: StartOrder, terms: Terms) -> None:
    """Put the order and its files into the run's folder. Raises OSError and Permanent.

    A claim of somebody who is gone and had begun nothing is released, so that it can be taken.
    """
    for path in (folder.root, folder.path.parent, folder.path, folder.work):
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = folder.work / "files"
    for attachment in order.files:
        if not _is_file_name(attachment.filename):
            raise Permanent(_CANNOT_NAME_FILE.format(filename=attachment.filename[:80]))
        files.mkdir(exist_ok=True)
        write_whole(files / attachment.filename, attachment.content, durable=False)
    if never_began(folder) is not None:
        folder.claim.unlink()
    write_whole(folder.order, order_bytes(_ordered(folder, order, terms)), durable=True)
    sync_folder(folder.path.parent)


def _ordered(folder: RunFolder, order: StartOrder, terms: Terms) -> Order:
    files = str((WORK if terms.is_boxed else folder.work) / "files")
    return Order(
        argv=tuple(word.replace(FILES_FOLDER, files) for word in order.argv),
        environment={
            name: text.replace(FILES_FOLDER, files) for name, text in _variables(order).items()
        },
        secrets=order.secrets,
        store=terms.store,
        veiled=_veiled(order),
        cwd=order.cwd,
        catalogue=terms.catalogue,
        timeout=order.timeout.total_seconds(),
        grace=terms.grace,
        max_log_bytes=terms.max_log_bytes,
        bubblewrap=bubblewrap() if terms.is_boxed else "",
        path=f"{Path(sys.base_prefix) / 'bin'}:{SYSTEM_PATH}",
        prefixes=interpreter_folders() if terms.is_boxed else (),
        network=order.sandbox.network,
        read=order.sandbox.read,
        write=order.sandbox.write,
        limits=_limits(order.sandbox),
    )


def _limits(sandbox: Sandbox) -> Limits:
    return Limits(
        memory=sandbox.memory,
        cpu=sandbox.cpu,
        processes=sandbox.processes,
        file_size=sandbox.file_size,
        open_files=sandbox.open_files,
    )


def _variables(order: StartOrder) -> Mapping[str, str]:
    """What a job finds in its environment of who and what it is, then what its author set."""
    values = {
        f"JOBTHREAD_PARAM_{_variable(name)}": shown(value) for name, value in order.values.items()
    }
    who = {"JOBTHREAD_REQUESTER": order.requester, "JOBTHREAD_ACCOUNT": order.account}
    known = {name: text for name, text in who.items() if text}
    own = {"JOBTHREAD_EXECUTION": str(order.execution), "JOBTHREAD_JOB": order.job, **known}
    return {**values, **own, **order.environment}


def _veiled(order: StartOrder) -> tuple[str, ...]:
    """Sensitive values as output would show them; very short ones would blot out all of it."""
    values = [order.values[name] for name in order.sensitive if name in order.values]
    texts = dict.fromkeys(text for value in values for text in texts_of(value))
    return tuple(text for text in texts if len(text) >= _SHORTEST_VEILED)


def _variable(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name).upper()


def _is_file_name(text: str) -> bool:
    is_plain = text not in {"", ".", ".."} and "/" not in text and text.isprintable()
    return is_plain and len(text.encode(errors="replace")) <= 200
