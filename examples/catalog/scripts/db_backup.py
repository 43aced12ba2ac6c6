"""Dump a database, SQLite or PostgreSQL, and verify the dump before it counts."""

import argparse
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import protocol
from protocol import JobFailed, size
from storage import checksum, folder, prune, require_room, stamped, whole


def main() -> None:
    options = _options()
    place = folder(options.to, "destination")
    if options.engine == "sqlite":
        _sqlite(options, place)
    else:
        _postgresql(options, place)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    engines = parser.add_subparsers(dest="engine", required=True)
    sqlite = engines.add_parser("sqlite")
    sqlite.add_argument("--file", type=Path, required=True)
    server = engines.add_parser("postgresql", description="The password comes as PGPASSWORD.")
    for name, usual in (
        ("host", "localhost"),
        ("port", "5432"),
        ("user", None),
        ("database", None),
    ):
        server.add_argument(f"--{name}", default=usual, required=usual is None)
    for each in (sqlite, server):
        each.add_argument("--to", required=True, help="the folder that gets the dump")
        each.add_argument("--keep", type=int, default=7, help="dumps that stay")
        each.add_argument("--reserve", type=int, default=0, help="MiB that must stay free")
    return parser.parse_args()


def _sqlite(options: argparse.Namespace, place: Path) -> None:
    source: Path = options.file.resolve()
    if not source.is_file():
        raise JobFailed(f"There is no file {source} here.")
    require_room(place, source.stat().st_size, options.reserve * 2**20)
    target = place / stamped(source.stem, ".db")
    try:
        with whole(target) as part:
            rows = copy_sqlite(source, part)
    except sqlite3.Error as error:
        raise JobFailed(f"SQLite says of {source.name}: {error}.") from error
    _report(target, rows, "rows", prune(place, source.stem, ".db", options.keep))


def copy_sqlite(source: Path, part: Path) -> int:
    """Copy a database that may be in use, check the copy whole; returns its rows."""
    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as old,
        closing(sqlite3.connect(part)) as new,
    ):
        protocol.progress(10, f"copying {source.name}")
        old.backup(new, pages=1_024, progress=_copied)
        protocol.progress(70, "checking the copy")
        found = [str(row[0]) for row in new.execute("PRAGMA integrity_check(5)")]
        if found != ["ok"]:
            raise JobFailed(f"The copy is damaged, and so is {source.name}: {found[0]}")
        names = [row[0] for row in new.execute("SELECT name FROM sqlite_schema WHERE type='table'")]
        rows = 0
        for name in names:
            quoted = str(name).replace('"', '""')
            rows += int(new.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0])
            print(f"table {name}", flush=True)
        return rows


def _copied(_: int, remaining: int, total: int) -> None:
    if total:
        protocol.progress(
            10 + 60 * (total - remaining) / total, f"{total - remaining} pages copied"
        )


def _postgresql(options: argparse.Namespace, place: Path) -> None:
    for program in ("pg_dump", "pg_restore"):
        if shutil.which(program) is None:
            raise JobFailed(f"{program} is not installed here; install postgresql-client.")
    require_room(place, 0, options.reserve * 2**20)
    target = place / stamped(options.database, ".dump")
    server = [f"--host={options.host}", f"--port={options.port}", f"--username={options.user}"]
    with whole(target) as part:
        protocol.progress(10, f"dumping {options.database} from {options.host}")
        _run(
            [
                "pg_dump",
                "--format=custom",
                "--no-password",
                *server,
                f"--file={part}",
                "--",
                options.database,
            ]
        )
        protocol.progress(80, "reading the dump back")
        listed = _run(["pg_restore", "--list", str(part)])
        entries = [line for line in listed.splitlines() if line and not line.startswith(";")]
        # The list is the head of the file alone; to SQL, every block is read and unpacked.
        _run(["pg_restore", f"--file={os.devnull}", str(part)])
    _report(target, len(entries), "entries", prune(place, options.database, ".dump", options.keep))


def _run(argv: list[str]) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, errors="replace", check=False)
    if done.stderr:
        print(done.stderr.rstrip(), flush=True)
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise JobFailed(f"{argv[0]} failed with exit code {done.returncode}: {last[0]}")
    return done.stdout


def _report(target: Path, count: int, unit: str, removed: list[str]) -> None:
    digest = checksum(target)
    for name in removed:
        print(f"removed {name}")
    written = target.stat().st_size
    protocol.progress(100, "done")
    protocol.metric(unit, count, unit)
    protocol.metric("dump", written / 2**20, "MiB")
    protocol.result({"dump": str(target), "sha256": digest, unit: count})
    protocol.summary(f"{target.name}: {count} {unit}, {size(written)}, checked and readable")


if __name__ == "__main__":
    protocol.run(main)
