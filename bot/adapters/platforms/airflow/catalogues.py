"""DAGs as jobs that can be asked for."""

import asyncio
from collections.abc import Collection, Sequence

import structlog

from bot.adapters.platforms.airflow.api import Api
from bot.adapters.platforms.airflow.params import object_schema
from bot.adapters.platforms.airflow.wire import DagDetails
from bot.adapters.platforms.schemas import parameters_of, schema_text
from bot.domain.errors import Permanent
from bot.domain.jobs import Job, Risk, digest_of
from bot.domain.offers import slug_of

log = structlog.get_logger(__name__)

_LONGEST_ABOUT = 500


async def offered(api: Api, platform: str, tags: Collection[str]) -> Sequence[Job]:
    """Jobs of all DAGs with these tags that are neither paused nor broken.

    Each is read whole every time: Airflow changes a DAG that never ran without a new version.
    """
    found = await asyncio.gather(*(api.details(dag.dag_id) for dag in await api.dags(tags)))
    return await asyncio.to_thread(_jobs, found, platform, tags)


def _jobs(
    found: Sequence[DagDetails | None], platform: str, tags: Collection[str]
) -> Sequence[Job]:
    """Beside the loop: a schema may be large, and there may be thousands."""
    jobs = [_job(each, platform, tags) for each in found if each is not None]
    return [each for each in jobs if each is not None]


def _job(dag: DagDetails, platform: str, wanted: Collection[str]) -> Job | None:
    """None for a DAG whose parameters nobody could be asked for; the others are offered."""
    try:
        schema = schema_text(object_schema(dag.params or {}))
        parameters = parameters_of(schema)
    except Permanent as error:
        log.warning("dag_left_out", platform=platform, dag=dag.dag_id, error=str(error))
        return None
    title = dag.dag_display_name if dag.dag_display_name != dag.dag_id else ""
    tags = tuple(sorted(each.name for each in dag.tags if each.name not in wanted))
    about = _about(dag)
    return Job(
        name=slug_of(dag.dag_id) or f"{platform}-{digest_of(dag.dag_id)[:8]}",
        title=title,
        description=about,
        tags=tags,
        platform=platform,
        remote=dag.dag_id,
        schema=schema,
        parameters=parameters,
        risk=Risk.CONFIRM,
        version=digest_of(dag.dag_id, title, about, tags, schema),
    )


def _about(dag: DagDetails) -> str:
    """The description, else the first paragraph of the DAG's documentation, in one line."""
    paragraph = dag.description or dag.doc_md.strip().partition("\n\n")[0]
    return " ".join(paragraph.split())[:_LONGEST_ABOUT]
