"""How an Airflow is: its parts, its version, and how long runs wait there."""

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.adapters.platforms.airflow.api import Api
from bot.adapters.platforms.airflow.wire import Component, Vitals
from bot.domain.errors import PortError
from bot.domain.wording import at_rest
from bot.ports import Health

HEALTHY = "healthy"

_DATABASE = at_rest("{where} does not reach its database.")
_SCHEDULER = at_rest("{where} has no scheduler at work: nothing begins and nothing ends.")
_PROCESSOR = at_rest("{where} does not read its DAGs: its DAG processor is not at work.")
_TRIGGERER = at_rest("{where} has no triggerer at work: deferred tasks do not go on.")


async def health_of(api: Api, dag_ids: Collection[str], now: datetime) -> Health:
    """Raises nothing; `dag_ids` are those whose runs wait for each other's workers."""
    where, rest = api.rest.where, api.rest
    try:
        unwell = _unwell(await api.vitals(), where)
        version = await api.version()
        lag = await _lag(api, dag_ids, rest.ours_to_theirs(now))
    except PortError as error:
        return Health(unwell=str(error), skew=rest.skew)
    return Health(unwell=unwell, version=version, lag=lag, skew=rest.skew)


def _unwell(vitals: Vitals, where: str) -> str:
    """The gravest thing first; a part that is not installed has no status."""
    parts = (
        (vitals.metadatabase, _DATABASE),
        (vitals.scheduler, _SCHEDULER),
        (vitals.dag_processor, _PROCESSOR),
        (vitals.triggerer, _TRIGGERER),
    )
    return next((said.format(where=where) for part, said in parts if not _is_well(part)), "")


def _is_well(part: Component | None) -> bool:
    return part is None or part.status in {None, HEALTHY}


async def _lag(api: Api, dag_ids: Collection[str], now: datetime) -> timedelta:
    """How long the run has waited that should have begun first. It is what shows who we are."""
    waiting = await api.longest_waiting(dag_ids, now.isoformat())
    if waiting is None:
        return timedelta()
    since = [each for each in (waiting.queued_at, waiting.run_after) if each is not None]
    return max(now - max(since, default=now), timedelta())
