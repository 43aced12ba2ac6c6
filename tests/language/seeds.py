"""Programs run anew, each with another seed of Python's hashes."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def printed_by_seed(program: str) -> set[bytes]:
    """What the program prints, whatever the seed: one answer where none depends on it."""
    return {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2", "3")
    }
