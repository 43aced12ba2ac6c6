"""Orders: what a platform is given to start one run, put together as late as can be."""

from datetime import datetime, timedelta

from bot.domain.approvals import Verdict, in_force
from bot.domain.arguments import arguments_of
from bot.domain.executions import Execution
from bot.domain.jobs import Job
from bot.domain.parameters import Kind, Value, shown
from bot.domain.permalinks import thread_link
from bot.ports import FILES_FOLDER, Attachment, Chat, StartOrder, Store
from bot.services.accounts import Accounts

CARD_WITHIN = timedelta(seconds=4)
"""So long a new run of a platform with pages of its own waits for the card that they link to."""


class Orders:
    """`workspace` is the address that links into Slack begin with; empty: there are none."""

    def __init__(
        self, *, store: Store, chat: Chat, accounts: Accounts, workspace: str = ""
    ) -> None:
        self._store = store
        self._chat = chat
        self._accounts = accounts
        self._workspace = workspace

    def waits_for_card(self, execution: Execution, job: Job, now: datetime) -> bool:
        """True while a link to its thread is soon there for the platform's own page."""
        if not job.remote or not self._workspace or now - execution.created_at >= CARD_WITHIN:
            return False
        return not thread_link(self._workspace, execution)

    async def of(self, execution: Execution, job: Job) -> StartOrder:
        """Everything a platform needs to start it. Raises PortError."""
        files = await self._attachments(execution, job)
        async with self._store.reading() as tx:
            approved = in_force(execution, await tx.decisions.of(execution.id))
        paths = {each.parameter: f"{FILES_FOLDER}/{each.filename}" for each in files}
        values: dict[str, Value] = {**execution.values, **paths}
        hidden = {p.name for p in job.parameters if p.kind is Kind.SECRET}
        plain = {name: value for name, value in values.items() if name not in hidden}
        return StartOrder(
            request_key=execution.request_key,
            execution=execution.id,
            job=execution.job,
            title=execution.target,
            argv=job.command.argv(plain),
            environment=job.command.environment_for(plain),
            secrets=job.secrets_for(values),
            sensitive=tuple(p.name for p in job.parameters if p.sensitive),
            requester=execution.requester.user,
            requester_name=execution.requester_name,
            account=await self._accounts.at_start(execution),
            approvers=tuple(e.name for e in approved if e.verdict is Verdict.APPROVE),
            thread=thread_link(self._workspace, execution),
            values=plain,
            remote=job.remote,
            arguments=arguments_of(job, plain) if job.remote else {},
            cwd=job.command.cwd,
            timeout=execution.timeout,
            sandbox=job.sandbox.filled(plain),
            files=files,
        )

    async def _attachments(self, execution: Execution, job: Job) -> tuple[Attachment, ...]:
        return tuple(
            [
                await self._chat.download(
                    p.name,
                    shown(execution.values[p.name]),
                    by=execution.requester,
                    place=execution.place,
                )
                for p in job.parameters
                if p.kind is Kind.FILE and p.name in execution.values
            ]
        )
