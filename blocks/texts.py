"""Text as Slack may show it: harmless, within its limits, in the reader's own time."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from bot.domain.actors import PersonId
from bot.domain.wording import N_, _

SECTION_LIMIT = 3_000
FIELD_LIMIT = 2_000
ELLIPSIS = "…"

_LONGEST_CLUSTER = 32
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
# C0 and C1 controls, bidirectional overrides, the byte order mark, halves of surrogate pairs.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029\x85]")
# A delimiter formats only when it is not inside a word, so snake_case stays as it is.
_DELIMITER = re.compile(r"(?<![^\W_])[*_~]|[*_~](?![^\W_])")
_EMOJI_CODE = re.compile(r":(?=[\w+'-]*[a-z+])([\w+'-]{1,100}):", re.IGNORECASE)
_QUOTE = re.compile(r"(?m)^(\s*)>")
_LOOKALIKES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
_SECONDS = N_("{count} s")
_UNITS = (
    (N_("{count} d"), 86_400),
    (N_("{count} h"), 3_600),
    (N_("{count} m"), 60),
    (_SECONDS, 1),
)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def size(text: str) -> int:
    """Length in UTF-16 units, the strictest way anybody counts Slack's limits."""
    return len(text) + sum(ch > "\uffff" for ch in text)


def clean(text: str) -> str:
    """Without terminal colours, control characters and direction overrides; lines end in LF."""
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", _ANSI.sub("", text)))


def one_line(text: str) -> str:
    """Cleaned, with every run of white space as one space."""
    return " ".join(clean(text).split())


def cut(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, ending in an ellipsis when something was left out."""
    return _within(text, limit, escaped=False)


def brief(text: str, columns: int) -> str:
    """One line of at most so many columns, where a Chinese character takes two."""
    return _to_columns(one_line(text), columns)


def escape(text: str) -> str:
    """The three characters that Slack asks every app to escape."""
    return "".join(_ENTITIES.get(ch, ch) for ch in text)


def safe(text: str, limit: int = 300) -> str:
    """One line of somebody else's text, as mrkdwn that cannot mention, link or format.

    Measured after escaping, so the answer never exceeds `limit`.
    """
    return _within(_neutral(one_line(text)), limit, escaped=True)


def code(text: str, limit: int = 300) -> str:
    """One line in a code span, exactly as it is but for backticks."""
    line = one_line(text).replace("`", _LOOKALIKES["`"])
    return f"`{_within(line, limit - 2, escaped=True)}`" if line else ""


def exact(text: str, limit: int = 300) -> str:
    """One line as plain text where that changes nothing, else in a code span."""
    line = one_line(text)
    return safe(line, limit) if _neutral(line) == line else code(line, limit)


def prose(sentence: str, limit: int = 1_000) -> str:
    """A sentence of ours with somebody's words in it: only its `code spans` keep their meaning."""
    pieces = one_line(sentence).split("`")
    if len(pieces) % 2 == 0:
        pieces[-2:] = ["`".join(pieces[-2:])]
    out = ""
    for number, piece in enumerate(pieces):
        room = limit - size(out)
        is_code = number % 2 == 1 and bool(piece.strip())
        if room < 4:
            break
        out += code(piece, room) if is_code else _within(_neutral(piece), room, escaped=True)
    return out


def code_block(lines: Sequence[str], limit: int = SECTION_LIMIT, *, columns: int = 400) -> str:
    """The last lines that fit, in a fence that their content cannot close; empty for nothing.

    Longer lines are cut to `columns`, where a Chinese character takes two.
    """
    room = limit - len("```\n\n```")
    kept: list[str] = []
    for line in reversed([part for given in lines for part in clean(_final(given)).split("\n")]):
        shown = escape(_to_columns(line.replace("```", "ˋˋˋ").rstrip(), columns))
        room -= size(shown) + 1
        if room < 0:
            break
        kept.append(shown)
    body = "\n".join(reversed(kept)).strip("\n")
    return f"```\n{body}\n```" if body.strip() else ""


def joined(parts: Iterable[str], separator: str = " · ", limit: int = SECTION_LIMIT) -> str:
    """The parts that hold something, as many as fit."""
    out = ""
    for part in filter(None, parts):
        longer = f"{out}{separator}{part}" if out else part
        if size(longer) > limit:
            break
        out = longer
    return out


def moment(when: datetime) -> str:
    """A date and time in the reader's own zone."""
    return _date(when, "{date_short_pretty} {time}", f"{_utc(when):%Y-%m-%d %H:%M} UTC")


def span(start: datetime, end: datetime) -> str:
    """From a moment to another less than a day later: `Nov 22 02:00–03:00`."""
    return f"{moment(start)}–{clock(end)}"


def clock(when: datetime) -> str:
    """A time of day in the reader's own zone."""
    return _date(when, "{time}", f"{_utc(when):%H:%M} UTC")


def duration(span: timedelta) -> str:
    """`2 m 14 s`: the two largest units, rounded down; less than a second is `0.4 s`."""
    seconds = max(0.0, span.total_seconds())
    if 0 < seconds < 1:
        return _(_SECONDS).format(count=f"{max(0.1, round(seconds, 1)):g}")
    left, words = int(seconds), list[str]()
    for unit, length in _UNITS:
        count, left = divmod(left, length)
        if count or words:
            words.append(_(unit).format(count=count) if count else "")
    return " ".join(word for word in words[:2] if word) or _(_SECONDS).format(count=0)


def mention(person: PersonId) -> str:
    """A mention that notifies, or nothing when the id is not a Slack user's."""
    return f"<@{person.user}>" if re.fullmatch(r"[UW][A-Z0-9]{1,30}", person.user) else ""


def _to_columns(line: str, columns: int) -> str:
    if len(line) * 2 <= columns:
        return line
    taken = 0
    for at, ch in enumerate(line):
        taken += 2 if unicodedata.east_asian_width(ch) in {"W", "F"} else 1
        if taken > columns:
            return cut(line, size(line[:at]))
    return line


def _neutral(text: str) -> str:
    text = text.replace("`", _LOOKALIKES["`"])
    text = _DELIMITER.sub(lambda found: _LOOKALIKES[found[0]], text)
    return _QUOTE.sub(r"\1›", _EMOJI_CODE.sub("∶\\1∶", text))


def _within(text: str, limit: int, *, escaped: bool) -> str:
    dress = escape if escaped else str
    # No text of more characters than the limit fits, so the rest need not be looked at.
    whole = dress(text) if len(text) <= limit else None
    if whole is not None and size(whole) <= limit:
        return whole
    out: list[str] = []
    room = limit - len(ELLIPSIS)
    for cluster in _clusters(text[: limit + _LONGEST_CLUSTER]):
        dressed = dress(cluster)
        room -= size(dressed)
        if room < 0:
            break
        out.append(dressed)
    return "".join(out).rstrip() + ELLIPSIS if limit > 0 else ""


def _clusters(text: str) -> Iterator[str]:
    """Characters as people see them: accents, joined emoji and flags stay whole."""
    cluster = ""
    for ch in text:
        if cluster and (len(cluster) >= _LONGEST_CLUSTER or not _continues(cluster, ch)):
            yield cluster
            cluster = ""
        cluster += ch
    if cluster:
        yield cluster


def _continues(cluster: str, ch: str) -> bool:
    if unicodedata.category(ch)[0] == "M" or ch == "\u200d" or "\U0001f3fb" <= ch <= "\U0001f3ff":
        return True
    return cluster[-1] == "\u200d" or (len(cluster) == 1 and _is_flag(cluster) and _is_flag(ch))


def _is_flag(ch: str) -> bool:
    return "\U0001f1e6" <= ch <= "\U0001f1ff"


def _final(line: str) -> str:
    """What a terminal would show of a line that was drawn over with carriage returns."""
    return line.rstrip("\r\n").rsplit("\r", 1)[-1]


def _date(when: datetime, pattern: str, fallback: str) -> str:
    return f"<!date^{int(when.timestamp())}^{pattern}|{fallback}>"


def _utc(when: datetime) -> datetime:
    return when.astimezone(UTC)
