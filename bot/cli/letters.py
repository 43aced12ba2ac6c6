"""outbox: what people were not told, tried again or given up by an operator."""

import json
from collections.abc import Sequence
from dataclasses import asdict

import click

from bot.cli.deeds import deed, in_transaction
from bot.cli.sentences import end_with
from bot.domain.notices import Lane
from bot.ports import Letter, LetterState, Transaction
from bot.wiring.outside import SystemClock

MOST_LISTED = 1_000

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
    found = in_transaction(lambda tx: tx.letters.listing(wanted, lane=only, limit=limit))
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

    found = in_transaction(revived)
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

    found = in_transaction(dropped)
    _tell(found, numbers, "dropped", "waiting or undeliverable, or it is on its way just now")


async def _record(tx: Transaction, tag: str, letters: Sequence[Letter], reason: str = "") -> None:
    for letter in letters:
        subject = f"execution:{letter.execution}" if letter.execution else f"notice:{letter.id}"
        detail = {"key": letter.key, "reason": reason}
        await tx.audit.write(deed(tag, subject, SystemClock().now(), detail))


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
