"""Keeping the folder of runs in order: old ones go, a full disk is said."""

import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.platforms.local.observations import observe
from bot.adapters.platforms.local.runs import RunFolder, is_key, remove_tree
from bot.domain.wording import at_rest

_FEWEST_FREE_BYTES = 64 * 1024 * 1024


_NOT_WRITABLE = at_rest("The folder of local runs, {root}, may not be written.")
_FULL = at_rest("The disk of the local runs, {root}, has only {free} MiB left.")
_NO_FOLDER = at_rest("The folder of local runs, {root}: {why}.")


def disk_trouble(root: Path) -> str:
    """Empty when runs can be written down, else a sentence."""
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        free = shutil.disk_usage(root).free
    except OSError as error:
        return _NO_FOLDER.format(root=root, why=error.strerror or error)
    if not os.access(root, os.W_OK | os.X_OK):
        return _NOT_WRITABLE.format(root=root)
    if free < _FEWEST_FREE_BYTES:
        return _FULL.format(root=root, free=free // 1024**2)
    return ""


def prune(runs: Path, before: datetime) -> int:
    """Remove folders of runs that ended before a moment; returns how many."""
    pruned = 0
    with suppress(FileNotFoundError):
        for path in runs.iterdir():
            over = _over_since(RunFolder(path=path)) if is_key(path.name) else None
            if over is not None and over < before:
                remove_tree(path)
                pruned += 1
    return pruned


def _over_since(folder: RunFolder) -> datetime | None:
    """When a run ended; of one that never began, when its folder was last touched."""
    seen = observe(folder)
    if seen is not None and not seen.state.is_final:
        return None
    if seen is not None and seen.ended_at is not None:
        return seen.ended_at
    return datetime.fromtimestamp(folder.path.stat().st_mtime, UTC)
