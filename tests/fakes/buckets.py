"""A local bucket that speaks S3's protocol: it checks each request's signature (AWS SigV4) itself.

After AWS's own description ("Authenticating Requests: Using the Authorization Header"), not after
any client's code, so that a client that signs wrongly is found out.
"""

import hashlib
import hmac
from base64 import b64decode
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

from aiohttp import web

KEY_ID, SECRET, REGION = "AKIDTEST", "s3cr3t/of+tests", "eu-test-1"
EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass
class Bucket:
    """Objects by their path; `answers` are what the next requests get instead, as HTTP statuses.

    An answer of 0 drops the connection before the object is kept, -1 after it.
    """

    endpoint: str = ""
    objects: dict[str, bytes] = field(default_factory=dict[str, bytes])
    answers: list[int] = field(default_factory=list[int])
    seen: list[str] = field(default_factory=list[str])
    refused: list[str] = field(default_factory=list[str])


@asynccontextmanager
async def bucket() -> AsyncGenerator[Bucket]:
    """One on a free port."""
    made = Bucket()

    async def put(request: web.Request) -> web.StreamResponse:
        return await _put(made, request)

    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_put("/{path:.*}", put)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    made.endpoint = f"http://{host}:{port}"
    yield made
    await runner.cleanup()


async def _put(made: Bucket, request: web.Request) -> web.StreamResponse:
    content = await request.read()
    path = request.match_info["path"]
    made.seen.append(path)
    if wrong := _wrong(request, content):
        made.refused.append(wrong)
        return _error(403, "SignatureDoesNotMatch", wrong)
    answer = made.answers.pop(0) if made.answers else 200
    if answer <= 0:
        if answer < 0:
            made.objects[path] = content
        assert request.transport is not None
        request.transport.abort()
        return web.Response()
    if answer != 200:
        return _error(answer, {403: "AccessDenied", 404: "NoSuchBucket"}.get(answer, "Busy"), "")
    made.objects[path] = content
    return web.Response(headers={"ETag": f'"{hashlib.md5(content).hexdigest()}"'})


def _wrong(request: web.Request, content: bytes) -> str:
    """Empty when the request is signed with our secret, for now, and its content is whole."""
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
    if scheme != "AWS4-HMAC-SHA256" or {"Credential", "SignedHeaders", "Signature"} - parts.keys():
        return "not signed"
    key_id, day, region, service, end = parts["Credential"].split("/")
    if (key_id, region, service, end) != (KEY_ID, REGION, "s3", "aws4_request"):
        return f"signed for {parts['Credential']}"
    digest = request.headers["x-amz-content-sha256"]
    if digest != hashlib.sha256(content).hexdigest():
        return "another content"
    checksum = request.headers.get("x-amz-checksum-sha256")
    if checksum is not None and b64decode(checksum) != hashlib.sha256(content).digest():
        return "another checksum"
    names = parts["SignedHeaders"].split(";")
    headers = "".join(f"{name}:{' '.join(request.headers[name].split())}\n" for name in names)
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(request.query.items())
    )
    path = quote(request.path, safe="/-_.~")
    canonical = "\n".join((request.method, path, query, headers, ";".join(names), digest))
    stamp = request.headers["x-amz-date"]
    scope = f"{day}/{region}/s3/aws4_request"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    signed = "\n".join(("AWS4-HMAC-SHA256", stamp, scope, hashed))
    key = f"AWS4{SECRET}".encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    expected = hmac.digest(key, signed.encode(), "sha256").hex()
    is_ours = hmac.compare_digest(expected, parts["Signature"])
    return "" if is_ours and stamp.startswith(day) else "another signature"


def _error(status: int, code: str, message: str) -> web.Response:
    said = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    text = f'<?xml version="1.0" encoding="UTF-8"?>{said}'
    return web.Response(status=status, text=text, content_type="application/xml")
