"""Help that knows who asks: what they may give, what they do most, and what a run leaves to do."""

from collections.abc import Mapping, Sequence

from blocks import ids
from blocks.answers import says
from blocks.elements import Block, Message, actions, button, context, section
from blocks.help import command_line, help_answer, job_help
from blocks.listings import logs_button, run_line
from blocks.menus import run_buttons
from blocks.states import number, target
from blocks.texts import code, cut, duration, joined, one_line, safe
from blocks.whereabouts import badge_of
from bot.domain.executions import Status
from bot.domain.guides import Asks, Guide, JobGuide, RunGuide
from bot.domain.intents import RunJob
from bot.domain.rules import Command
from bot.domain.shortcuts import ShortForm
from bot.domain.wording import N_, _, ngettext

_MOST_NEEDS = 5

_YOU_MOST = N_("*You run these most*")
_HERE_MOST = N_("*Often run in this channel*")
_SHORT = N_("*Shortcuts*")
_OWN = N_("*Your aliases*")
_TIP = N_("Tip: {tip}")
_TIPS: Mapping[str, str] = {
    "plain": N_("say it in your own words, in English or Chinese; nothing runs before you look."),
    "thread": N_("in a run's thread say `same for prod` or `again`, and I know what you mean."),
    "alias": N_("`alias pp = run deploy app=api` makes `pp` a command of your own."),
    "shortcuts": N_("`help NAME` shows what a job or shortcut takes, and who approves it."),
    "partial": N_("begin a command, as `run dep` or `run deploy env=`, and I show how it goes on."),
    "can": N_("`can run deploy env=prod` tells what would decide, and starts nothing."),
}
_WHO = N_("*Who approves*")
_ASKED = N_("{count} of {roles}{when}, within {time}")
_WITH, _SOMETIMES = N_(" with {values}"), N_(" at some times or places")
_PASSKEY = N_("with a passkey")
_LATELY = N_("*Latest runs*")
_AGAIN = N_("With your last values")
_FOR_IT = N_("*Shortcuts for it*")
_NOW = N_("What you can do with {name} {what} now")
_DECIDE = N_("• Approve or reject it with the buttons of its card, where you see what will run.")
_DOES: Mapping[Command, str] = {
    Command.HISTORY: N_("• {say}: how it stands"),
    Command.LOGS: N_("• {say}: the end of its output"),
    Command.CANCEL: N_("• {say}: stop it"),
    Command.RUN: N_("• {say}: the same again, values shown first"),
}
_SAID = {
    Command.HISTORY: "status",
    Command.LOGS: "logs",
    Command.CANCEL: "cancel",
    Command.RUN: "rerun",
}
_NOTHING = N_("There is nothing that you can do with it now.")
_ELSEWHERE = N_("Elsewhere say the number too, as `status {name}`.")
_CANCEL, _RERUN = N_("Cancel"), N_("Rerun")


def guide_answer(
    guide: Guide, examples: Sequence[str], commands: Sequence[str], runs: Sequence[RunJob] = ()
) -> Message:
    """`examples` work as they are; `runs` are those of them that run something."""
    forms = [_prefilled(run, at) for at, run in enumerate(runs)]
    plain = help_answer(examples, commands, forms)
    more: list[Block] = []
    for title, jobs in ((_YOU_MOST, guide.jobs), (_HERE_MOST, guide.nearby)):
        if jobs:
            more += [section(_(title)), actions(*run_buttons(jobs))]
    if guide.shortcuts:
        more.append(section(_shortcuts(_SHORT, guide.shortcuts)))
    if guide.aliases:
        lines = [f"• {code(a.name, 60)} = {code(a.words, 120)}" for a in guide.aliases]
        more.append(section(joined([_(_OWN), *lines], "\n")))
    tip = [context(_(_TIP).format(tip=_(_TIPS[guide.tip])))] if guide.tip in _TIPS else []
    return Message(text=plain.text, blocks=(*plain.blocks, *more, *tip))


def job_guide(guide: JobGuide, examples: Sequence[str]) -> Message:
    """One job: what it takes, who approves, how to say it, what ran; buttons that open its form."""
    plain = job_help(guide.job)
    *about, last = plain.blocks
    blocks = [*about] if last.get("type") == "actions" else list(plain.blocks)
    if guide.asks:
        lines = [_asked(each) for each in guide.asks[:_MOST_NEEDS]]
        blocks.append(section(joined([_(_WHO), *lines], "\n")))
    if examples:
        blocks.append(section(joined([f"• {code(each, 300)}" for each in examples], "\n")))
    if guide.shortcuts:
        blocks.append(section(_shortcuts(_FOR_IT, guide.shortcuts)))
    if guide.recent:
        lines = [run_line(each) for each in guide.recent]
        blocks.append(section(joined([_(_LATELY), *lines], "\n")))
    if last.get("type") == "actions":
        again = [_again(guide.again)] if guide.again is not None else []
        blocks.append(actions(*last["elements"], *again))
    return Message(text=plain.text, blocks=tuple(blocks))


def run_guide(guide: RunGuide) -> Message:
    """What the asker can do with a thread's run as it stands now."""
    run = guide.execution
    name = code(number(run.id))
    title = _(_NOW).format(name=name, what=target(run))
    lines = [
        _(text).format(say=code(_SAID[command]))
        for command, text in _DOES.items()
        if command in guide.can
    ]
    if guide.decides:
        lines.insert(0, _(_DECIDE))
    head = joined([badge_of(run), f"*{title}*"])
    text = joined([head, *(lines or [_(_NOTHING)])], "\n")
    small = context(_(_ELSEWHERE).format(name=number(run.id)))
    buttons = _run_buttons(guide)
    pressed = [actions(*buttons)] if buttons else []
    return Message(text=title, blocks=(section(text), *pressed, small))


def command_guide(words: Sequence[str]) -> Message:
    """What one command does, with a button where it works as it is."""
    text = joined([command_line(word) for word in words], "\n")
    return Message(text=text, blocks=(section(text), actions(says(_("Help"), "help"))))


def _run_buttons(guide: RunGuide) -> list[Block]:
    run = guide.execution
    value = ids.ButtonValue(execution=run.id).encoded()
    found: list[Block] = []
    if Command.LOGS in guide.can and run.status is not Status.LOST:
        found.append(logs_button(run))
    if Command.CANCEL in guide.can:
        found.append(button(_(_CANCEL), ids.CANCEL, value, style="danger"))
    if Command.RUN in guide.can:
        found.append(button(_(_RERUN), ids.RERUN, value))
    return found


def _again(run: RunJob) -> Block:
    value = ids.RunValue(job=run.job or "", given=run.given).encoded()
    return button(_(_AGAIN), ids.numbered(ids.START, 1), value)


def _prefilled(run: RunJob, at: int) -> Block:
    """Opens the form with these values; the label says them as far as there is room."""
    given = " ".join(run.given.values())
    value = ids.RunValue(job=run.job or "", given=run.given).encoded()
    return button(cut(one_line(f"{run.job} {given}"), 75), ids.numbered(ids.START, at), value)


def _shortcuts(title: str, shortcuts: Sequence[ShortForm]) -> str:
    lines = [
        joined([f"• {code(each.usage, 120)}", safe(each.title or each.job, 120)], " ")
        for each in shortcuts
    ]
    return joined([_(title), *lines], "\n")


def _asked(asks: Asks) -> str:
    need = asks.need
    values = " ".join(f"{name}={'|'.join(globs)}" for name, globs in asks.when.items())
    when = _(_WITH).format(values=code(values, 120)) if values else ""
    if asks.only_sometimes:
        when += _(_SOMETIMES)
    people = ngettext("{count} person", "{count} people", need.count).format(count=need.count)
    roles = safe(", ".join(need.roles), 200)
    said = _(_ASKED).format(count=people, roles=roles, when=when, time=duration(need.expires))
    return joined([f"• {said}", _(_PASSKEY) if need.step_up else ""], " · ")
