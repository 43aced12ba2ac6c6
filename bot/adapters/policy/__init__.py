"""The policy file: read, watched, and failing closed."""

from bot.adapters.policy.checks import disagreements
from bot.adapters.policy.files import PolicyFile, PolicyReport
from bot.adapters.policy.readings import PolicyReading, json_schema, read_policy

__all__ = [
    "PolicyFile",
    "PolicyReading",
    "PolicyReport",
    "disagreements",
    "json_schema",
    "read_policy",
]
