"""What the audit log says, in a few lines."""

from collections.abc import Sequence

from blocks.elements import Message, context, section
from blocks.texts import code, joined, moment, safe
from bot.domain.audit import AuditEntry, AuditQuestion, AuditSearch
from bot.domain.chains import Link
from bot.domain.wording import N_, _, ngettext

_TITLE = N_("*Audit log*")
_NOTHING = N_("Nothing in the audit log fits that.")
_MORE = N_("Say it again with `csv`, and all that fits comes as a table into our DM.")
_SENT_SOME = N_(
    "The table with the first {count} rows; ask for a shorter time to get the rest is in our DM."
)
_NOT_READ = N_("I did not understand “{words}”.")
_HOW = N_(
    "Say `audit`, and what narrows it: a person (`@ana`), a job, `#1042`, `last 7 "
    "days`, `since 2026-11-01`, and `csv` for a table."
)


def audit_listing(links: Sequence[Link], asked: AuditQuestion) -> Message:
    """The newest rows, one line each."""
    bounds = _bounds(asked.search)
    if not links:
        return Message(
            text=_(_NOTHING), blocks=(section(_(_NOTHING)), context(joined([bounds, _(_HOW)])))
        )
    lines = [_line(link) for link in links]
    text = joined([_(_TITLE), *lines], "\n")
    return Message(text=_("Audit log"), blocks=(section(text), context(joined([bounds, _(_MORE)]))))


def audit_sent(rows: int, most: int) -> Message:
    """That the table was sent, and whether it is all."""
    whole = ngettext(
        "The table with {count} row is in our DM.",
        "The table with {count} rows is in our DM.",
        rows,
    )
    text = (whole if rows < most else _(_SENT_SOME)).format(count=rows)
    return Message(text=text, blocks=(section(text),))


def audit_not_read(words: str) -> Message:
    """What was said beside a question about the audit log, and how to ask."""
    text = _(_NOT_READ).format(words=safe(words, 200))
    return Message(text=text, blocks=(section(text), context(_(_HOW))))


def _line(link: Link) -> str:
    entry = link.entry
    who = safe(entry.actor_name or entry.actor, 60)
    behalf = (
        _("for <@{who}>").format(who=safe(entry.on_behalf_of, 30)) if entry.on_behalf_of else ""
    )
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
    kind, _colon, name = entry.subject.partition(":")
    where = str(entry.detail.get("environment", ""))
    job = str(entry.detail.get("job", ""))
    about = f"{job} → {where}" if job and where else job
    if kind == "execution":
        return joined([code(f"#{name}", 20), safe(about, 60)], " ")
    return safe(name or kind, 60)


def _bounds(search: AuditSearch) -> str:
    since = _("since {when}").format(when=moment(search.since)) if search.since else ""
    until = _("until {when}").format(when=moment(search.until)) if search.until else ""
    return joined([since, until], " ")
