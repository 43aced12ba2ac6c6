"""Text to intent and back, in English and Chinese; no network, no model, no clock."""

from bot.language.grammar import LONGEST, parse
from bot.language.guards import says_no
from bot.language.ladder import understand
from bot.language.readers import Reader
from bot.language.records import record_of, times_of
from bot.language.understandings import Rung, Span, Understanding
from bot.language.writing import format_intent

__all__ = [
    "LONGEST",
    "Reader",
    "Rung",
    "Span",
    "Understanding",
    "format_intent",
    "parse",
    "record_of",
    "says_no",
    "times_of",
    "understand",
]
