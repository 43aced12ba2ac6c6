"""Text to intent and back, in English and Chinese; no network, no model, no clock."""

from bot.language.completion import complete
from bot.language.grammar import LONGEST, parse
from bot.language.writing import format_intent

__all__ = ["LONGEST", "complete", "format_intent", "parse"]
