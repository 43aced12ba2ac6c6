"""outbox: what people were not told, tried again or given up by an operator."""

import asyncio
import getpass
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import TypeVar

import click

from bot.adapters.database import SqlStore
from bot.cli.sentences import end_with, settings_or_end
from bot.domain.audit import AuditEntry
from bot.domain.notices import Lane
from bot.ports import Letter, LetterState, Transaction
from bot.wiring.outside import SystemClock

MOST_LISTED = 1_000

Outcome = TypeVar("Outcome")
Lanes = click.Choice([lane.name.lower() for lane in Lane])
States = click.Choice([str(state) for state in LetterState])


@click.group()
def outbox() -> None:
    """Messages that wait for Slack, and those that Slack refused for good."""


@outbox.command("list")
@click.option("--state", type=States, multiple=True, default=("undeliverable",), show_default=True)
@click.option("--lane", type=Lanes, help="Only this lane.")
@click.option("--limit", type=click.IntRange(1, MOST_LISTED), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_(state: Sequence[str], lane: str | None, limit: int, as_json: bool) -> None:
    """Show messages, newest first."""
    wanted = [LetterState(each) for each in state]
    only = Lane[lane.upper()] if lane else None
    found = asyncio.run(_with(lambda tx: tx.letters.listing(wanted, lane=only, limit=limit)))
    for letter in found:
        click.echo(json.dumps(asdict(letter), default=str) if as_json else _line(letter))
    if not found and not as_json:
        click.echo(f"Nothing is {' or '.join(state)}.")


@outbox.command()
@click.argument("numbers", type=int, nargs=-1, metavar="ID...")
@click.option("--all", "everything", is_flag=True, help="All that are undeliverable.")
def retry(numbers: Sequence[int], everything: bool) -> None:
    """Have undeliverable messages tried again; one that did arrive is not sent twice."""
    if bool(numbers) == everything:
        end_with(["Say which: ids from `jobthread outbox list`, or --all."])

    async def revived(tx: Transaction) -> Sequence[Letter]:
        ids = numbers
        if everything:
            state = [LetterState.UNDELIVERABLE]
            ids = [each.id for each in await tx.letters.listing(state, limit=MOST_LISTED)]
        found = await tx.letters.revive(ids, SystemClock().now())
        await _record(tx, "job:outbox:retried", found)
        return found

    found = asyncio.run(_with(revived))
    _tell(found, numbers, "will be tried again", "undeliverable")


@outbox.command()
@click.argument("numbers", type=int, nargs=-1, required=True, metavar="ID...")
@click.option("--reason", required=True, help="Why nobody needs to be told; kept in the audit log.")
def drop(numbers: Sequence[int], reason: str) -> None:
    """Give messages up: nobody is told."""

    async def dropped(tx: Transaction) -> Sequence[Letter]:
        found = await tx.letters.drop(numbers, SystemClock().now(), reason)
        await _record(tx, "job:outbox:dropped", found, reason=reason)
        return found

    found = asyncio.run(_with(dropped))
    _tell(found, numbers, "dropped", "waiting or undeliverable, or it is on its way just now")


async def _with(work: Callable[[Transaction], Awaitable[Outcome]]) -> Outcome:
    store = SqlStore(settings_or_end().jobthread_database_url.get_secret_value())
    try:
        async with store.transaction() as tx:
            return await work(tx)
    finally:
        await store.close()


async def _record(tx: Transaction, tag: str, letters: Sequence[Letter], reason: str = "") -> None:
    for letter in letters:
        subject = f"execution:{letter.execution}" if letter.execution else f"notice:{letter.id}"
        entry = AuditEntry(
            at=SystemClock().now(),
            tag=tag,
            actor=f"operator:{getpass.getuser()}",
            actor_name=getpass.getuser(),
            subject=subject,
            detail={"key": letter.key, "reason": reason},
        )
        await tx.audit.write(entry)


def _line(letter: Letter) -> str:
    about = f"#{letter.execution}" if letter.execution else "-"
    error = " ".join(letter.error.split())[:120]
    return (
        f"{letter.id:>8}  {letter.written_at:%Y-%m-%d %H:%M}  {letter.state:<13}  "
        f"{letter.lane.name.lower():<8}  {about:<8}  {letter.attempts:>3} tries  "
        f"{letter.key}  {error}"
    )


def _tell(found: Sequence[Letter], asked: Sequence[int], done: str, needed: str) -> None:
    for letter in found:
        click.echo(f"{letter.id} {letter.key}: {done}.")
    missing = sorted(set(asked) - {letter.id for letter in found})
    if missing:
        names = ", ".join(map(str, missing))
        end_with([f"Left as they are: {names}. Each would have to be {needed}."])
    if not found:
        click.echo(f"Nothing is {needed}.")
