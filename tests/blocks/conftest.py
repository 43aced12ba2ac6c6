"""Properties here are about what comes out, not about how fast."""

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

pytest.register_assert_rewrite("tests.blocks.samples")
