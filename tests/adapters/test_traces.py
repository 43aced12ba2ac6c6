"""Traces as they arrive at a collector over OTLP/HTTP."""

import asyncio

import pytest

from bot.adapters.traces import OtlpTraces, trace_ids
from tests.fakes.collectors import collector


def _traces(endpoint: str, process: str = "p1") -> OtlpTraces:
    return OtlpTraces(endpoint, process=process, version="0.1.0")


async def test_spans_of_one_request_are_one_trace_whichever_process_makes_them() -> None:
    async with collector() as kept:
        one, other = _traces(kept.endpoint), _traces(kept.endpoint, "p2")
        with one.span("gesture", request_id="command:1", begins=True):
            pass
        with other.span("submit", request_id="command:1"):
            pass
        await asyncio.to_thread(one.close)
        await asyncio.to_thread(other.close)

    (gesture,), (submit,) = kept.of("gesture"), kept.of("submit")
    assert gesture.trace == submit.trace == f"{trace_ids('command:1').trace:032x}"
    assert gesture.parent == ""
    assert submit.parent == gesture.id


async def test_a_span_without_a_request_belongs_to_the_one_around_it() -> None:
    async with collector() as kept:
        traces = _traces(kept.endpoint)
        with (
            traces.span("submit", request_id="command:1"),
            traces.span("platform start", platform="local"),
        ):
            pass
        await asyncio.to_thread(traces.close)

    (submit,), (start,) = kept.of("submit"), kept.of("platform start")
    assert (start.trace, start.parent) == (submit.trace, submit.id)
    assert start.attributes == {"jobthread.platform": "local"}


async def test_spans_inside_the_first_one_have_ids_of_their_own() -> None:
    async with collector() as kept:
        traces = _traces(kept.endpoint)
        with (
            traces.span("gesture", request_id="command:1", begins=True),
            traces.span("request", request_id="command:1"),
        ):
            pass
        await asyncio.to_thread(traces.close)

    (gesture,), (request,) = kept.of("gesture"), kept.of("request")
    assert request.parent == gesture.id != request.id


async def test_an_error_is_marked_by_its_class_and_not_by_its_words() -> None:
    async with collector() as kept:
        traces = _traces(kept.endpoint)
        with pytest.raises(LookupError), traces.span("submit", request_id="command:1"):
            raise LookupError("password=hunter2")
        await asyncio.to_thread(traces.close)

    assert kept.of("submit")[0].failed == "LookupError"
    assert not any(b"hunter2" in body for body in kept.bodies)


async def test_work_side_by_side_keeps_its_spans_apart() -> None:
    async with collector() as kept:
        traces = _traces(kept.endpoint)

        async def piece(number: int) -> None:
            with traces.span("submit", request_id=f"r{number}"):
                await asyncio.sleep(0)
                with traces.span("platform start"):
                    await asyncio.sleep(0)

        await asyncio.gather(*(piece(number) for number in range(5)))
        await asyncio.to_thread(traces.close)

    assert {(each.trace, each.parent) for each in kept.of("platform start")} == {
        (each.trace, each.id) for each in kept.of("submit")
    }


async def test_a_collector_that_is_away_stops_nobody() -> None:
    async with collector() as kept:
        endpoint = kept.endpoint
    traces = _traces(endpoint)

    with traces.span("submit", request_id="command:1"):
        done = True

    assert done
