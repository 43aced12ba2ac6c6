"""The language model, wired: none without a key."""

import os
from contextlib import AsyncExitStack
from pathlib import Path

from bot.adapters.budgets import MemoryAllowances
from bot.adapters.timetables import CronTimetables
from bot.domain.errors import Mistake
from bot.language import says_no
from bot.ports import LanguageModel
from bot.services.proposals import Proposals
from bot.settings import Settings
from bot.wiring.outside import Outside, common_of

LARGEST_KEY = 4 * 1024
"""Bytes of a file with a key."""


def model_key(settings: Settings) -> str:
    """The key itself, wherever the setting says that it is; empty for none. Raises Mistake."""
    said = settings.jobthread_claude_key.get_secret_value().strip()
    if said.startswith("env:"):
        key = os.environ.get(said.removeprefix("env:"), "").strip()
        if not key:
            raise Mistake(f"JOBTHREAD_CLAUDE_KEY names {said}, and that variable is not set.")
        return _whole(key)
    if said.startswith("file:"):
        return _whole(_content(Path(said.removeprefix("file:"))))
    return _whole(said)


def _whole(key: str) -> str:
    """A key that an HTTP header can hold; whatever else was said there is not repeated."""
    if not key.isascii() or not (key.isprintable() and " " not in key):
        raise Mistake("JOBTHREAD_CLAUDE_KEY is no key: it has to be one word.")
    return key


def _content(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_KEY + 1)
    except OSError as error:
        raise Mistake(f"JOBTHREAD_CLAUDE_KEY cannot be read: {error}.") from None
    if not content.strip() or len(content) > LARGEST_KEY:
        raise Mistake(f"JOBTHREAD_CLAUDE_KEY names {file}, and no key is in it.")
    return content.decode(errors="replace").strip()


def model_line(settings: Settings) -> str:
    """Whether words are put to a model, without the key. Raises Mistake."""
    if not model_key(settings):
        return "Claude is off (JOBTHREAD_CLAUDE_KEY is not set): words are understood without it."
    return (
        f"Claude is on for words that are unclear: {settings.jobthread_claude_model}, at most "
        f"{settings.jobthread_claude_tokens} tokens a month and workspace."
    )


async def model_of(settings: Settings, stack: AsyncExitStack) -> LanguageModel | None:
    """The model of the settings, closed with the stack. Raises Mistake."""
    key = model_key(settings)
    if not key:
        return None
    # Imported only where there is a key: the SDK takes a second and 50 MB.
    from bot.adapters.claude import Claude

    made = Claude(
        key,
        model=settings.jobthread_claude_model,
        url=settings.jobthread_claude_url,
        timeout=settings.jobthread_claude_seconds,
    )
    stack.push_async_callback(made.close)
    return made


def proposals_with(outside: Outside) -> Proposals:
    """What the model makes of unclear words, within the month's tokens of the settings."""
    return Proposals(
        **common_of(outside),
        model=outside.model,
        budget=outside.settings.jobthread_claude_tokens,
        forbids=says_no,
        allowances=outside.store.allowances or MemoryAllowances(),
        timetables=CronTimetables(),
        traces=outside.instruments.traces,
        meters=outside.instruments.meters,
    )
