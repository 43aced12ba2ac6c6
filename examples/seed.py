"""Content for the demo: builds to deploy, services in use, logs to rotate, files, a database."""

import hashlib
import io
import json
import os
import random
import sqlite3
import tarfile
import time
from pathlib import Path

APPS = {
    "api": {
        "1.4.0": "Orders can be searched by customer.",
        "1.4.1": "Search is twice as fast.",
        "1.5.0": "Payments by bank transfer.",
        "1.5.1": "Payments by bank transfer, with the setting they need.",
    },
    "web": {
        "2.0.0": "A new front page.",
        "2.0.1": "The front page loads faster.",
        "2.1.0": "Dark colours at night.",
        "2.1.1": "Dark colours at night, with the setting they need.",
    },
}
"""What can be deployed, oldest first. The third of each app is broken on purpose."""

IN_USE = (("api", "dev"), ("api", "prod"), ("web", "prod"))
"""Services that run already when the demo begins, with the oldest release."""


def seed(state: Path) -> None:
    """Fill a state folder, as far as it is not filled yet. What people changed is left alone."""
    service = state / "service"
    for app, releases in APPS.items():
        for number, (version, notes) in enumerate(releases.items()):
            _build(service, app, version, notes, broken=number == 2)
    for app, env in IN_USE:
        _in_use(service, app, env, next(iter(APPS[app])))
    _logs(state / "logs")
    _documents(state / "documents")
    _database(state / "shop" / "shop.db")
    (state / "backups").mkdir(parents=True, exist_ok=True)


def _build(service: Path, app: str, version: str, notes: str, *, broken: bool) -> None:
    archive = service / "builds" / app / f"{app}-{version}.tar.gz"
    if archive.exists():
        return
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive, "w:gz") as tar:
        for name, content in _release(app, version, notes, broken=broken).items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    Path(f"{archive}.sha256").write_text(f"{digest}  {archive.name}\n", encoding="ascii")


def _release(app: str, version: str, notes: str, *, broken: bool) -> dict[str, bytes]:
    newer = version in list(APPS[app])[2:]
    settings = {"theme": "light"} | ({"bank": "test"} if newer and not broken else {})
    told = {
        "app": app,
        "version": version,
        "notes": notes,
        "settings": settings,
        "requires": ["theme", "bank"] if newer else ["theme"],
    }
    server = Path(__file__).parent / "service" / "server.py"
    return {"server.py": server.read_bytes(), "release.json": json.dumps(told, indent=2).encode()}


def _in_use(service: Path, app: str, env: str, version: str) -> None:
    home = service / f"{app}-{env}"
    if home.exists():
        return
    place = home / "releases" / version
    place.mkdir(parents=True)
    for name, content in _release(app, version, APPS[app][version], broken=False).items():
        (place / name).write_bytes(content)
    (home / "current").symlink_to(Path("releases") / version)
    entry = {"version": version, "at": "2024-01-01T00:00:00+00:00"}
    (home / "deployments.jsonl").write_text(json.dumps(entry) + "\n", encoding="utf-8")


def _logs(folder: Path) -> None:
    """Thirty days of two programs' logs, a file a day, as old as their names say."""
    if folder.exists():
        return
    dice = random.Random(7)
    for program in ("api", "web"):
        (folder / program).mkdir(parents=True)
        for age in range(30):
            path = folder / program / f"{program}-{age:02}.log"
            lines = (
                f"request {dice.randrange(10**6):06} took {dice.randrange(900)} ms"
                for _ in range(2_000)
            )
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            then = time.time() - age * 86_400
            os.utime(path, (then, then))


def _documents(folder: Path) -> None:
    if folder.exists():
        return
    dice = random.Random(11)
    for name in ("invoices", "contracts", "letters/2024", "letters/2025"):
        (folder / name).mkdir(parents=True)
        for number in range(12):
            words = " ".join(dice.choice(("paid", "open", "sent", "agreed")) for _ in range(400))
            (folder / name / f"{number:03}.txt").write_text(words + "\n", encoding="utf-8")


def _database(path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    dice = random.Random(13)
    rows = [(f"customer {n % 40}", dice.randrange(100, 90_000)) for n in range(2_000)]
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, cents INT)")
        connection.executemany("INSERT INTO orders (customer, cents) VALUES (?, ?)", rows)
    connection.close()
