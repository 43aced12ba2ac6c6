"""The port of platforms over the runner's HTTP."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from urllib.parse import quote

from httpjobs import logs, wire
from jobthread.platforms import (
    Answer,
    Capability,
    Health,
    Job,
    LogChunk,
    Observation,
    Permanent,
    PortError,
    Result,
    Risk,
    StartOrder,
    Temporary,
    Value,
    arguments_of,
    digest_of,
    parameters_of,
    problems,
    schema_text,
)
from jobthread.rest import Rest

_KEYS_AT_ONCE = 200
_MOST_PAGES = 100


class HttpJobs:
    """An instance of the runner. It holds no runs itself: any process may ask about any run."""

    host = ""
    stops_within = timedelta(seconds=30)
    capabilities = frozenset(
        {
            Capability.CATALOGUE,
            Capability.START_ONCE,
            Capability.MANY_STATUSES,
            Capability.LOG_PAGES,
            Capability.CANCEL,
            Capability.TIME_LIMIT,
        }
    )

    def __init__(self, name: str, rest: Rest) -> None:
        self.name = name
        self._rest = rest

    async def account(self, name: str) -> str:
        return ""

    async def catalogue(self) -> Sequence[Job]:
        found: list[Job] = []
        for page in range(_MOST_PAGES):
            reply = await self._rest.call("GET", "/jobs", params=[("page", str(page))])
            offers = reply.read(wire.OFFERS)
            if not offers:
                return found
            found += [job for each in offers if (job := self._job(each)) is not None]
        raise Permanent(f"{self.name} offers too many jobs.")

    async def check(self, job: Job, values: Mapping[str, Value]) -> Mapping[str, str]:
        return problems(job.schema, arguments_of(job, values), job.parameters)

    async def start(self, order: StartOrder) -> Observation:
        if order.secrets or order.files:
            raise Permanent(f"{self.name} takes neither secrets nor files.")
        body = {
            "job": order.remote,
            "arguments": dict(order.arguments),
            "timeout": order.timeout.total_seconds(),
            "requester": order.requester_name or order.requester,
        }
        # Not `repeatable`: when no answer comes back, it may be running.
        path = _path(order.request_key)
        reply = await self._rest.call("PUT", path, json=body, ok={200, 201})
        return self._seen(reply.read(wire.RUN))

    async def find(self, request_key: str) -> Observation | None:
        return (await self.observe([request_key])).get(request_key)

    async def observe(self, request_keys: Sequence[str]) -> Mapping[str, Observation]:
        return {run.key: self._seen(run) for run in await self._runs(request_keys)}

    async def logs(self, request_key: str, cursor: str = "", limit: int = 65_536) -> LogChunk:
        if re.fullmatch(r"[0-9]{0,15}", cursor) is None:
            raise Permanent("That is no place in this log.")
        start = int(cursor or "0")
        content, size, is_over = await self._bytes(request_key, start, limit)
        if start > size:
            raise Permanent("That is no place in this log.")
        piece = logs.cut(content, whole=is_over and start + len(content) >= size)
        after = start + len(piece)
        return LogChunk(
            text=piece.decode(errors="replace"),
            cursor=str(after),
            complete=is_over and after >= size,
        )

    async def end_of_log(self, request_key: str, limit: int = 65_536) -> str:
        runs = await self._runs([request_key])
        start = max((runs[0].size if runs else 0) - limit, 0)
        content, _, _ = await self._bytes(request_key, start, limit)
        return logs.whole_lines(content, from_the_start=start == 0).decode(errors="replace")

    async def cancel(self, request_key: str) -> None:
        # 404: it never was, or is long gone; asking twice does no harm.
        await self._rest.call("DELETE", _path(request_key), ok={202, 404}, repeatable=True)

    async def answer(self, request_key: str, answer: Answer) -> None:
        raise Permanent(f"Runs on {self.name} wait for nobody.")

    async def changes(self) -> AsyncIterator[str]:
        for nothing in ():
            yield nothing

    async def health(self) -> Health:
        try:
            # Not /health, which anybody may ask: this one tells whether we are let in.
            reply = await self._rest.call("GET", "/version")
            version = reply.read(wire.VERSION).version
        except PortError as error:
            return Health(unwell=str(error), skew=self._rest.skew)
        return Health(version=version, skew=self._rest.skew)

    async def close(self) -> None:
        await self._rest.close()

    def _job(self, offer: wire.Offer) -> Job | None:
        """None for one whose parameters cannot be asked for; the others are not to suffer."""
        try:
            parameters = parameters_of(offer.schema_)
            schema = schema_text(offer.schema_)
        except Permanent:
            return None
        name = re.sub(r"[^a-z0-9]+", "-", offer.name.lower()).strip("-")[:60] or "job"
        return Job(
            name=name,
            title=offer.title[:75],
            description=offer.description[:1_000],
            platform=self.name,
            remote=offer.name,
            schema=schema,
            parameters=parameters,
            risk=Risk.CONFIRM,
            version=digest_of(offer.name, offer.title, offer.description, schema),
        )

    def _seen(self, run: wire.Run) -> Observation:
        state = wire.STATES.get(run.state)
        if state is None:
            raise Temporary(f"{self.name} says `{run.state[:40]}`, which nobody here knows.")
        ours = self._rest.theirs_to_ours
        result = Result(exit_code=run.exit_code, cause=run.cause[:1_000], log_size=run.size)
        return Observation(
            request_key=run.key,
            handle=run.id,
            state=state,
            started_at=ours(run.started) if run.started else None,
            ended_at=ours(run.ended) if run.ended else None,
            log_size=run.size,
            result=result if state.is_final else None,
        )

    async def _runs(self, keys: Sequence[str]) -> list[wire.Run]:
        wanted, found = list(dict.fromkeys(keys)), list[wire.Run]()
        for at in range(0, len(wanted), _KEYS_AT_ONCE):
            body = {"keys": wanted[at : at + _KEYS_AT_ONCE]}
            reply = await self._rest.call("POST", "/runs/query", json=body, repeatable=True)
            found += reply.read(wire.RUNS)
        return found

    async def _bytes(self, key: str, start: int, limit: int) -> tuple[bytes, int, bool]:
        """A part of a log, the size of the whole so far, and whether no more will come."""
        place = [("offset", str(start)), ("limit", str(limit))]
        reply = await self._rest.call("GET", f"{_path(key)}/log", params=place, ok={200, 404})
        size = reply.headers.get("X-Size", "")
        if reply.status == 404:
            return b"", 0, True
        if not size.isdecimal():
            raise Temporary(f"{self.name} gave an answer that cannot be read.")
        return reply.body, int(size), reply.headers.get("X-Over") == "true"


def _path(key: str) -> str:
    return f"/runs/{quote(key, safe='')}"
