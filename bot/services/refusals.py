"""Refusals: what Slack took nowhere is told to the operators' channel, many in one message."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.domain.notices import Lane, Notice, Topic
from bot.domain.wording import _, restated
from bot.ports import TOLD_ANOTHER_WAY, Letter, Outgoing, Transaction

TOGETHER = timedelta(seconds=10)
"""What fails within this time of the first is told with it."""

ONE_IN = timedelta(minutes=10)
"""However much fails, the operators' channel hears of it no more often."""

SINCE = "undeliverable_since"
"""The fact by which a notice to operators is known to tell of refusals."""

_ABOUT = "undeliverable"
_MOST_READ = 1_000
_MOST_NAMED = 5
_MOST_REASONS = 5


async def tell_refusals(tx: Transaction, now: datetime) -> None:
    """Something ended undeliverable just now: one message will tell of it and of its like."""
    window = int(now.timestamp() // ONE_IN.total_seconds())
    next_one = datetime.fromtimestamp((window + 1) * ONE_IN.total_seconds(), tz=UTC)
    # Where the first was told already the second waits; where it was not, both are one.
    await tx.outbox.put(_notice(window, now), now, due=now + TOGETHER)
    await tx.outbox.put(_notice(window + 1, now), now, due=max(next_one, now + TOGETHER))


async def refused(tx: Transaction, out: Outgoing) -> Sequence[Letter]:
    """What such a notice tells of; nothing when all of it was tried again or dropped since."""
    since = datetime.fromisoformat(str(out.notice.facts[SINCE]))
    found = await tx.letters.undeliverable_since(since, _MOST_READ)
    return [each for each in found if not each.key.startswith("operators:")]


def told_together(letters: Sequence[Letter]) -> str:
    """What could not be told and why, and what to do about it."""
    return _one(letters[0]) if len(letters) == 1 else _many(letters)


def _one(letter: Letter) -> str:
    about = _("a message about #{id}").format(id=letter.execution)
    what = about if letter.execution else f"`{letter.key}`"
    said = _("I could not deliver {what}. {reason}.").format(what=what, reason=_reason(letter))
    if _is_elsewhere(letter):
        told = _("I told it by DM instead. `jobthread outbox list` shows it.")
        return f"{said} {told}"
    mended = _("When that is mended: `jobthread outbox retry {id}`.").format(id=letter.id)
    return f"{said} {mended}"


def _many(letters: Sequence[Letter]) -> str:
    count, elsewhere = len(letters), sum(map(_is_elsewhere, letters))
    some = _("{count} or more").format(count=count) if count == _MOST_READ else str(count)
    reasons = Counter(_reason(each) for each in letters).most_common(_MOST_REASONS)
    said = [
        _("I could not deliver {count} messages.").format(count=some),
        *(_because(letters, reason) for reason, _ in reasons),
        _("{count} of them I told by DM instead.").format(count=elsewhere) if elsewhere else "",
        _("`jobthread outbox list` shows them."),
        "" if elsewhere == count else _("When it is mended: `jobthread outbox retry --all`."),
    ]
    return " ".join(filter(None, said))


def _notice(window: int, now: datetime) -> Notice:
    return Notice(
        key=f"operators:{_ABOUT}:{window}",
        topic=Topic.OPERATORS,
        lane=Lane.RESULT,
        order="operators",
        supersedes=f"operators:{_ABOUT}",
        facts={SINCE: now.isoformat()},
    )


def _because(letters: Sequence[Letter], reason: str) -> str:
    those = [each for each in letters if _reason(each) == reason]
    runs = list(dict.fromkeys(f"#{each.execution}" for each in those if each.execution))
    left = len(runs) - _MOST_NAMED
    named = ", ".join(
        [*runs[:_MOST_NAMED], *([_("{count} more").format(count=left)] if left > 0 else [])]
    )
    of = _(", of {runs}").format(runs=named) if named else ""
    return f"{restated(reason)} ({len(those)}){of}."


def _is_elsewhere(letter: Letter) -> bool:
    return letter.error.startswith(TOLD_ANOTHER_WAY)


def _reason(letter: Letter) -> str:
    return letter.error.removeprefix(f"{TOLD_ANOTHER_WAY}: ").rstrip(".")[:200]
