"""health: what a container's health check asks, answered by the process that runs there."""

import http.client
from contextlib import closing

import click

from bot.cli.sentences import settings_or_end
from bot.settings import Settings

LONGEST_ANSWER = 8.0
"""Seconds; shorter than the health checks in deploy/ wait."""

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  not bound to, only asked


@click.command()
@click.option("--ready", is_flag=True, help="Ask whether work can be given to it (/readyz).")
def health(ready: bool) -> None:
    """Ask the bot of this machine how it is; exit with 1 when it is not well or not there."""
    try:
        status, said = answered(settings_or_end(), "/readyz" if ready else "/healthz")
    except LookupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(said)
    if status != http.client.OK:
        raise SystemExit(1)


def answered(settings: Settings, path: str) -> tuple[int, str]:
    """Status and text that the bot of this machine answers. Raises LookupError: nobody is there."""
    host = EVERYWHERE.get(settings.jobthread_web_host, settings.jobthread_web_host)
    port = settings.jobthread_web_port
    if port == 0:
        raise LookupError("JOBTHREAD_WEB_PORT is 0, so nobody answers.")
    try:
        return _asked(host, port, path)
    except (OSError, http.client.HTTPException) as error:
        raise LookupError(f"Nobody answers at {host}:{port}: {error}.") from error


def _asked(host: str, port: int, path: str) -> tuple[int, str]:
    # No proxy of the environment is asked for this machine itself.
    with closing(http.client.HTTPConnection(host, port, timeout=LONGEST_ANSWER)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(64 * 1024).decode(errors="replace").strip()
