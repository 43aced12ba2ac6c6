"""Points in time and recurrences in a sentence, in English and Chinese, from a reference time."""

from bot.language.times.moments import Time, times_in

__all__ = ["Time", "times_in"]
