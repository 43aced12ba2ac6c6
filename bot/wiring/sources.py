"""Catalogue and policy, read from files and watched."""

import asyncio
from contextlib import AsyncExitStack

import aiohttp

from bot.adapters.catalog import CatalogFolder, ReloadReport
from bot.adapters.file_changes import Watcher
from bot.adapters.instances import version_at
from bot.adapters.policy import PolicyFile, PolicyReport
from bot.domain.errors import Temporary
from bot.domain.instances import Instances
from bot.services.operators import Operators
from bot.settings import Settings

LARGEST_ANSWER = 64 * 1024
"""Bytes of a list of choices that a URL gives."""


async def watched_catalog(
    settings: Settings,
    session: aiohttp.ClientSession,
    operators: Operators,
    instances: Instances,
    stack: AsyncExitStack,
) -> CatalogFolder:
    """The catalogue; its edits are told to the operators."""

    async def changed(report: ReloadReport) -> None:
        mistakes = [str(mistake) for mistake in report.mistakes]
        await operators.catalog_changed(
            mistakes, [*report.added, *report.changed, *report.removed], mended=report.mended
        )
        if report.unfit:
            await operators.catalog_unfit([str(each) for each in report.unfit])

    async def fetch(url: str, timeout: float) -> bytes:
        limit = aiohttp.ClientTimeout(total=timeout)
        try:
            async with session.get(url, timeout=limit) as answer:
                answer.raise_for_status()
                content = b""
                # A piece over the limit lets the reader notice that there was more.
                async for piece in answer.content.iter_chunked(16 * 1024):
                    content += piece
                    if len(content) > LARGEST_ANSWER:
                        break
                return content
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Temporary(f"the choices at {url} could not be fetched: {error}") from error

    catalog = CatalogFolder(
        settings.jobthread_catalog.absolute(),
        state=settings.jobthread_state.absolute(),
        instances=instances,
        on_change=changed,
        fetch=fetch,
    )
    await catalog.start()
    stack.push_async_callback(catalog.aclose)
    return catalog


def watched_platforms(
    settings: Settings, operators: Operators, version: str, stack: AsyncExitStack
) -> None:
    """The platforms file; that an edit needs a restart is told to the operators."""
    file = settings.jobthread_platforms.absolute()

    async def look() -> None:
        found = await asyncio.to_thread(version_at, file)
        if found != version:
            await operators.platforms_edited(found)

    watcher = Watcher(file.parent, look, recursive=False)
    watcher.start()
    stack.push_async_callback(watcher.aclose)


async def watched_policy(
    settings: Settings, operators: Operators, stack: AsyncExitStack
) -> PolicyFile:
    """The policy; its edits are told to the operators."""

    async def changed(report: PolicyReport) -> None:
        mistakes = [str(mistake) for mistake in report.mistakes]
        await operators.policy_changed(mistakes, report.version, mended=report.mended)

    policy = PolicyFile(settings.jobthread_policy.absolute(), on_change=changed)
    await policy.start()
    stack.push_async_callback(policy.aclose)
    return policy
