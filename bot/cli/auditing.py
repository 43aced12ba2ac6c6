"""audit: proof that nobody changed what was written, the rows themselves, and their way out."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from getpass import getuser
from pathlib import Path
from typing import TextIO, TypeVar

import click

from bot.adapters.database import SqlStore
from bot.adapters.database.schema import level
from bot.adapters.ledgers import Ledgers
from bot.adapters.seals import Keyring, public_key_of
from bot.cli.grants import grants_for
from bot.cli.sentences import end_with, settings_or_end
from bot.domain.audit import AuditSearch
from bot.domain.chains import Judge
from bot.domain.errors import BotError, Mistake, PortError
from bot.domain.ledgers import line_of
from bot.logs import set_up
from bot.services.shipments import ROWS
from bot.services.verifications import Proof, Verification, prove_exported
from bot.settings import LogLevel, Settings
from bot.wiring.outside import SystemClock
from bot.wiring.proofs import KEY_FILE, audit_proof, checkpoints_of, signer_of

PAGE = 1_000

Outcome = TypeVar("Outcome")


class Day(click.ParamType[datetime]):
    """A moment in ISO 8601; without a zone it is in UTC."""

    name = "moment"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no moment such as 2026-11-21 or 2026-11-21T08:00+01:00.")
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_FILE = click.Path(exists=True, path_type=Path)
_keys = click.option(
    "--key",
    "keys",
    multiple=True,
    type=_FILE,
    help="A public key (PEM) to trust; by default the bot's own key. Repeat it after a change.",
)
_since = click.option("--since", type=Day(), help="The first moment, such as 2026-11-01 (UTC).")
_until = click.option("--until", type=Day(), help="The moment up to which, without it.")


@click.group()
def audit() -> None:
    """The audit log."""


@audit.command()
@click.option(
    "--checkpoints",
    multiple=True,
    type=_FILE,
    help="Signed checkpoints kept outside of the database; by default JOBTHREAD_AUDIT_CHECKPOINTS.",
)
@_keys
@click.option(
    "--from",
    "exported",
    multiple=True,
    type=_FILE,
    help="Exported or archived rows (files, or folders of them), proven together with the rest.",
)
@click.option("--files-only", is_flag=True, help="Prove the files alone, without any database.")
def verify(
    checkpoints: Sequence[Path], keys: Sequence[Path], exported: Sequence[Path], files_only: bool
) -> None:
    """Prove the chain and its signatures; name the first broken row and exit with 1."""
    try:
        proof = asyncio.run(_verified(checkpoints, keys, exported, files_only=files_only))
    except (BotError, PortError) as error:
        raise click.ClickException(str(error)) from error
    if proof.broken is not None:
        broken = proof.broken
        click.echo(f"The chain is broken at row {broken.seq}: {broken.why}.", err=True)
        sys.exit(1)
    for sentence in _told(proof):
        click.echo(sentence)


@audit.command()
@_since
@_until
@click.option("--subject", default="", help="Such as execution:1042, job:deploy or policy.")
@click.option("--person", default="", help="A Slack user id: who acted, or for whom.")
@click.option("--job", default="", help="A job's name: its runs, and refusals of it.")
@click.option("--output", type=click.Path(path_type=Path), help="A new file; else it is printed.")
@click.option("--with-checkpoints", is_flag=True, help="Signed checkpoints after the rows.")
def export(
    since: datetime | None,
    until: datetime | None,
    subject: str,
    person: str,
    job: str,
    output: Path | None,
    with_checkpoints: bool,
) -> None:
    """Print rows as JSON Lines, oldest first."""
    wanted = AuditSearch(person=person, job=job, subject=subject, since=since, until=until)
    try:
        with output.open("x") if output else nullcontext(sys.stdout) as out:
            asyncio.run(_with(lambda _, store: _export(store, wanted, out, with_checkpoints)))
    except (BotError, PortError, OSError) as error:
        raise click.ClickException(str(error)) from error


@audit.command()
def key() -> None:
    """Print the public key that proves the bot's signatures; give it to whoever verifies."""
    signer = _asked(lambda settings: signer_of(settings))
    click.echo(signer.public.decode(), nl=False)
    click.echo(f"Key id: {signer.key}", err=True)


@audit.command()
def sign() -> None:
    """Sign the chain as it is now, as the bot does again and again."""

    async def signed(settings: Settings, store: SqlStore) -> str:
        made = await audit_proof(settings, store, SystemClock()).audits.sign()
        if made is None:
            return "Everything is signed already."
        return f"Checkpoint {made.number} signs the chain up to row {made.upto.seq}."

    click.echo(_done(signed))


@audit.command()
def ship() -> None:
    """Copy what is new to the archive, as the bot does again and again."""

    async def shipped(settings: Settings, store: SqlStore) -> str:
        proof = audit_proof(settings, store, SystemClock())
        if proof.shipments is None:
            end_with(["JOBTHREAD_AUDIT_ARCHIVE is not set: there is no archive to copy to."])
        pieces = 0
        while more := await proof.ship():
            pieces += more
        return f"{pieces} new pieces; the archive has every row up to {await _archived(store)}."

    click.echo(_done(shipped))


@audit.command()
@click.option(
    "--older-than", "days", type=click.IntRange(0), required=True, help="Days since the signature."
)
@click.option(
    "--exported",
    multiple=True,
    type=_FILE,
    help="Files or folders that hold what is taken away; by default the archive has to.",
)
@_keys
def prune(days: int, exported: Sequence[Path], keys: Sequence[Path]) -> None:
    """Take old rows away that are signed and kept elsewhere; the chain stays provable.

    On PostgreSQL only the owner of the tables can; see docs/audit.md.
    """

    async def pruned(settings: Settings, store: SqlStore) -> str:
        proof = audit_proof(settings, store, SystemClock())
        kept = await _archived(store)
        if exported:
            kept = await _kept_in(settings, store, exported, keys)
        before = SystemClock().now() - timedelta(days=days)
        gone = await proof.prunings.prune(before, kept, actor=f"operator:{getuser()}")
        return f"{gone} rows were taken away; the proof goes on from a signed checkpoint."

    click.echo(_done(pruned))


@audit.command()
@click.argument("role")
def grants(role: str) -> None:
    """Print the SQL by which ROLE may work, and never change or take away an audit row.

    For PostgreSQL, to be run by the owner of the tables: jobthread audit grants bot | psql "$PGURL"
    """
    click.echo(grants_for(role))


async def _verified(
    outside: Sequence[Path], keys: Sequence[Path], exported: Sequence[Path], *, files_only: bool
) -> Proof:
    files = Ledgers(exported)
    judge = Keyring(map(public_key_of, keys)).judge
    if files_only:
        if not keys:
            end_with(["Without the bot's settings its key has to be given: --key FILE."])
        signed = [*files.checkpoints(), *Ledgers(outside).checkpoints()]
        return await prove_exported(files.links(), signed, judge)
    settings = settings_or_end()
    own = checkpoints_of(settings)
    kept = Ledgers([*exported, *(outside or ([own] if own and own.exists() else []))])
    async with _opened(settings) as store:
        verification = Verification(
            store=store,
            judge=judge if keys else own_judge(settings),
            outside=kept.checkpoints(),
        )
        proof = await verification.prove(files.links() if exported else None)
    if kept.unread or files.unread:
        click.echo(f"{kept.unread + files.unread} lines of the files cannot be read.", err=True)
    return proof


def own_judge(settings: Settings) -> Judge:
    """Trusts the bot's own key, where it has one; nothing is made."""
    given = settings.jobthread_audit_key.get_secret_value()
    if given or (settings.jobthread_state.absolute() / KEY_FILE).exists():
        return signer_of(settings).judge
    return Keyring([]).judge


async def _kept_in(
    settings: Settings, store: SqlStore, exported: Sequence[Path], keys: Sequence[Path]
) -> int:
    """The last row of files that join the database. Raises Mistake when they do not."""
    files = Ledgers(exported)
    judge = Keyring(map(public_key_of, keys)).judge if keys else own_judge(settings)
    proof = await Verification(store=store, judge=judge).prove(files.links())
    if proof.broken is not None:
        end_with([f"The files do not prove it: row {proof.broken.seq}, {proof.broken.why}."])
    return proof.exported_upto


def _told(proof: Proof) -> Sequence[str]:
    told = [f"The chain is whole: {proof.rows} rows, up to row {proof.last.seq}."]
    if proof.start.seq:
        told.append(f"Rows up to {proof.start.seq} were pruned; it begins after that signed row.")
    if proof.exported:
        told.append(f"{proof.exported} rows of the files are whole and join it.")
    if proof.signed is None:
        told.append("Nothing is signed yet: rows taken away at the end would not show.")
    else:
        signed = proof.signed
        told.append(
            f"{proof.checkpoints} checkpoints, the last on {signed.at:%Y-%m-%d %H:%M} UTC up to "
            f"row {signed.upto.seq} by the key {signed.key}."
        )
    return told


async def _export(
    store: SqlStore, wanted: AuditSearch, out: TextIO, with_checkpoints: bool
) -> None:
    async with store.reading() as tx:
        after = 0
        while found := await tx.proofs.found(wanted, PAGE, after=after):
            out.writelines(map(line_of, found))
            after = found[-1].seq
        number = 0
        while with_checkpoints and (some := await tx.proofs.checkpoints(number, PAGE)):
            out.writelines(map(line_of, some))
            number = some[-1].number


async def _archived(store: SqlStore) -> int:
    async with store.reading() as tx:
        return (await tx.proofs.cursor(ROWS)).done


def _asked(work: Callable[[Settings], Outcome]) -> Outcome:
    try:
        return work(settings_or_end())
    except (BotError, OSError) as error:
        raise click.ClickException(str(error)) from error


def _done(work: Callable[[Settings, SqlStore], Awaitable[Outcome]]) -> Outcome:
    """Work over the settings and the store; what goes wrong is a sentence and exit code 1."""
    try:
        return asyncio.run(_with(work))
    except (BotError, PortError, OSError) as error:
        raise click.ClickException(str(error)) from error


async def _with(work: Callable[[Settings, SqlStore], Awaitable[Outcome]]) -> Outcome:
    settings = settings_or_end()
    set_up(LogLevel.WARNING, settings.jobthread_log_format)
    async with _opened(settings) as store:
        return await work(settings, store)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncGenerator[SqlStore]:
    store = SqlStore(settings.jobthread_database_url.get_secret_value())
    try:
        if not (await level(store)).is_usable:
            raise Mistake("This database is of an older release: run `jobthread migrate` first.")
        yield store
    finally:
        await store.close()
