"""What the guides show."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"


def blocks(guide: str) -> list[str]:
    """Its YAML examples."""
    text = (DOCS / guide).read_text(encoding="utf-8")
    return re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
