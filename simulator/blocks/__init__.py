"""What Slack accepts as blocks and views: limits, places, duplicate ids, with its own wording."""

from simulator.blocks.compositions import options_of
from simulator.blocks.surfaces import (
    BLOCK_CHARACTERS,
    MOST_ATTACHMENTS,
    characters,
    check_attachments,
    check_blocks,
    check_options,
    check_view,
    too_large,
)

__all__ = [
    "BLOCK_CHARACTERS",
    "MOST_ATTACHMENTS",
    "characters",
    "check_attachments",
    "check_blocks",
    "check_options",
    "check_view",
    "options_of",
    "too_large",
]
