"""What the bot writes for a supervisor to read: the order and the settings it runs under."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from bot.adapters.platforms.local.runs import read_object


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Resource limits of a run: `memory` in bytes (None: none), `cpu` in seconds."""

    memory: int | None
    cpu: int
    processes: int
    file_size: int
    open_files: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """One run, as its supervisor reads it. `timeout` and `grace` are in seconds.

    `secrets` maps a variable to a reference, never to a value; `store` is the folder of those that
    are kept by name. `veiled` are values that output does not show either. `bubblewrap` is the
    program that makes the sandbox, empty when there shall be none. `catalogue` may be empty. `path`
    is the job's PATH; `prefixes` are folders outside /usr that its interpreter needs.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    store: str = ""
    veiled: tuple[str, ...] = ()
    cwd: str
    catalogue: str
    timeout: float
    grace: float
    max_log_bytes: int
    bubblewrap: str
    path: str
    prefixes: tuple[str, ...]
    network: bool
    read: tuple[str, ...]
    write: tuple[str, ...]
    limits: Limits


def order_bytes(order: Order) -> bytes:
    """The order as JSON."""
    fields: dict[str, object] = {name: getattr(order, name) for name in order.__slots__}
    fields["limits"] = {name: getattr(order.limits, name) for name in order.limits.__slots__}
    return json.dumps(fields, ensure_ascii=False, default=dict).encode()


def read_order(path: Path) -> Order | None:
    """The order that lies at a path; None when there is none. The bot alone writes it."""
    read = read_object(path)
    if read is None:
        return None
    limits = cast("dict[str, object]", read["limits"])
    listed = {
        name: tuple(cast("list[str]", read[name])) for name in ("argv", "prefixes", "read", "write")
    }
    listed["veiled"] = tuple(cast("list[str]", read.get("veiled", ())))
    return Order(**{**read, **listed, "limits": Limits(**limits)})  # pyright: ignore[reportArgumentType]  the bot wrote it from an Order
