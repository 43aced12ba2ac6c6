"""Lines of output as people see them, whichever platform they come from."""

import re

TAIL_LINES = 20
"""Lines of the end of a run's output."""

LONGEST_TAIL_LINE = 400
"""Characters of each of them."""

# CSI sequences, OSC sequences up to their end, other escapes, then bare control bytes.
_ANSI = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)


def plain(text: str) -> str:
    """Text without terminal escapes and control characters."""
    return _ANSI.sub("", text)
