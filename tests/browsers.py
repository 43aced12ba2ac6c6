"""The Chromium that page tests use."""

import os
import shutil

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """Where Chromium is: PLAYWRIGHT_CHROMIUM, or the first one found on the path."""
    told = os.environ.get("PLAYWRIGHT_CHROMIUM")  # noqa: TID251  a fact about this machine
    return told or next(
        (found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None
    )
