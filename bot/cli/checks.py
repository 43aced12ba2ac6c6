"""Everything that must hold before the bot connects, asked in one go."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.catalog import read_catalog
from bot.adapters.database import SqlStore
from bot.adapters.database.schema import level
from bot.adapters.policy import disagreements, read_policy
from bot.adapters.slack_checks import SlackCheck, check_slack
from bot.cli.in_use import in_use
from bot.cli.phrases import FILE, around_phrases, check_phrases
from bot.cli.platforms import answers_of, strangers_in, troubles_in, whole
from bot.domain.errors import Mistake
from bot.domain.jobs import Job
from bot.domain.policies import Policy
from bot.domain.processes import Role
from bot.settings import SandboxMode, Settings
from bot.wiring import EVERY_ROLE, Fleet, fleet_of, local_platform, web_client
from bot.wiring.models import model_line
from bot.wiring.proofs import archive_for, signer_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Preflight:
    """Who we are in Slack, what must be mended, and what is only worth knowing.

    `troubles` have to be mended too, and keep nothing else from working meanwhile.
    """

    slack: SlackCheck
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    troubles: tuple[str, ...] = ()


async def preflight(
    settings: Settings, roles: frozenset[Role] = EVERY_ROLE, *, asks: bool = False
) -> Preflight:
    """Check what these roles need: database, files, sandbox, Slack. Never raises for what it finds.

    Only workers run jobs, so only they need the sandbox; they all need SQLite to be theirs alone.
    With `asks`, every platform is asked how it is and what it offers.
    """
    async with aiohttp.ClientSession() as session:
        app_token = settings.slack_app_token.get_secret_value()
        slack = await check_slack(web_client(settings, session), app_token)
    fleet = await asyncio.to_thread(fleet_of, settings)
    catalog = read_catalog(
        settings.jobthread_catalog.absolute(),
        state=settings.jobthread_state.absolute(),
        instances=fleet.instances,
    )
    told = await answers_of(fleet) if asks else ()
    if not asks:
        await fleet.close()
    found = whole(catalog, fleet, told)
    policy = read_policy(settings.jobthread_policy.absolute())
    problems = [
        *slack.problems,
        *_shares(settings, roles),
        *await _database(settings),
        *_proof(settings),
        *_model(settings)[0],
        *fleet.mistakes,
        *(str(mistake) for mistake in (*catalog.mistakes, *policy.mistakes)),
        *_phrases(settings.jobthread_catalog, catalog.jobs),
        *(await _sandbox(settings) if Role.WORKER in roles else ()),
    ]
    notes = [
        f"{len(catalog.jobs)} jobs in {settings.jobthread_catalog}",
        *(each.line for each in told if not fleet.instances.named[each.name].trouble),
        *(await in_use(settings, fleet) if asks and not fleet.mistakes else ()),
        *(str(warning) for warning in catalog.warnings),
        *(str(warning) for warning in found.warnings if asks),
        *(_unlike(found.jobs if asks else catalog.jobs, fleet, policy.policy)),
        *(_step_up(settings, policy.policy) if policy.policy else ()),
        *_model(settings)[1],
    ]
    if settings.jobthread_sandbox is SandboxMode.NONE:
        notes.append("Local jobs run without a sandbox (JOBTHREAD_SANDBOX=none); cards show it.")
    if not settings.jobthread_operators:
        notes.append("JOBTHREAD_OPERATORS is not set: bad edits are only in the log.")
    troubles = (*fleet.troubles, *troubles_in(fleet, told))
    return Preflight(slack=slack, problems=tuple(problems), notes=tuple(notes), troubles=troubles)


def _unlike(jobs: Sequence[Job], fleet: Fleet, policy: Policy | None) -> Sequence[str]:
    """Where catalogue, platforms and policy do not fit together."""
    if policy is None:
        return []
    return [*disagreements(jobs, policy), *strangers_in(fleet, policy)]


def _phrases(folder: Path, jobs: Sequence[Job]) -> Sequence[str]:
    """What the catalogue's authors expect to be understood, where they keep such a file."""
    file = folder / FILE
    return check_phrases(file, jobs, around_phrases()) if file.is_file() else []


def _shares(settings: Settings, roles: frozenset[Role]) -> Sequence[str]:
    url = settings.jobthread_database_url.get_secret_value()
    if {Role.CHAT, Role.WORKER} <= roles or not url.startswith("sqlite"):
        return []
    return [
        "One process alone uses an SQLite database, so it needs the roles chat and worker: leave "
        "--roles out, or use PostgreSQL."
    ]


def _step_up(settings: Settings, policy: Policy) -> Sequence[str]:
    """Which approvals nobody can give, as passkeys are not set up."""
    rules = [each.need.rule for each in policy.approvals if each.need.step_up]
    if not rules or (settings.jobthread_web_url and settings.jobthread_web_port):
        return []
    lacking = "JOBTHREAD_WEB_URL is not set" if settings.jobthread_web_port else "there is no port"
    return [
        f"Nobody can give these approvals ({', '.join(rules)}): they take a passkey, and {lacking} "
        "(docs/step-up.md)."
    ]


def _model(settings: Settings) -> tuple[Sequence[str], Sequence[str]]:
    """What is wrong with the setting of the model, and whether it is asked."""
    try:
        return [], [model_line(settings)]
    except Mistake as error:
        return [str(error)], []


def _proof(settings: Settings) -> Sequence[str]:
    """What of the settings around the audit log is of no use; nothing is made."""
    key = settings.jobthread_audit_key.get_secret_value()
    try:
        if key:
            signer_of(settings)
        if settings.jobthread_audit_archive:
            archive_for(settings)
    except Mistake as error:
        return [str(error)]
    if settings.jobthread_audit_kept_days and not settings.jobthread_audit_archive:
        return [
            "JOBTHREAD_AUDIT_KEPT_DAYS takes away only what is in an archive: set "
            "JOBTHREAD_AUDIT_ARCHIVE too, or 0 days to keep every row."
        ]
    return []


async def _database(settings: Settings) -> Sequence[str]:
    store = SqlStore(settings.jobthread_database_url.get_secret_value())
    where = store.url.render_as_string(hide_password=True)
    try:
        found = await level(store)
    except (SQLAlchemyError, OSError) as error:
        return [f"The database {where} cannot be opened ({error}): check JOBTHREAD_DATABASE_URL."]
    finally:
        await store.close()
    if found.is_usable:
        return []
    stands = f"at level {found.current}" if found.current else "empty"
    return [f"The database {where} is {stands}: run `jobthread migrate`."]


async def _sandbox(settings: Settings) -> Sequence[str]:
    if settings.jobthread_sandbox is SandboxMode.NONE:
        return []
    platform = local_platform(settings)
    try:
        unwell = (await platform.health()).unwell
    finally:
        await platform.close()
    if not unwell:
        return []
    return [
        f"{unwell} Install or allow bubblewrap, or set JOBTHREAD_SANDBOX=none to run local jobs "
        "without a sandbox."
    ]
