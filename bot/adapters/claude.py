"""LanguageModel over the anthropic SDK: any endpoint that speaks the Messages API."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Annotated, Literal
from urllib.parse import urlsplit

from anthropic import (
    AnthropicError,
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AsyncAnthropic,
    DefaultAsyncHttpxClient,
)
from anthropic.types import TextBlockParam, ToolChoiceToolParam, ToolParam
from httpx2 import AsyncByteStream, ConnectError, ConnectTimeout, Response
from pydantic import BaseModel, Field, JsonValue, TypeAdapter, ValidationError

from bot.ports import Outcome, Question, Reply, Usage

LARGEST_ANSWER = 256 * 1024
"""Bytes of what an endpoint may say; an answer of the longest allowed takes a tenth."""

WAITS = 0.5
"""Seconds before the second try, unless the endpoint says."""

ANSWERS_TAKE = 1.0
"""Seconds that a second try needs to be worth waiting for."""

_PASSING = frozenset({408, 409, 429})
_REQUEST_ID = re.compile(r"[\w.:-]{1,100}")

_Tokens = Annotated[int, Field(ge=0, le=10_000_000, strict=True)]


class _Usage(BaseModel):
    input_tokens: _Tokens
    output_tokens: _Tokens
    cache_creation_input_tokens: _Tokens | None = None
    cache_read_input_tokens: _Tokens | None = None


class _Block(BaseModel):
    """A piece of an answer; of those that are no use of a tool only the type is looked at."""

    type: str
    name: str = ""
    input: dict[str, JsonValue] | None = None


class _Answer(BaseModel):
    type: Literal["message"]
    role: Literal["assistant"]
    stop_reason: str | None = None
    content: list[_Block]


_OBJECT = TypeAdapter(dict[str, JsonValue])


class _TooLarge(Exception):
    """The endpoint says more than anybody asked it."""


class Claude:
    """Asks a model to fill in one tool; `timeout` in seconds is for both tries together.

    The SDK repeats nothing by itself, follows no redirect with the key, and makes no spans that
    would hold what people wrote.
    """

    def __init__(self, key: str, *, model: str, url: str, timeout: float) -> None:
        self.name = model
        self._timeout = timeout
        self._client = AsyncAnthropic(
            api_key=key,
            base_url=url,
            timeout=timeout,
            max_retries=0,
            open_telemetry=False,
            # Packed answers would be bounded before they are unpacked, which bounds nothing.
            default_headers={"Accept-Encoding": "identity", **_older_key(url, key)},
            http_client=DefaultAsyncHttpxClient(
                follow_redirects=False, timeout=timeout, event_hooks={"response": [_bounded]}
            ),
        )

    async def close(self) -> None:
        await self._client.close()

    async def ask(self, question: Question) -> Reply:
        may_have_cost = False
        loop = asyncio.get_running_loop()
        until = loop.time() + self._timeout
        try:
            async with asyncio.timeout_at(until):
                reply, wait = await self._tried(question)
                if wait is None or loop.time() + wait + ANSWERS_TAKE > until:
                    return reply
                may_have_cost = reply.may_have_cost
                await asyncio.sleep(wait)
                reply, _ = await self._tried(question)
        except TimeoutError:
            return Reply(outcome=Outcome.SLOW, may_have_cost=True)
        return replace(reply, may_have_cost=may_have_cost or reply.may_have_cost)

    async def _tried(self, question: Question) -> tuple[Reply, float | None]:
        """What came of one try, and the seconds after which another may go better."""
        try:
            answered = await self._client.messages.with_raw_response.create(
                model=self.name,
                max_tokens=question.most_said,
                system=[_kept(question.system)],
                tools=[_tool(question)],
                tool_choice=_only(question.tool),
                messages=[{"role": "user", "content": question.said}],
            )
        except APITimeoutError as error:
            is_sure = isinstance(error.__cause__, ConnectTimeout)
            return Reply(outcome=Outcome.SLOW, may_have_cost=not is_sure), None
        except APIConnectionError as error:
            return _unreached(error.__cause__)
        except APIStatusError as error:
            return _declined(error)
        except (AnthropicError, ValueError):
            return Reply(outcome=Outcome.MALFORMED, may_have_cost=True), None
        return _read(answered.http_response, question.tool), None


def _older_key(url: str, key: str) -> Mapping[str, str]:
    """The key as servers other than Anthropic's own may still look for it alone.

    SDK 2 sends `Authorization: Bearer`, as API version 2026-10-21 has it.
    """
    is_own = urlsplit(url).hostname == "api.anthropic.com"
    return {} if is_own else {"x-api-key": key}


def _kept(system: str) -> TextBlockParam:
    """What stays the same ends here: the tool stands before it, and is kept with it."""
    return {"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}


def _tool(question: Question) -> ToolParam:
    return {
        "name": question.tool,
        "description": question.about,
        "input_schema": dict(question.schema),
    }


def _only(tool: str) -> ToolChoiceToolParam:
    return {"type": "tool", "name": tool, "disable_parallel_tool_use": True}


def _unreached(cause: BaseException | None) -> tuple[Reply, float | None]:
    if isinstance(cause, _TooLarge):
        return Reply(outcome=Outcome.OVERSIZED, may_have_cost=True), None
    never_sent = isinstance(cause, ConnectError)
    return Reply(outcome=Outcome.UNREACHABLE, may_have_cost=not never_sent), WAITS


def _declined(error: APIStatusError) -> tuple[Reply, float | None]:
    request_id = _request_id(error.response)
    if error.status_code in _PASSING or error.status_code >= 500:
        wait = _retry_after(error.response.headers)
        return Reply(outcome=Outcome.BUSY, request_id=request_id), wait
    return Reply(outcome=Outcome.DENIED, request_id=request_id), None


def _retry_after(headers: Mapping[str, str]) -> float:
    said = headers.get("retry-after", "").strip()
    return float(said) if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", said) else WAITS


def _read(response: Response, tool: str) -> Reply:
    """What a successful answer holds, as far as it is one of ours."""
    request_id = _request_id(response)
    try:
        said = _OBJECT.validate_json(response.content)
        answer = _Answer.model_validate(said)
    except ValidationError:
        return Reply(outcome=Outcome.MALFORMED, may_have_cost=True, request_id=request_id)
    usage = _usage(said.get("usage"))
    outcome, filled = _filled(answer, tool)
    return Reply(
        outcome=outcome,
        filled=filled,
        usage=usage,
        may_have_cost=usage is None,
        request_id=request_id,
    )


def _filled(answer: _Answer, tool: str) -> tuple[Outcome, Mapping[str, object] | None]:
    match answer.stop_reason:
        case "refusal":
            return Outcome.REFUSED, None
        case "max_tokens" | "model_context_window_exceeded":
            return Outcome.CUT, None
        case _:
            uses = [each for each in answer.content if each.type == "tool_use"]
    if not uses:
        return Outcome.TALKED, None
    if len(uses) > 1 or uses[0].name != tool or uses[0].input is None:
        return Outcome.MALFORMED, None
    return Outcome.ANSWERED, uses[0].input


def _usage(said: object) -> Usage | None:
    try:
        found = _Usage.model_validate(said)
    except ValidationError:
        return None
    return Usage(
        fresh=found.input_tokens,
        written=found.cache_creation_input_tokens or 0,
        cached=found.cache_read_input_tokens or 0,
        said=found.output_tokens,
    )


def _request_id(response: Response) -> str:
    said = response.headers.get("request-id", "")
    return said if _REQUEST_ID.fullmatch(said) else ""


async def _bounded(response: Response) -> None:
    """Have an answer read no further than there is any sense in."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _TooLarge
    assert isinstance(response.stream, AsyncByteStream)
    response.stream = _Bounded(response.stream)


class _Bounded(AsyncByteStream):
    def __init__(self, stream: AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for piece in self._stream:
            size += len(piece)
            if size > LARGEST_ANSWER:
                raise _TooLarge
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()
