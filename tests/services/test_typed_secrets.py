"""What somebody typed for a secret: refused, and kept nowhere."""

from typing import Any

import pytest

from bot.domain.errors import Refused
from bot.domain.parameters import Choice, Kind, Parameter
from tests.fakes.values import OPS, job
from tests.services.staff import ANA
from tests.services.worlds import World

TOKEN = Parameter(name="token", kind=Kind.SECRET, choices=(Choice(value="env:TOKEN"),))


@pytest.mark.parametrize("typed", ["hunter2", "env:PATH", ("env:TOKEN", "hunter2"), 7])
async def test_a_secret_that_was_typed_is_refused_and_nothing_of_it_is_kept(
    world: World, typed: Any
) -> None:
    world.catalog.put(job(parameters=(TOKEN,)))

    with pytest.raises(Refused, match="never typed") as refusal:
        await world.ask(given={"token": typed})

    [row] = await world.audited("job:deploy")
    assert (refusal.value.rule, row.detail["rule"]) == ("secrets are never typed",) * 2
    assert "hunter2" not in repr(row)


async def test_a_draft_keeps_no_typed_secret(world: World) -> None:
    world.catalog.put(job(parameters=(TOKEN,)))
    given = {"token": "hunter2"}
    draft = await world.drafts.begin(ANA, OPS, request_id="r1", job="deploy", given=given)

    kept = await world.drafts.keep(ANA, draft.id, values=given)
    chosen = await world.drafts.keep(ANA, draft.id, values={"token": "env:TOKEN"})

    assert (draft.given, kept.given, chosen.given) == ({}, {}, {"token": "env:TOKEN"})
