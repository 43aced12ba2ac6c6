"""/healthz, /readyz, /metrics and an index."""

from typing import Any

from aiohttp import web

from bot.domain.vitals import Vitals
from bot.web.sights import SIGHTS

METRICS = "text/plain; version=0.0.4; charset=utf-8"

INDEX = """Jobthread

/healthz  200 while a restart would not help; 503 with the reasons when it would
/readyz   200 while work can be given to it
/metrics  Prometheus
"""

routes = web.RouteTableDef()


@routes.get("/")
async def index(_: web.Request) -> web.Response:
    return web.Response(text=INDEX)


@routes.get("/healthz")
async def healthz(request: web.Request) -> web.Response:
    """Whether a supervisor should let it live; what is wrong elsewhere does not count."""
    vitals = await request.app[SIGHTS].vitals()
    return web.json_response(_shown(vitals), status=503 if vitals.faults else 200)


@routes.get("/readyz")
async def readyz(request: web.Request) -> web.Response:
    vitals = await request.app[SIGHTS].vitals()
    return web.json_response(_shown(vitals), status=503 if vitals.hindrances else 200)


@routes.get("/metrics")
async def metrics(request: web.Request) -> web.Response:
    body = await request.app[SIGHTS].metrics()
    return web.Response(body=body, headers={"Content-Type": METRICS})


def _shown(vitals: Vitals) -> dict[str, Any]:
    process, ears = vitals.process, vitals.ears
    heard = vitals.heard_age
    return {
        "faults": vitals.faults,
        "hindrances": vitals.hindrances,
        "version": process.version,
        "process": process.id,
        "host": process.host,
        "roles": sorted(process.roles),
        "up_seconds": round((vitals.now - process.started_at).total_seconds(), 1),
        "database": not vitals.database,
        "sockets": {"wanted": ears.wanted, "connected": ears.connected},
        "deaf": ears.is_deaf,
        "doubt": ears.doubt,
        "heard_age_seconds": None if heard is None else round(heard, 1),
        "tick_age_seconds": {each.name: round(each.age, 1) for each in vitals.rounds},
    }
