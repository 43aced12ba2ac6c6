"""Deployments as jobs of the catalogue."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import structlog

from bot.adapters.platforms.lines import plain
from bot.adapters.platforms.prefect.shapes import Deployment, Flow
from bot.adapters.platforms.schemas import parameters_of, schema_text
from bot.domain.errors import Permanent
from bot.domain.jobs import Job, Risk, digest_of
from bot.domain.offers import slug_of

LONGEST_REMOTE = 300
LONGEST_DESCRIPTION = 500
_ARGUMENTS = re.compile(
    r"^\s*(Args|Arguments|Parameters|Returns|Raises|Yields)\s*:?\s*$", re.MULTILINE
)
_UNDESCRIBED = "None"
"""What `Flow.deploy` of Prefect 3.8 says of a flow without a docstring."""

_EMPTY: Mapping[str, object] = {"type": "object", "properties": {}}

log = structlog.get_logger()


def jobs_of(
    platform: str, deployments: Sequence[Deployment], flows: Sequence[Flow], tags: Sequence[str]
) -> Sequence[Job]:
    """Those that can be run: what is paused, or cannot be asked for, is left out."""
    names = {flow.id: flow.name for flow in flows}
    deployed = Counter(each.flow_id for each in deployments if not each.paused)
    jobs: dict[str, Job] = {}
    for each in deployments:
        flow = names.get(each.flow_id)
        if each.paused or flow is None:
            continue
        try:
            job = job_of(platform, each, flow, tags, is_one=deployed[each.flow_id] == 1)
        except Permanent as error:
            log.warning("deployment_left_out", platform=platform, why=str(error), id=each.id)
            continue
        jobs[job.remote] = job
    return list(jobs.values())


def job_of(
    platform: str,
    deployment: Deployment,
    flow: str,
    tags: Sequence[str] = (),
    *,
    is_one: bool = True,
) -> Job:
    """The job is called like its flow, whose only deployment it is where `is_one`.

    Raises `Permanent` when its parameters cannot be asked for.
    """
    remote = f"{flow}/{deployment.name}"
    if len(remote) > LONGEST_REMOTE:
        raise Permanent("Its name is too long.")
    schema = schema_text(deployment.parameter_openapi_schema or _EMPTY)
    parameters = parameters_of(schema, deployment.parameters)
    return Job(
        name=slug_of(flow if is_one else remote) or f"{platform}-{digest_of(remote)[:8]}",
        title=_title(flow, "" if is_one else deployment.name),
        description=_description(deployment.description or ""),
        tags=tuple(sorted(tag for tag in set(deployment.tags) if tag not in tags)),
        platform=platform,
        remote=remote,
        schema=schema,
        parameters=parameters,
        risk=Risk.CONFIRM,
        version=digest_of(remote, _decides(deployment, schema)),
    )


def _decides(deployment: Deployment, schema: str) -> Mapping[str, object]:
    """Everything of it by which a run could become another; not when it was looked at."""
    return {
        "schema": schema,
        "parameters": deployment.parameters,
        "version": deployment.version,
        "entrypoint": deployment.entrypoint,
        "path": deployment.path,
        "pull_steps": deployment.pull_steps,
        "job_variables": deployment.job_variables,
        "work_pool": deployment.work_pool_name,
        "work_queue": deployment.work_queue_name,
        "description": deployment.description,
        "tags": sorted(deployment.tags),
    }


def _title(flow: str, name: str) -> str:
    """`traffic-report` as `Traffic report`; what its author wrote for people stays as it is."""
    shown = flow
    if flow == flow.casefold() and " " not in flow:
        shown = flow.replace("-", " ").replace("_", " ").strip().capitalize()
    is_same = not name or slug_of(flow) == slug_of(name)
    return plain(shown if is_same else f"{shown} ({name})")[:100]


def _description(docstring: str) -> str:
    """A docstring up to its arguments, which are described where they are asked for."""
    if docstring.strip() == _UNDESCRIBED:
        return ""
    found = _ARGUMENTS.search(docstring)
    text = plain(docstring[: found.start()] if found else docstring).strip()
    return text if len(text) <= LONGEST_DESCRIPTION else f"{text[: LONGEST_DESCRIPTION - 1]}…"
