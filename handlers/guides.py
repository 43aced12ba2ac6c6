"""Help: for a person, for a job or command, and in a run's thread for that run."""

from collections.abc import Sequence
from difflib import get_close_matches

from blocks import answers, guides, help
from blocks.completions import completed
from blocks.elements import Message
from bot.domain.actors import Actor
from bot.domain.errors import UnknownName
from bot.domain.guides import Guide, JobGuide
from bot.domain.intents import Clarify, Intent, RunJob, Unknown
from bot.domain.parameters import Kind
from bot.domain.rules import Command
from handlers.answering import answer
from handlers.desk import Desk
from handlers.gestures import Gesture
from handlers.threads import left_open

_NEEDS = {
    "run": Command.RUN,
    "rerun": Command.RUN,
    "alias": Command.RUN,
    "logs": Command.LOGS,
    "history": Command.HISTORY,
    "cancel": Command.CANCEL,
    "schedule": Command.SCHEDULE,
    "approvals": Command.APPROVE,
    "away": Command.APPROVE,
}
"""What somebody must be allowed to find a word in their help; others are for everybody."""

_ALSO = {
    "运行": "run",
    "状态": "status",
    "列表": "list",
    "历史": "history",
    "日志": "logs",
    "取消": "cancel",
    "重跑": "rerun",
    "别名": "alias",
    "审批": "approvals",
    "批准": "approvals",
    "拒绝": "approvals",
    "approve": "approvals",
    "reject": "approvals",
    "计划": "schedule",
    "定时": "schedule",
    "定时计划": "schedule",
    "schedules": "schedule",
    "平台": "platforms",
    "platform": "platforms",
    "休假": "away",
    "委托": "away",
    "delegate": "away",
    "帮助": "help",
    "aliases": "alias",
}


_HALF = 2
"""Words of which the first is a command, and which are not understood: its usage is the answer."""


def _named(word: str) -> str:
    """A command by its word of the manual."""
    return _ALSO.get(word, word)


async def help_told(desk: Desk, gesture: Gesture, actor: Actor, topic: str) -> None:
    """The help that was asked for, to the asker alone."""
    said = topic.strip().strip("`").casefold()
    command = _named(said)
    if not said and gesture.is_in_thread:
        found = await desk.guides.of_run(actor, gesture.place)
        if found is not None:
            await answer(desk, gesture, guides.run_guide(found), privately=True)
            return
    words = words_for(desk, gesture, actor)
    if not said:
        guide = await desk.guides.of_person(actor, gesture.place)
        runs = _runs(desk, guide, actor)
        examples = [*map(desk.written, runs), "status", "list"][:3]
        message = guides.guide_answer(guide, examples, words, runs)
    elif command in words and said not in {name.casefold() for name in desk.names.all()}:
        message = guides.command_guide([command])
    else:
        message = await _of_topic(desk, actor, topic, words)
    await answer(desk, gesture, message, privately=True)


def words_for(desk: Desk, gesture: Gesture, actor: Actor) -> list[str]:
    """The commands that somebody may give here."""
    allowed = desk.executions.commands(actor, gesture.place)
    return [word for word in help.COMMANDS if _NEEDS.get(word) in {None, *allowed}]


async def goes_on_told(
    desk: Desk, gesture: Gesture, actor: Actor, text: str, intent: Intent
) -> bool:
    """Show how a half-said command could go on; false for what is whole, or no command."""
    match intent:
        case RunJob(exact=True) if left_open(intent, desk.jobs()) is not None:
            pass
        case Clarify() | Unknown():
            pass
        case _:
            return False
    found = await desk.guides.goes_on(actor, text, words_for(desk, gesture, actor))
    if found is None:
        return False
    await answer(desk, gesture, completed(found), privately=True)
    return True


async def usage_told(desk: Desk, gesture: Gesture, actor: Actor, intent: Intent) -> bool:
    """Show how a command is said of which there is hardly more than the name; false else."""
    said, words = gesture.words.casefold().split(), words_for(desk, gesture, actor)
    is_lost = isinstance(intent, Unknown) and not intent.near
    if not (is_lost and 0 < len(said) <= _HALF and _named(said[0]) in words):
        return False
    await answer(desk, gesture, guides.command_guide([_named(said[0])]), privately=True)
    return True


async def _of_topic(desk: Desk, actor: Actor, topic: str, commands: Sequence[str]) -> Message:
    """Help for a job; where it is none of theirs, the nearest things that they may use."""
    try:
        job = await desk.guides.of_job(actor, topic)
    except UnknownName as error:
        near = [*get_close_matches(topic.casefold(), commands, n=1, cutoff=0.7), *error.near]
        offered = [answers.Suggestion(label=name, words=f"help {name}") for name in near]
        return answers.mistaken(str(error), offered)
    return guides.job_guide(job, _sayings(desk, job))


def _runs(desk: Desk, guide: Guide, actor: Actor) -> list[RunJob]:
    """Two things to run: what they ran last, then whatever is there."""
    jobs = [name for name, _label in guide.jobs]
    more = [job.name for job in desk.executions.visible_jobs(actor)[:2]]
    ran = {run.job for run in guide.again}
    others = [RunJob(job=name) for name in dict.fromkeys([*jobs, *more]) if name not in ran]
    return [*guide.again, *others][:2]


def _sayings(desk: Desk, guide: JobGuide) -> list[str]:
    """The command with values that fit, in English and in Chinese."""
    job = guide.job
    given = dict(guide.again.given) if guide.again is not None else {}
    for each in job.parameters:
        if each.required and each.kind is Kind.ENUM and each.choices:
            given.setdefault(each.name, each.choices[0].value)
    english = desk.written(RunJob(job=job.name, given=given))
    name = next((each for each in job.aliases if not each.isascii() and " " not in each), job.name)
    chinese = english.replace(f"run {job.name}", f"运行 {name}", 1)
    return [english, chinese] if chinese != english else [english]
