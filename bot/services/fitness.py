"""Fitness: what a platform would find wrong with values, asked before anything is started."""

from collections.abc import Mapping
from datetime import timedelta

import structlog

from bot.domain.errors import Ambiguous, Permanent, Temporary
from bot.domain.jobs import Job
from bot.domain.parameters import Value
from bot.domain.wording import restated
from bot.ports import JobPlatform
from bot.services.rounds import within

log = structlog.get_logger(__name__)

LONGEST_CHECK = timedelta(seconds=2)
"""Somebody looks at a form meanwhile; Slack itself waits three seconds."""


async def found_wrong(
    platform: JobPlatform | None, job: Job, values: Mapping[str, Value]
) -> Mapping[str, str]:
    """A sentence by parameter's name, and under an empty one what is wrong with all of them.

    A platform that cannot be asked now finds nothing: it looks once more when it starts the run.
    """
    if platform is None:
        return {}
    try:
        return await within(LONGEST_CHECK, platform.check(job, values))
    except (Temporary, Ambiguous) as error:
        log.warning("values_not_checked", platform=job.platform, job=job.name, error=str(error))
        return {}
    except Permanent as error:
        return {"": restated(str(error))}
