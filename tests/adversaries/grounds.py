"""A whole Jobthread to be attacked, and the jobs' own record of what really ran."""

import asyncio
import copy
import itertools
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from blocks import ids
from bot.adapters.database import SqlStore
from bot.domain.executions import Execution, Status
from simulator import Gesture, Message, Workspace
from tests.journeys.houses import House

Act = Callable[[], Awaitable[object]]

POLICY = """
version: 1
contact: "#platform-help"
roles:
  developer:
    - name: everyday
      may: [use, run, logs, history]
  approver:
    - name: decide
      may: [use, run, approve, history, logs, cancel]
  insider:
    - name: runs and approves
      may: [use, run, schedule, approve, history, logs, cancel, admin]
people:
  - users: [UANA]
    roles: [developer]
  - users: [UBO, UCHEN]
    roles: [approver]
  - users: [UMAL, UMAL2]
    roles: [insider]
"""

CATALOG = """
jobs:
  - name: say
    title: Say
    run: [python3, "{catalog}/record.py", "{catalog}/../ran.jsonl", say, "{what}"]
    parameters:
      - {name: what, type: string, required: true, max_length: 400}
  - name: wipe
    title: Wipe
    run: [python3, "{catalog}/record.py", "{catalog}/../ran.jsonl", wipe, "{disk}"]
    parameters:
      - {name: disk, type: string, required: true}
    approval: {by: [approver, insider], count: 1, expires: 1h}
"""

RECORD = """
import json, sys
with open(sys.argv[1], "a") as file:
    print(json.dumps(sys.argv[2:]), file=file)
print("done", flush=True)
"""


def write_ground(folder: Path) -> None:
    catalog = folder / "catalog"
    catalog.mkdir(parents=True, exist_ok=True)
    (catalog / "jobs.yaml").write_text(CATALOG)
    (catalog / "record.py").write_text(RECORD)
    (folder / "policy.yaml").write_text(POLICY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """`record` is where jobs write each run of theirs as one JSON line of arguments."""

    house: House
    record: Path
    store: SqlStore
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def slack(self) -> Workspace:
        return self.house.workspace

    def ran(self) -> list[list[str]]:
        """The arguments of every run, in order."""
        if not self.record.exists():
            return []
        return [json.loads(line) for line in self.record.read_text().splitlines()]

    async def asked(self, who: str = "ana", disk: str = "sda") -> tuple[Message, Execution]:
        """A request that waits for approval, and its card."""
        await self.slack.slash(who, "/job", f"run wipe disk={disk}", channel="#ops")
        card = await self.house.message("#ops", f"Wipe {disk}")
        return card, await self.execution(int(card.seen.partition("#")[2].split()[0].strip("`")))

    async def execution(self, number: int) -> Execution:
        async with self.store.reading() as tx:
            found = await tx.executions.get(number)
        assert found is not None
        return found

    async def all_executions(self) -> list[Execution]:
        async with self.store.reading() as tx:
            return list(await tx.executions.listing(limit=1_000))

    async def ended(self, number: int) -> Execution:
        """The execution once it is over."""
        async with asyncio.timeout(60):
            # What is looked at lies in the database of the bot.
            while not (found := await self.execution(number)).status.is_final:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return found

    async def handled(self, gesture: Gesture) -> None:
        """Returns when a command's work is done."""
        async with asyncio.timeout(60):
            key = f"command:{gesture.payload['trigger_id']}"
            while not await self._is_handled(key):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def _is_handled(self, key: str) -> bool:
        async with self.store.reading() as tx:
            found = await tx.inbox.get(key)
        return found is not None and found.handled

    def heard(self, who: str) -> list[str]:
        """Everything that was said to this person alone."""
        slack = self.slack
        return [each.seen for each in (*slack.ephemerals(who), *slack.dms(who))]

    async def answered(self, who: str, act: Act) -> str:
        """What an attacker is told; an attack without an answer fails the test."""
        before, views = len(self.heard(who)), len(self.slack.modals(who))
        done = await act()
        if isinstance(done, Gesture) and done.ack:
            return str(done.ack)  # a view that stays, with what is wrong in it
        await self.slack.until(
            lambda: len(self.heard(who)) > before or len(self.slack.modals(who)) > views,
            why=f"{who} is told something",
        )
        now = self.heard(who)
        return now[-1] if len(now) > before else "a view"

    async def approved_by_another(self, click: Gesture, value: str) -> None:
        """Dana sends the click on with this value, and as if Bo had made it."""
        payload = self.forged(click.payload, action_id=ids.APPROVE, value=value)
        payload["user"] = {**payload["user"], "id": "UBO", "username": "bo", "name": "bo"}
        # A response_url speaks to whom it was given for five times.
        before = len(self.heard("dana")) + len(self.heard("bo"))
        await self.slack.send("interactive", payload)
        await self.slack.until(
            lambda: len(self.heard("dana")) + len(self.heard("bo")) > before,
            why="somebody is told",
        )

    def forged(self, payload: Mapping[str, Any], **action: object) -> dict[str, Any]:
        """A click as it came, with parts of its action changed, as a gesture of its own."""
        made = copy.deepcopy(dict(payload))
        number = next(self._numbers)
        made["trigger_id"] = f"1.2.forged{number}"
        made["actions"][0] |= {"action_ts": f"1700000000.{number:06}", **action}
        return made


def is_untouched(execution: Execution) -> bool:
    return execution.status is Status.AWAITING_APPROVAL
