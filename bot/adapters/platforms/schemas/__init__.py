"""JSON Schema of a platform's parameters: what to ask a person, and what is wrong with answers."""

from bot.adapters.platforms.schemas.checks import problems
from bot.adapters.platforms.schemas.defaults import is_masked
from bot.adapters.platforms.schemas.documents import schema_text
from bot.adapters.platforms.schemas.fields import parameters_of

__all__ = ["is_masked", "parameters_of", "problems", "schema_text"]
