"""What `jobthread init` writes into a team's own repository: a catalogue, a policy, a `.env`."""

from pathlib import Path

from bot.domain.errors import Mistake

FILES = {
    "jobs.yaml": "catalog/jobs.yaml",
    "hello.sh": "catalog/scripts/hello.sh",
    "policy.yaml": "policy.yaml",
    "env.example": ".env",
}
"""Files of this folder, and where each goes."""

_MODES = {".env": 0o600, "catalog/scripts/hello.sh": 0o755}


def write_starter(folder: Path) -> list[Path]:
    """Write the starter files and return them. Raises Mistake before anything is overwritten."""
    targets = {source: folder / place for source, place in FILES.items()}
    there = [str(path.relative_to(folder)) for path in targets.values() if path.exists()]
    if there:
        verb = "is" if len(there) == 1 else "are"
        raise Mistake(f"{', '.join(there)} {verb} already there; nothing was written.")
    for source, path in targets.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        content = (Path(__file__).parent / source).read_bytes()
        path.touch(mode=_MODES.get(FILES[source], 0o644), exist_ok=False)
        path.write_bytes(content)
    return list(targets.values())
