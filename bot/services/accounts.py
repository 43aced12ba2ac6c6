"""Accounts: who somebody is on the platform that runs their job, asked before and at the start."""

from collections.abc import Mapping
from datetime import timedelta

from bot.domain.accounts import account_of, no_account
from bot.domain.actors import Actor
from bot.domain.errors import Permanent, Refused
from bot.domain.executions import Execution
from bot.domain.wording import at_rest
from bot.ports import JobPlatform, People, PolicySource
from bot.services.rounds import within

LONGEST_LOOK = timedelta(seconds=10)


_REFUSED = at_rest("{why} Nothing was started.")
_CHANGED = at_rest(
    "{who} asked for this as {before} and is {account} on {platform} now. Nothing was started."
)
_NOBODY = at_rest("nobody")


class Accounts:
    """Reads the policy's `accounts` and asks platforms whether an account is open."""

    def __init__(
        self, *, policy: PolicySource, people: People, platforms: Mapping[str, JobPlatform]
    ) -> None:
        self._policy = policy
        self._people = people
        self._platforms = platforms

    async def of(self, actor: Actor, platform: str) -> str:
        """The account by which somebody starts runs on a platform; empty where none is needed.

        Raises Refused when there is none or it is closed, PortError when that cannot be found out.
        """
        rule = self._policy.current().accounts.get(platform)
        if rule is None:
            return ""
        account = account_of(rule, actor)
        found = self._platforms.get(platform)
        closed = await within(LONGEST_LOOK, found.account(account)) if found else ""
        if closed:
            raise no_account(platform, closed)
        return account

    async def at_start(self, execution: Execution) -> str:
        """The account of who asked, looked at once more. Raises Permanent when it is not theirs."""
        if execution.platform not in self._policy.current().accounts and not execution.account:
            return ""
        actor = await self._people.actor(execution.requester)
        try:
            account = await self.of(actor, execution.platform)
        except Refused as refusal:
            raise Permanent(_REFUSED.format(why=refusal), code=refusal.rule) from refusal
        if execution.account and account != execution.account:
            changed = _CHANGED.format(
                who=actor.name,
                before=execution.account,
                account=account or _NOBODY,
                platform=execution.platform,
            )
            raise Permanent(changed, code="account_changed")
        return account
