"""Liveness: the bot causes something in Slack from time to time, and must hear of it again."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.domain.durations import format_duration
from bot.domain.errors import PortError
from bot.domain.liveness import Hearing, Liveness
from bot.domain.wording import at_rest
from bot.ports import Clock, Store
from bot.ports.ears import Connections, Echo
from bot.services.presences import Presences
from bot.services.sayings import tell_operators

log = structlog.get_logger(__name__)

_HEALED = at_rest(
    "I heard nothing from Slack for {took}, since {since} UTC, and hear it again now: I opened my "
    "connections anew. Mentions of that time still arrive, late; commands and clicks of that time "
    "may have to be made again."
)
_HOPELESS = at_rest(
    "I have heard nothing from Slack since {since} UTC, and opening my connections anew did not "
    "help. This process ends now, so that whoever supervises it starts another."
)
_NO_WAY = {
    "link_disabled": at_rest(
        "Slack says that Socket Mode is switched off for this app, so I can hear nothing any more "
        "and end. Please switch it on in the app's settings, then start me again."
    ),
    "token_refused": at_rest(
        "Slack refuses SLACK_APP_TOKEN, so I can hear nothing any more and end. Please give me a "
        "new app-level token with connections:write, then start me again."
    ),
}
_UNPROVEN = at_rest(
    "None of my probes has come back since I started, so nothing proves that I hear of everything. "
    "Please check that the app subscribes to `reaction_added`, as manifest.json asks."
)
_REFUSED = at_rest("Slack refuses my connections ({why}); I end.")
_NO_ECHO = "JOBTHREAD_OPERATORS is empty: only pings and what people do prove that Slack is heard."


class Probing:
    """Proves hearing for this process, from its own sockets and what other processes heard.

    An event reaches any one socket of any process, so what one heard counts for all. `hopeless` is
    called once when neither waiting nor rebuilding helped. Without an `echo` nothing is probed, and
    nobody is called deaf.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        presences: Presences,
        connections: Connections,
        echo: Echo | None,
        every: timedelta,
        deaf_after: timedelta,
        hopeless: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._presences = presences
        self._connections = connections
        self._echo = echo
        self._every = every
        self._hopeless = hopeless
        self._known = Liveness(deaf_after=deaf_after)
        self._healed: list[Liveness] = []
        self._warned = False

    @property
    def known(self) -> Liveness:
        """What is known now."""
        return self._known

    @property
    def sentence(self) -> str:
        """Why hearing cannot be proven; empty when it can."""
        if self._echo is None:
            return _NO_ECHO
        if self._known.obstacle:
            return f"No probe can be sent to Slack ({self._known.obstacle}); that is no deafness."
        return _UNPROVEN if self._known.is_unproven() else ""

    def heard(self, *, probe: bool) -> None:
        """An envelope came over a socket of this process; a `probe` is one that we caused."""
        now = self._clock.now()
        if not probe and self._known.is_fresh(now):
            return
        self._take(self._known.heard(now, probe=probe))
        if probe:
            self._presences.heard(now)

    async def probe_due(self) -> None:
        """Take in what others heard, judge, mend, tell, and ask when it is time."""
        await self._take_in()
        await self._judge()
        await self._tell()
        await self._ask()

    async def cut_off(self, why: str) -> None:
        """No connection will ever come about; `why` is `link_disabled` or `token_refused`."""
        key = f"{why}:{_moment(self._clock.now())}"
        await self._say(key, _NO_WAY.get(why, _REFUSED.format(why=why)))

    def _take(self, known: Liveness) -> None:
        if known.state is Hearing.HEALED and self._known.state is not Hearing.HEALED:
            self._healed.append(known)
        self._known = known

    async def _take_in(self) -> None:
        own = self._presences.own
        heard = [
            each.heard_at
            for each in await self._presences.living()
            # What somebody heard before we were there says nothing about the app as it is now.
            if each.id != own.id and each.heard_at and each.heard_at >= own.started_at
        ]
        if not heard:
            return
        latest = min(max(heard), self._clock.now())
        self._take(self._known.heard(latest, probe=True))
        if own.heard_at is None or latest > own.heard_at:
            self._presences.heard(latest)

    async def _judge(self) -> None:
        before, now = self._known.state, self._clock.now()
        self._known = self._known.judged(now)
        if self._known.state is before or not self._connections.held():
            return
        match self._known.state:
            case Hearing.DEAF:
                log.error("deaf", since=str(self._known.deaf_since))
                await self._connections.rebuild()
            case Hearing.HOPELESS:
                log.critical("hopeless", since=str(self._known.deaf_since))
                since = _moment(self._known.deaf_since or now)
                await self._say(f"hopeless:{since}", _HOPELESS.format(since=since))
                self._hopeless()
            case Hearing.HEARING | Hearing.QUIET | Hearing.HEALED:
                log.info("hearing_changed", state=str(self._known.state))

    async def _tell(self) -> None:
        while self._healed:
            healed = self._healed[0]
            since = _moment(healed.deaf_since or self._clock.now())
            took = format_duration(timedelta(seconds=round(healed.was_deaf.total_seconds())))
            # Each process that was deaf says so; the same deafness is told once.
            await self._say(f"deaf:{since}", _HEALED.format(took=took, since=since))
            self._healed.pop(0)
        if self._known.is_unproven() and self._connections.connected() and not self._warned:
            log.warning("no_probe_came_back")
            await self._say(f"unproven:{self._clock.now():%Y-%m-%d}", _UNPROVEN)
            self._warned = True

    async def _say(self, key: str, sentence: str) -> None:
        async with self._store.transaction() as tx:
            await tell_operators(tx, key, self._clock.now(), sentence)

    async def _ask(self) -> None:
        now = self._clock.now()
        if self._echo is None or not self._connections.held():
            return
        if not self._known.is_due(now, self._every):
            return
        try:
            await self._echo.cause()
        except PortError as error:
            log.warning("probe_not_sent", error=str(error))
            self._known = self._known.not_asked(now, error.code)
        else:
            # It may have come back already: what was heard meanwhile is in `_known`.
            self._known = self._known.asked(now)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
