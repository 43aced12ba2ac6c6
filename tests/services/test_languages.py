"""In whose language something is told: a thread in its requester's, a DM in its reader's."""

from dataclasses import replace

from bot.adapters.translations import catalogues
from bot.domain.answers import Per
from bot.domain.errors import Temporary
from bot.domain.notices import Card
from bot.domain.rules import Limit
from bot.domain.wording import _, learn, restated, speaking, spoken
from bot.ports import Rendered
from bot.services.cards import Cards
from bot.services.delivery import Delivery
from tests.services.renderings import RENDERERS
from tests.services.staff import ANA, BO, policy
from tests.services.windows import START, reached
from tests.services.wired import OPERATORS
from tests.services.worlds import PROD, World, approved_job

LI = replace(ANA, locale="zh-CN")
MEI = replace(BO, locale="zh-CN")


def _speaking(world: World) -> Delivery:
    """Delivery whose messages name the language that they are said in."""

    def named(_card: Card) -> Rendered:
        return Rendered(text=f"{spoken()}: {_('Approve')}")

    return Delivery(
        store=world.store,
        chat=world.chat,
        clock=world.clock,
        cards=Cards(catalog=world.catalog, policy=world.policy),
        platforms={},
        renderers=replace(RENDERERS, card=named, approval=named),
        operators=OPERATORS,
        people=world.people,
    )


async def test_an_execution_keeps_its_requesters_language(world: World) -> None:
    learn(catalogues())

    asked = await world.ask(LI)

    assert asked.execution.language == "zh"
    assert (await world.ask(ANA, "r2")).execution.language == "en"


async def test_a_card_is_in_the_requesters_language_and_a_dm_in_its_readers(world: World) -> None:
    learn(catalogues())
    world.catalog.put(approved_job())
    await world.ask(LI, given=PROD)
    delivery = _speaking(world)

    while await delivery.deliver_due():
        pass

    said = {post.place.channel: post.text for post in world.chat.posts}
    assert said["COPS"] == "zh: 批准"
    assert said["DUBO"] == "en: Approve"


async def test_where_nobody_says_who_that_is_the_usual_language_is_spoken(world: World) -> None:
    learn(catalogues())
    world.catalog.put(approved_job())
    world.people.meet(MEI)
    await world.ask(LI, given=PROD)
    delivery = _speaking(world)
    world.people.out_of_order = Temporary("Slack does not say")

    while await delivery.deliver_due():
        pass

    said = {post.place.channel: post.text for post in world.chat.posts}
    assert said["DUBO"] == "en: Approve"


async def test_why_a_run_is_held_back_is_kept_in_english_and_shown_in_its_requesters(
    world: World,
) -> None:
    learn(catalogues())
    world.policy.policy = policy(limits=(Limit(name="one", at_once=1, per=frozenset({Per.JOB})),))
    await world.ask(LI, start_at=START)
    world.clock.advance((START - world.clock.now()).total_seconds())
    await world.ask(ANA, request_id="r2")
    await world.submission.submit_due()

    await world.tick()

    held = await world.now()
    assert held.note == (
        "You may not run deploy yet: at most 1 run of this job may be underway at once."
    )
    with speaking("zh"):
        assert restated(held.note) == "您暂时不能执行 deploy：同时最多进行 1 次执行（按此作业计）。"


async def test_why_a_run_was_stopped_is_kept_in_english_in_the_audit_too(world: World) -> None:
    learn(catalogues())
    await world.ask(LI, start_at=START)
    world.policy.policy = policy("p2", bindings=())

    await reached(world, START)

    stopped = await world.now()
    kept = " ".join(str(each.detail) for each in await world.audited(f"execution:{stopped.id}"))
    assert "You may not run deploy" in stopped.note
    assert "You may not run deploy" in kept
    assert "您" not in kept + stopped.note
    with speaking("zh"):
        assert "您无权执行 deploy" in restated(stopped.note)
