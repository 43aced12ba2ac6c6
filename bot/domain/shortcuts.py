"""Shortcuts: short forms that an operator defines, each a job with some of its values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.intents import RunJob
from bot.domain.surroundings import Shortcut

_NAME = re.compile(r"[a-z\u4e00-\u9fff][a-z0-9\u4e00-\u9fff_-]{0,29}")

COMMANDS = frozenset(
    {
        *("run", "status", "list", "history", "logs", "cancel", "rerun", "help", "can", "why"),
        *("audit", "alias", "aliases", "approve", "reject", "approvals", "schedule", "schedules"),
        *("delegate", "delegations", "passkey", "passkeys", "ack", "mute", "menu", "jobs"),
        *("yes", "no", "y", "n", "ok", "okay", "again", "it", "that", "this", "all", "job"),
        *("运行", "状态", "列表", "历史", "日志", "取消", "重跑", "帮助", "别名", "审计", "批准"),
        *(
            "拒绝",
            "审批",
            "定时",
            "代理",
            "通行密钥",
            "任务",
            "是",
            "否",
            "好",
            "再来",
            "它",
            "这个",
        ),
    }
)
"""Words that mean something by themselves, or answer a question: no short form is called so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShortForm:
    """`name` stands for `job` with these `values`; what follows fills `arguments` in order.

    `aliases` are other names, in any language; `arguments` are names of the job's parameters.
    """

    name: str
    job: str
    aliases: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    title: str = ""

    @property
    def usage(self) -> str:
        """How it is said: `pods [namespace]`."""
        return " ".join([self.name, *(f"[{each}]" for each in self.arguments)])

    def is_like(self, typed: str) -> bool:
        """True when its names, title or job hold what was typed, in small letters."""
        said = " ".join([self.name, *self.aliases, self.title, self.job])
        return typed in said.casefold()

    def run(self, given: Mapping[str, str], *, exact: bool, reason: str = "") -> RunJob:
        """What it stands for with these arguments; its own values are never replaced."""
        inferred = {} if exact else {name: value for name, value in given.items() if value}
        return RunJob(
            job=self.job,
            given={**given, **self.values},
            reason=reason,
            exact=exact,
            inferred=inferred,
        )


def is_short_name(name: str) -> bool:
    """One lower-case word that is no command."""
    return _NAME.fullmatch(name) is not None and name not in COMMANDS


def spoken(forms: Sequence[ShortForm]) -> tuple[Shortcut, ...]:
    """As plain sentences are read with them: `show me the pods in prod`."""
    return tuple(
        Shortcut(name=name, arguments=form.arguments)
        for form in forms
        for name in (form.name, *form.aliases)
        if name.isascii()
    )


def called(forms: Sequence[ShortForm], name: str) -> ShortForm | None:
    """The one with this name or alias."""
    return next((each for each in forms if name in {each.name, *each.aliases}), None)
