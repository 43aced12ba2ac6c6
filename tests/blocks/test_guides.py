"""Help that knows who asks: everything fits, nothing formats, and no button starts a run."""

import pytest

from blocks import ids
from blocks.aliases import alias_list, alias_made, alias_removed
from blocks.completions import completed
from blocks.elements import Message
from blocks.guides import command_guide, guide_answer, job_guide, run_guide
from blocks.help import COMMANDS
from bot.domain.aliases import MOST_ALIASES, Alias
from bot.domain.answers import Need
from bot.domain.completions import Completion, Continuation
from bot.domain.executions import Status
from bot.domain.guides import TIPS, Asks, Guide, JobGuide, RunGuide
from bot.domain.intents import RunJob
from bot.domain.rules import Command
from bot.domain.shortcuts import ShortForm
from tests.blocks.samples import HOSTILE as EVERY_HOSTILE
from tests.blocks.samples import (
    NOW,
    check_message,
    elements,
    execution,
    job,
    labels,
    words,
)
from tests.fakes.values import person

CAN = frozenset({Command.RUN, Command.LOGS, Command.CANCEL, Command.HISTORY})
hostile = pytest.mark.parametrize("said", EVERY_HOSTILE)
PLAIN = "plain"


def _run(said: str) -> RunJob:
    return RunJob(job="deploy", given={"app": "api", "env": said})


def _short(said: str) -> ShortForm:
    return ShortForm(name="ship", job="deploy", arguments=("app",), title=said)


def _alias(said: str) -> Alias:
    return Alias(owner=person("UANA"), name="pp", words=f"run {said}"[:500], made_at=NOW)


def _full(said: str = PLAIN, tip: str = "alias") -> Message:
    guide = Guide(
        commands=CAN,
        again=(_run(said), _run(said)),
        jobs=tuple((f"job-{n}", said or "job") for n in range(4)),
        nearby=tuple((f"near-{n}", said or "job") for n in range(4)),
        shortcuts=(_short(said),) * 12,
        aliases=(_alias(said),) * 12,
        tip=tip,
    )
    return guide_answer(guide, ["run deploy", said, "status"], list(COMMANDS), guide.again)


@hostile
def test_a_full_guide_fits_and_nothing_in_it_formats(said: str) -> None:
    message = _full(said)

    check_message(message)
    assert "You run these most" in words(message.blocks)
    assert "Tip" in words(message.blocks)


def test_no_button_of_a_guide_says_words_that_run_something() -> None:
    said = [
        each["value"] for each in elements(_full().blocks) if each["action_id"].startswith(ids.SAY)
    ]

    assert not [value for value in said if value.startswith("run")]


@pytest.mark.parametrize("tip", [name for name, _command in TIPS])
def test_every_tip_has_words(tip: str) -> None:
    assert "Tip" in words(_full(tip=tip).blocks)


def test_an_empty_guide_is_the_plain_help() -> None:
    message = guide_answer(Guide(commands=frozenset()), ["status"], ["status", "help"])

    check_message(message)
    assert "Tip" not in words(message.blocks)


@hostile
def test_a_job_s_guide_tells_who_approves_and_when(said: str) -> None:
    need = Need(rule="more eyes", roles=("approver", said), count=2, step_up=True)
    asks = Asks(need=need, when={"env": ("prod", said)}, only_sometimes=True)
    ran = execution(Status.SUCCEEDED)
    guide = JobGuide(
        job=job(), asks=(asks,) * 9, recent=(ran,) * 3, again=_run(said), shortcuts=(_short(said),)
    )
    message = job_guide(guide, ["run deploy app=api", said])

    check_message(message)
    assert "2 people of approver" in words(message.blocks)
    assert "with a passkey" in words(message.blocks)
    assert "With your last values" in labels(message.blocks)


@pytest.mark.parametrize("status", list(Status))
def test_a_run_s_guide_fits_every_status(status: Status) -> None:
    ran = execution(status)
    message = run_guide(RunGuide(execution=ran, can=CAN, decides=True))

    check_message(message)
    assert "buttons of its card" in words(message.blocks)


def test_who_can_do_nothing_is_told_so() -> None:
    message = run_guide(RunGuide(execution=execution(), can=frozenset()))

    check_message(message)
    assert "nothing that you can do" in words(message.blocks)


def test_a_command_has_help_of_its_own() -> None:
    for name in COMMANDS:
        check_message(command_guide([name]))


@hostile
def test_many_aliases_fit_and_each_can_be_removed(said: str) -> None:
    alias = _alias(said)
    message = alias_list([alias] * MOST_ALIASES, ["pp"])

    check_message(message)
    assert labels(message.blocks).count("Remove") == MOST_ALIASES
    assert "means something else now" in words(message.blocks)
    for each in (alias_list([]), alias_made(alias), alias_removed(said, is_gone=False)):
        check_message(each)


@hostile
def test_what_goes_on_fits_and_opens_forms(said: str) -> None:
    how = Continuation(words=f"run deploy env={said}", label=said or "x", run=_run(said))
    typed = Continuation(words="run deploy env=", label="env=")
    shows = Continuation(words="status", label="status", says=True)
    message = completed(Completion(said=said, continuations=(how, typed, shows) * 4))

    check_message(message)
    assert "… and 6 more" in words(message.blocks)
    assert len(labels(message.blocks)) == 4
