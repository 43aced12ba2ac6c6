"""One's own aliases: what they stand for, each with a way to remove it."""

from collections.abc import Sequence

from blocks.answers import says
from blocks.elements import Message, context, section
from blocks.texts import code, joined
from bot.domain.aliases import MOST_ALIASES, Alias
from bot.domain.wording import N_, _

_NONE = N_("You have no aliases yet.")
_HOW = N_("Make one with `alias NAME = COMMAND`, as in `alias pp = run deploy app=api`.")
_OWN = N_("Your aliases")
_MADE = N_("{name} now stands for {words}. Say {name} alone, or with more values behind it.")
_REMOVED = N_("{name} is removed.")
_NO_SUCH = N_("You have no alias called {name}.")
_HIDDEN = N_("means something else now")
_REMOVE = N_("Remove")


def alias_made(alias: Alias) -> Message:
    text = _(_MADE).format(name=code(alias.name, 60), words=code(alias.words, 600))
    return Message(text=text, blocks=(section(text),))


def alias_removed(name: str, *, is_gone: bool) -> Message:
    """Also where it was gone already, or never was."""
    text = _(_REMOVED if is_gone else _NO_SUCH).format(name=code(name, 60))
    return Message(text=text, blocks=(section(text),))


def alias_list(aliases: Sequence[Alias], hidden: Sequence[str] = ()) -> Message:
    """One line each; `hidden` are names that mean something else by now."""
    if not aliases:
        text = joined([_(_NONE), _(_HOW)], " ")
        return Message(text=text, blocks=(section(text),))
    title = _(_OWN)
    lines = [
        section(
            joined([f"{code(each.name, 60)} = {code(each.words, 200)}", _hidden(each, hidden)]),
            accessory=says(_(_REMOVE), f"alias remove {each.name}", at),
        )
        for at, each in enumerate(aliases[:MOST_ALIASES])
    ]
    return Message(text=title, blocks=(section(f"*{title}*"), *lines, context(_(_HOW))))


def _hidden(alias: Alias, hidden: Sequence[str]) -> str:
    return f"_{_(_HIDDEN)}_" if alias.name in hidden else ""
