"""Step-up, wired: where the page is, and what judges passkeys there."""

from bot.adapters.policy import PolicyFile
from bot.ports import Ceremonies, Clock, People, Store
from bot.services.approvals import Approvals
from bot.services.errands import Errands
from bot.services.stepups import StepUps
from bot.settings import Settings


def step_ups_with(
    settings: Settings,
    *,
    store: Store,
    policy: PolicyFile,
    people: People,
    clock: Clock,
    approvals: Approvals,
) -> StepUps:
    """Without JOBTHREAD_WEB_URL it refuses, and says so."""
    errands = Errands(
        store=store, people=people, clock=clock, ceremonies=_ceremonies(settings.jobthread_web_url)
    )
    return StepUps(
        store=store,
        policy=policy,
        clock=clock,
        approvals=approvals,
        errands=errands,
    )


def _ceremonies(origin: str) -> Ceremonies | None:
    if not origin:
        return None
    # Only where it is used: it brings a library of certificates that takes a while to load.
    from bot.adapters.passkeys import WebAuthn

    return WebAuthn(origin)
