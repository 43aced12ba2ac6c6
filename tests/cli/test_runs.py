"""run: what keeps it from running is a sentence."""

import socket

from tests.cli.desks import Desk


async def test_a_web_port_that_is_taken_is_a_sentence(desk: Desk) -> None:
    assert (await desk.types("migrate")).code == 0
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        said = await desk.types("run", JOBTHREAD_WEB_PORT=str(other.getsockname()[1]))

    assert said.code == 1
    assert "JOBTHREAD_WEB_PORT" in said.err
