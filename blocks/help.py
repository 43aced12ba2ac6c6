"""Help: three things to say now, then the commands, or one job with what it takes."""

from collections.abc import Mapping, Sequence

from blocks import ids
from blocks.answers import says
from blocks.elements import Block, Message, actions, button, section
from blocks.states import Sign
from blocks.texts import code, joined, safe
from bot.domain.jobs import Job, Risk
from bot.domain.parameters import Kind, Parameter, shown
from bot.domain.wording import N_, _

_MOST_EXAMPLES = 3
_MOST_PARAMETERS = 15
_MOST_CHOICES = 6
_TELLING = frozenset(Kind) - {Kind.STRING, Kind.TEXT, Kind.ENUM}
"""Kinds by which people know how to write a value; the words are the catalogue's own."""

_TITLE = N_("*Three things you can say now*")
_ONE_OF = N_("*Things you can say now*")
_COMMANDS_TITLE = N_("*Commands you may use*")
_EVERYWHERE = N_(
    "In a channel mention me, in a DM just write; in a run's thread, “it” is that run."
)
COMMANDS: Mapping[str, tuple[str, str]] = {
    "run": (
        "run JOB name=value …",
        N_("start a job; what is missing is asked for; with `start=02:00` it starts then"),
    ),
    "status": ("status [#number]", N_("what runs now, or one run")),
    "list": ("list [word]", N_("jobs you may run")),
    "history": ("history [JOB]", N_("what ran, newest first")),
    "logs": ("logs [#number]", N_("the end of a run's output")),
    "cancel": ("cancel [#number]", N_("stop a run")),
    "rerun": ("rerun [#number]", N_("the same again, values shown first")),
    "can": ("can [@person] run JOB …", N_("what decides, who could approve, when it opens")),
    "why": ("why [#number]", N_("why a run was decided so, or your last refusal")),
    "schedule": (
        "schedule JOB every weekday at 7",
        N_("run it again and again; `schedules` lists them"),
    ),
    "approvals": ("approvals", N_("what waits for your yes")),
    "platforms": ("platforms", N_("where jobs run, and whether all is well there")),
    "alias": ("alias NAME = COMMAND", N_("a short form of your own; `aliases` lists them")),
    "away": ("away until WHEN @person", N_("somebody approves for you; alone it shows who does")),
    "help": ("help [JOB]", N_("this, or what a job takes")),
}
_ALOUD = N_("What you can say to me")
_TAKES, _TAKES_NOTHING = N_("*It takes*"), N_("It takes no parameters.")
_MORE = N_("… and {count} more")
_SAY = N_("*Say, for example*")
_NEVER = N_("It never runs from chat.")
_RUN = N_("Run it")


def help_answer(
    examples: Sequence[str],
    commands: Sequence[str] = tuple(COMMANDS),
    forms: Sequence[Block] = (),
) -> Message:
    """`examples` are sentences that work as they are; `commands` are words, most used first.

    `forms` are buttons that stand for examples which run something: those have none of their own,
    so that nothing runs by a click in the help.
    """
    blocks: list[Block] = []
    said = [each for each in examples if each.strip()][:_MOST_EXAMPLES]
    if said:
        title = _(_TITLE) if len(said) == _MOST_EXAMPLES else _(_ONE_OF)
        lines = [f"• {code(each, 200)}" for each in said]
        blocks.append(section(joined([title, *lines], "\n")))
    lines = [command_line(word) for word in commands if word in COMMANDS]
    blocks.append(section(joined([_(_COMMANDS_TITLE), *lines, "", _(_EVERYWHERE)], "\n")))
    shows = [each for each in _short(said) if not each.startswith("run ")]
    words = [says(each, each, at) for at, each in enumerate(shows)]
    blocks.append(actions(*forms, *words, _menu()))
    return Message(text=_(_ALOUD), blocks=tuple(blocks))


def job_help(job: Job) -> Message:
    """What one job does, takes and needs, with a button that opens its form."""
    title = joined([f"*{safe(job.label, 150)}*", code(job.name, 150)])
    never = f"{Sign.REFUSED} {_(_NEVER)}" if job.risk is Risk.FORBIDDEN else ""
    about = joined([title, safe(job.description, 600), never], "\n")
    blocks = [section(about), section(_takes(job))]
    if job.examples:
        lines = [f"• {code(each, 300)}" for each in job.examples[:_MOST_EXAMPLES]]
        blocks.append(section(joined([_(_SAY), *lines], "\n")))
    if job.risk is not Risk.FORBIDDEN:
        value = ids.RunValue(job=job.name).encoded()
        blocks.append(actions(button(_(_RUN), ids.START, value, style="primary")))
    return Message(text=safe(f"{job.label}: {job.description}", 300), blocks=tuple(blocks))


def command_line(word: str) -> str:
    """How a command is given, and what it does."""
    usage, meaning = COMMANDS[word]
    return f"• {code(usage)} {_(meaning)}"


def _takes(job: Job) -> str:
    if not job.parameters:
        return _(_TAKES_NOTHING)
    lines = [_parameter(parameter) for parameter in job.parameters[:_MOST_PARAMETERS]]
    left = len(job.parameters) - len(lines)
    return joined([_(_TAKES), *lines, _(_MORE).format(count=left) if left else ""], "\n")


def _parameter(parameter: Parameter) -> str:
    default = parameter.default
    says_default = default is not None and not parameter.is_masked
    remarks = [
        parameter.kind.value if parameter.kind in _TELLING else "",
        _("needed") if parameter.required and default is None else _("optional"),
        _("else {value}").format(value=code(shown(default), 60))
        if default is not None and says_default
        else "",
    ]
    detail = joined([safe(parameter.description, 110), _choices(parameter)])
    name = f"• {code(parameter.name, 60)} ({joined(remarks, ', ')})"
    return joined([name, detail], " ")


def _choices(parameter: Parameter) -> str:
    """Those on offer; what secrets are called is nobody's to read here."""
    if parameter.is_masked or not parameter.choices:
        return ""
    values = [choice.value for choice in parameter.choices[:_MOST_CHOICES]]
    more = "…" if len(parameter.choices) > len(values) else ""
    return code(", ".join([*values, more] if more else values), 110)


def _short(said: Sequence[str]) -> list[str]:
    return [each for each in said if len(each) <= 60]


def _menu() -> Block:
    return button(_("Menu"), ids.MENU)
