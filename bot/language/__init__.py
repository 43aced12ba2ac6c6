"""Text to intent and back, in English and Chinese; no network, no model, no clock."""

from bot.language.grammar import LONGEST, parse
from bot.language.readers import Reader
from bot.language.writing import format_intent

__all__ = ["LONGEST", "Reader", "format_intent", "parse"]
