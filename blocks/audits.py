"""What the audit log says, in a few lines."""

from collections.abc import Sequence

from blocks.elements import Message, context, section
from blocks.texts import code, counted, joined, moment, safe
from bot.domain.audit import AuditEntry, AuditQuestion, AuditSearch
from bot.domain.chains import Link

_TITLE = "*Audit log*"
_NOTHING = "Nothing in the audit log fits that."
_MORE = "Say it again with `csv`, and all that fits comes as a table into our DM."
_SENT = "The table with {} is in our DM."
_NOT_READ = "I did not understand “{}”."
_HOW = (
    "Say `audit`, and what narrows it: a person (`@ana`), a job, `#1042`, `last 7 days`, "
    "`since 2026-11-01`, and `csv` for a table."
)


def audit_listing(links: Sequence[Link], asked: AuditQuestion) -> Message:
    """The newest rows, one line each."""
    bounds = _bounds(asked.search)
    if not links:
        return Message(text=_NOTHING, blocks=(section(_NOTHING), context(joined([bounds, _HOW]))))
    lines = [_line(link) for link in links]
    text = joined([_TITLE, *lines], "\n")
    return Message(text="Audit log", blocks=(section(text), context(joined([bounds, _MORE]))))


def audit_sent(rows: int, most: int) -> Message:
    """That the table was sent, and whether it is all."""
    some = f"the first {rows} rows; ask for a shorter time to get the rest"
    text = _SENT.format(counted(rows, "row") if rows < most else some)
    return Message(text=text, blocks=(section(text),))


def audit_not_read(words: str) -> Message:
    """What was said beside a question about the audit log, and how to ask."""
    text = _NOT_READ.format(safe(words, 200))
    return Message(text=text, blocks=(section(text), context(_HOW)))


def _line(link: Link) -> str:
    entry = link.entry
    who = safe(entry.actor_name or entry.actor, 60)
    behalf = f"for <@{safe(entry.on_behalf_of, 30)}>" if entry.on_behalf_of else ""
    said = entry.tag.partition(":")[2].replace(":", " ").replace("_", " ")
    rule = str(entry.detail.get("rule", ""))
    return joined(
        [
            moment(entry.at),
            joined([who, behalf], " "),
            code(said, 60),
            _what(entry),
            safe(rule, 60) if rule else "",
        ]
    )


def _what(entry: AuditEntry) -> str:
    kind, _, name = entry.subject.partition(":")
    where = str(entry.detail.get("environment", ""))
    job = str(entry.detail.get("job", ""))
    about = f"{job} → {where}" if job and where else job
    if kind == "execution":
        return joined([code(f"#{name}", 20), safe(about, 60)], " ")
    return safe(name or kind, 60)


def _bounds(search: AuditSearch) -> str:
    since = f"since {moment(search.since)}" if search.since else ""
    until = f"until {moment(search.until)}" if search.until else ""
    return joined([since, until], " ")
