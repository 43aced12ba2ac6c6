"""Who a person is on a job platform: a table, else a template, and nobody by accident."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.actors import Actor
from bot.domain.errors import Refused
from bot.domain.wording import _, at_rest

PLACEHOLDERS = frozenset({"email", "email_name", "user"})
"""What a template may name: the confirmed address, what stands before its @, the Slack id."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}")


# A start that is looked at once more keeps them in English.
_UNKNOWN = at_rest("I know no account of {name} on {platform}, where this would run.")
_DISABLED = at_rest("The account {account} on {platform} is disabled by the policy.")


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountRule:
    """How accounts of one platform are called.

    `table` maps Slack ids and e-mail addresses to accounts, an empty one to none. The template
    fits people of these `domains` only, or all when there are none. `disabled` accounts start
    nothing.
    """

    platform: str
    table: Mapping[str, str] = field(default_factory=dict[str, str])
    template: str = ""
    domains: frozenset[str] = frozenset()
    disabled: frozenset[str] = frozenset()


def account_of(rule: AccountRule, actor: Actor) -> str:
    """The account of a person. Raises Refused when there is none, or it is disabled."""
    account = _named(rule, actor)
    if not account:
        raise no_account(
            rule.platform,
            _(_UNKNOWN).format(name=actor.name, platform=rule.platform),
        )
    if account.casefold() in {each.casefold() for each in rule.disabled}:
        raise no_account(
            rule.platform,
            _(_DISABLED).format(account=account, platform=rule.platform),
        )
    return account


def no_account(platform: str, sentence: str) -> Refused:
    """The refusal of somebody who is nobody on a platform."""
    return Refused(sentence, rule=f"accounts: {platform}")


def placeholders_of(template: str) -> frozenset[str]:
    """What a template names."""
    return frozenset(_PLACEHOLDER.findall(template))


def _named(rule: AccountRule, actor: Actor) -> str:
    email = actor.email.casefold()
    for key in (actor.id.user, email):
        if key and key in rule.table:
            return rule.table[key]
    name, _, domain = email.rpartition("@")
    known = {"email": email, "email_name": name, "user": actor.id.user}
    if not rule.template or (rule.domains and domain not in rule.domains):
        return ""
    if any(not known.get(each) for each in placeholders_of(rule.template)):
        return ""
    filled = _PLACEHOLDER.sub(lambda found: known[found.group(1)], rule.template)
    return filled if _NAME.fullmatch(filled) else ""
