"""Airflow's structured log messages as the lines that people read."""

from collections.abc import Collection, Iterator

from pydantic import TypeAdapter, ValidationError

from bot.adapters.platforms.airflow.wire import Message, Raised
from bot.adapters.platforms.lines import plain
from bot.adapters.platforms.veils import veiled

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes of one message; more is no line any more."""

_GROUP = "::group::"
_GROUP_END = "::endgroup::"
_LAST_GROUP = "Post Execute"
_OWN_GROUPS = frozenset({"Log message source details", "Pre Execute", _LAST_GROUP})
_QUIET = frozenset({"", "debug", "info"})
_PLAIN_ERRORS = frozenset({"Exception", "RuntimeError", "AirflowException", "AirflowFailException"})
_RECORD = '{"timestamp"'
_RETURNED = "Done. Returned value was: "
_OPERATORS = "airflow.task.operators."
_AIRFLOWS_OWN = ("/site-packages/airflow/", "/dist-packages/airflow/")
_MOST_FRAMES = 5
_LONGEST_CAUSE = 500
_MESSAGE = TypeAdapter[Message | str](Message | str)


class Transcript:
    """Messages in their order, told as lines; `cause` is the last error in the job's own words.

    `is_over` once Airflow said what it says after a task.

    What Airflow says of itself before and after a task is left out while it is well.
    """

    def __init__(self, hidden: Collection[str] = ()) -> None:
        self.cause = ""
        self.is_over = False
        self._is_last = False
        self._hidden = hidden
        self._is_airflows = False

    def text(self, message: Message | str) -> str:
        """Whole lines; nothing for what is left out."""
        said = Message(event=message) if isinstance(message, str) else message
        if self._is_folded(said):
            return ""
        lines = [*said.event.splitlines(), *_traceback(said.error_detail or ())]
        if said.error_detail or said.level in {"error", "critical"}:
            self.cause = self._veiled(_cause(said))[:_LONGEST_CAUSE]
        return "".join(f"{plain(self._veiled(line))}\n" for line in lines)

    def _is_folded(self, said: Message) -> bool:
        if said.event.startswith(_GROUP):
            name = said.event.removeprefix(_GROUP).strip()
            self._is_airflows, self._is_last = name in _OWN_GROUPS, name == _LAST_GROUP
            return self._is_airflows
        if said.event.startswith(_GROUP_END):
            self.is_over = self.is_over or self._is_last
            was, self._is_airflows = self._is_airflows, False
            return was or said.event == _GROUP_END
        is_echo = said.event.startswith(_RETURNED) and said.logger.startswith(_OPERATORS)
        return is_echo or (self._is_airflows and said.level in _QUIET and not said.error_detail)

    def _veiled(self, line: str) -> str:
        return veiled(line, self._hidden)


class Lines:
    """Pieces of a newline-delimited answer, put together to messages."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, piece: bytes) -> Iterator[Message | str]:
        *whole, rest = piece.split(b"\n")
        for end in whole:
            self._keep(end)
            yield from self.finish()
        self._keep(rest)

    def finish(self) -> Iterator[Message | str]:
        """What was held back, once nothing more belongs to it."""
        line, self._held = bytes(self._held), bytearray()
        if line.strip():
            yield _message(line)

    def _keep(self, piece: bytes) -> None:
        self._held += piece[: max(LONGEST_LINE - len(self._held), 0)]


def is_torn(message: Message | str) -> bool:
    """True for the beginning of a line that Airflow read while it was being written.

    It reads a running task's log from two places, so such a one may stand between others.
    """
    event = message if isinstance(message, str) else "" if message.timestamp else message.event
    return event.startswith(_RECORD)


def is_unfinished(message: Message | str) -> bool:
    """True for a line that may be the beginning of a longer one, while it is the last."""
    return isinstance(message, str) or not message.timestamp


def _message(line: bytes) -> Message | str:
    """What cannot be read is shown as it is."""
    try:
        return _MESSAGE.validate_json(line)
    except (ValidationError, ValueError):
        return line.decode(errors="replace")


def _traceback(raised: Collection[Raised]) -> Iterator[str]:
    """Exceptions with the places nearest to them; those in Airflow itself only where all are."""
    for each in raised:
        frames = each.frames or ()
        own = [at for at in frames if not any(part in at.filename for part in _AIRFLOWS_OWN)]
        for frame in (own or frames)[-_MOST_FRAMES:]:
            yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
        yield from f"{each.exc_type}: {each.exc_value}".splitlines()


def _cause(said: Message) -> str:
    if not said.error_detail:
        return said.event.strip().splitlines()[0] if said.event.strip() else ""
    last = said.error_detail[0]
    if last.exc_type in _PLAIN_ERRORS and last.exc_value.strip():
        return last.exc_value.strip()
    return f"{last.exc_type}: {last.exc_value}".strip(": ")
