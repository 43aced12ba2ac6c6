"""passkeys: who registered which, and taking one away."""

from collections.abc import Sequence

import click

from bot.cli.deeds import deed, in_transaction
from bot.cli.sentences import end_with
from bot.domain.passkeys import Passkey
from bot.ports import Transaction
from bot.wiring.outside import SystemClock

SHORTEST = 8
"""Characters by which a passkey is named at least."""


@click.group()
def passkeys() -> None:
    """Passkeys with which approvers confirm what a click is not enough for."""


@passkeys.command("list")
@click.option("--person", default="", help="Only this Slack user id, such as U0123ABCD.")
@click.option("--all", "everything", is_flag=True, help="Revoked ones too.")
def list_(person: str, everything: bool) -> None:
    """Show passkeys, oldest first."""
    found = in_transaction(lambda tx: tx.passkeys.of())
    shown = [
        each for each in found if (everything or each.counts) and person in {"", each.person.user}
    ]
    for each in shown:
        click.echo(_line(each))
    if not shown:
        click.echo("There are none.")


@passkeys.command()
@click.argument("names", nargs=-1, required=True, metavar="ID...")
@click.option("--reason", required=True, help="Why; kept in the audit log.")
def revoke(names: Sequence[str], reason: str) -> None:
    """Take passkeys away, named as the list does; what was approved with them stays approved."""
    for name in names:
        found = in_transaction(lambda tx, name=name: _revoked(tx, name, reason))
        if isinstance(found, str):
            end_with([found])
        click.echo(f"{found.id[:16]} “{found.name}” of {found.person.user} counts no more.")


async def _revoked(tx: Transaction, name: str, reason: str) -> Passkey | str:
    """The one that was revoked, or why none was."""
    meant = [each for each in await tx.passkeys.of() if each.id.startswith(name) and each.counts]
    if len(name) < SHORTEST or len(meant) != 1:
        which = f"{len(meant)} passkeys begin" if meant else "No passkey that counts begins"
        return f"{which} with {name}: see `jobthread passkeys list`, and say {SHORTEST} or more."
    [passkey] = meant
    now = SystemClock().now()
    await tx.passkeys.revoke(passkey.id, now)
    detail = {"passkey": passkey.id[:16], "name": passkey.name, "reason": reason}
    whose = passkey.person.user
    await tx.audit.write(deed("job:passkey:revoked", "passkey", now, detail, behalf=whose))
    return passkey


def _line(passkey: Passkey) -> str:
    used = f"used {passkey.used_at:%Y-%m-%d %H:%M}" if passkey.used_at else "never used"
    state = f"  revoked {passkey.revoked_at:%Y-%m-%d %H:%M}" if passkey.revoked_at else ""
    return (
        f"{passkey.id[:16]:<16}  {passkey.person.user:<12}  made "
        f"{passkey.created_at:%Y-%m-%d}  {used:<21}  {passkey.name}{state}"
    )
