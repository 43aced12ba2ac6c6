"""Bolt listeners: ack, parse, one service call, an answer. `register` binds them all."""

from slack_bolt.async_app import AsyncApp

from handlers import (
    actions,
    commands,
    decisions,
    delegations,
    emergencies,
    forms,
    home,
    mentions,
    options,
    pauses,
    schedules,
    strays,
)
from handlers.desk import Desk
from handlers.middleware import RecordFirst


def register(app: AsyncApp, desk: Desk) -> None:
    """Bind every listener; the order matters only in that strays come last."""
    app.use(RecordFirst(desk))
    for module in (
        commands,
        mentions,
        actions,
        decisions,
        delegations,
        emergencies,
        forms,
        pauses,
        options,
        schedules,
        home,
        strays,
    ):
        module.register(app, desk)
