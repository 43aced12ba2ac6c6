"""Points in time and recurrences in a sentence, in English and Chinese, from a reference time."""

from bot.language.times.elements import elapsed
from bot.language.times.moments import Time, times_in

__all__ = ["Time", "elapsed", "times_in"]
