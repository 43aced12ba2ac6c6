"""health: what a container's health check asks, answered by the process that runs there."""

import http.client
from contextlib import closing

import click

from bot.cli.sentences import settings_or_end

LONGEST_ANSWER = 8.0
"""Seconds; shorter than the health checks in deploy/ wait."""

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  not bound to, only asked


@click.command()
@click.option("--ready", is_flag=True, help="Ask whether work can be given to it (/readyz).")
def health(ready: bool) -> None:
    """Ask the bot of this machine how it is; exit with 1 when it is not well or not there."""
    settings = settings_or_end()
    host = EVERYWHERE.get(settings.jobthread_web_host, settings.jobthread_web_host)
    port = settings.jobthread_web_port
    if port == 0:
        raise click.ClickException("JOBTHREAD_WEB_PORT is 0, so nobody answers.")
    try:
        status, said = _asked(host, port, "/readyz" if ready else "/healthz")
    except (OSError, http.client.HTTPException) as error:
        raise click.ClickException(f"Nobody answers at {host}:{port}: {error}.") from error
    click.echo(said)
    if status != http.client.OK:
        raise SystemExit(1)


def _asked(host: str, port: int, path: str) -> tuple[int, str]:
    # No proxy of the environment is asked for this machine itself.
    with closing(http.client.HTTPConnection(host, port, timeout=LONGEST_ANSWER)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(64 * 1024).decode(errors="replace").strip()
