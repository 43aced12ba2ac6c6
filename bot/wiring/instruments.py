"""What a run is measured with: counters, traces, and the watch over its rounds."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.adapters.meters import PrometheusMeters
from bot.domain.processes import Process
from bot.ports import Traces, Untraced
from bot.scheduler import Watch
from bot.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Instruments:
    """One set for a process; `watch` is over its rounds."""

    meters: PrometheusMeters
    traces: Traces
    watch: Watch


@asynccontextmanager
async def instruments_of(settings: Settings, process: Process) -> AsyncGenerator[Instruments]:
    """The instruments of one run; spans that are still here are sent when it ends."""
    meters = PrometheusMeters()
    async with _traces_of(settings, process) as traces:
        yield Instruments(meters=meters, traces=traces, watch=Watch(meters))


@asynccontextmanager
async def _traces_of(settings: Settings, process: Process) -> AsyncGenerator[Traces]:
    endpoint = settings.otel_exporter_otlp_endpoint
    if not endpoint:
        yield Untraced()
        return
    # Imported only where traces are wanted: the SDK is as large as the bot.
    from bot.adapters.traces import OtlpTraces

    traces = OtlpTraces(endpoint, process=process.id, version=process.version)
    try:
        yield traces
    finally:
        await asyncio.to_thread(traces.close)
