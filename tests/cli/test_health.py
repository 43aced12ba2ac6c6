"""health: the web port's word as an exit code; settings that lie in files."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from tests.cli.desks import Desk, answering


@asynccontextmanager
async def _answering(**statuses: int) -> AsyncGenerator[str]:
    """A web port of which each path answers with its status; yields the port."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=f"about {request.path}", status=statuses[request.path[1:]])

    async with answering(answer) as port:
        yield port


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (404, 1)])
async def test_what_healthz_says_is_the_exit_code(desk: Desk, status: int, code: int) -> None:
    async with _answering(healthz=status) as port:
        said = await desk.types(
            "health",
            JOBTHREAD_WEB_PORT=port,
            JOBTHREAD_WEB_HOST="0.0.0.0",
            http_proxy="127.0.0.1:9",
        )

    assert (said.code, said.out) == (code, "about /healthz\n")


async def test_whether_it_is_ready_can_be_asked_too(desk: Desk) -> None:
    async with _answering(healthz=200, readyz=503) as port:
        assert (await desk.types("health", "--ready", JOBTHREAD_WEB_PORT=port)).code == 1


@pytest.mark.parametrize(("port", "sentence"), [("1", "Nobody answers"), ("0", "nobody answers")])
async def test_nobody_there_is_not_well(desk: Desk, port: str, sentence: str) -> None:
    said = await desk.types("health", JOBTHREAD_WEB_PORT=port)

    assert said.code == 1
    assert sentence in said.err


async def test_secrets_can_be_files_named_like_their_settings(desk: Desk) -> None:
    folder = desk.folder / "secrets"
    folder.mkdir()
    environment = {k: v for k, v in desk.environment.items() if not k.endswith("_TOKEN")}
    for name in desk.environment.keys() - environment.keys():
        (folder / name).write_text(f"{desk.environment[name]}\n")
    bare = Desk(folder=desk.folder, workspace=desk.workspace, environment=environment)
    await bare.types("migrate", JOBTHREAD_SECRETS="secrets")

    said = await bare.types("check", JOBTHREAD_SECRETS="secrets")

    assert said.code == 0, said.err


async def test_a_folder_of_secrets_that_is_none_is_a_sentence(desk: Desk) -> None:
    said = await desk.types("check", JOBTHREAD_SECRETS="nowhere")

    assert said.code == 1
    assert "not a folder" in said.err


@pytest.mark.parametrize("roles", ["", "chat;worker", "boss"])
async def test_roles_that_are_none_are_named(desk: Desk, roles: str) -> None:
    said = await desk.types("run", "--roles", roles)

    assert said.code == 2
    assert "chat, worker, web" in said.err


async def test_sqlite_is_not_shared_between_roles(desk: Desk) -> None:
    await desk.types("migrate")

    said = await desk.types("run", "--roles", "chat,web")

    assert said.code == 1
    assert "leave --roles out" in said.err
