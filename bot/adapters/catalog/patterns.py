"""Regular expressions of parameters: whether they compile, and whether they end in good time."""

import itertools
import re
from collections.abc import Iterator

LONGEST_SAMPLE = 4
"""Characters of the texts on which a repeated group is tried for ambiguity."""

_MOST_LETTERS = 8
_OPENING = re.compile(r"\(\?(?:P<\w+>|[aiLmsux-]*:|=|!|<=|<!)|\(")
_DOUBTFUL = re.compile(r"^\[\[|--|&&|~~|\|\|")
_REPEAT = re.compile(r"[*+]|\{\d*,(?:\d{2,})?\}|\{\d{2,}(?:,\d*)?\}")


def is_doubtful(pattern: str) -> bool:
    """True where a class of it may mean a set of sets one day, and does in other dialects."""
    return any(_DOUBTFUL.search(each) for each in _classes(pattern))


def fault_of(pattern: str) -> str:
    """Why a pattern cannot be used, in a sentence; empty when it can."""
    if doubtful := next((each for each in _classes(pattern) if _DOUBTFUL.search(each)), ""):
        return f"`{doubtful[:40]}` may mean a set of sets one day; put \\ before [, -, &, ~ and |."
    try:
        re.compile(pattern)
        repeated = list(_repeated_groups(pattern))
        ambiguous = next((body for body in repeated if _is_ambiguous(body)), None)
    except (re.error, OverflowError, RecursionError) as error:
        return f"the pattern does not compile: {error}."
    if ambiguous is None:
        return ""
    return (
        f"the pattern can take for ever: `({ambiguous[:40]})` repeats and can split the same text "
        "in several ways; let each round begin with something that cannot stand inside it."
    )


def _repeated_groups(pattern: str) -> Iterator[str]:
    """The bodies of groups with `*`, `+` or a large count behind them."""
    open_at: list[int] = []
    position = 0
    while position < len(pattern):
        letter = pattern[position]
        if letter == "\\":
            position += 2
        elif letter == "[":
            position = _end_of_class(pattern, position)
        elif found := _OPENING.match(pattern, position):
            position = found.end()
            open_at.append(position)
        else:
            position += 1
            if letter == ")" and open_at:
                body = pattern[open_at.pop() : position - 1]
                if _REPEAT.match(pattern, position):
                    yield body


def _classes(pattern: str) -> Iterator[str]:
    position = 0
    while position < len(pattern):
        if pattern[position] == "[":
            end = _end_of_class(pattern, position)
            yield pattern[position:end]
            position = end
        else:
            position += 2 if pattern[position] == "\\" else 1


def _end_of_class(pattern: str, start: int) -> int:
    position = start + 1
    position += pattern[position : position + 1] == "^"
    position += pattern[position : position + 1] == "]"
    while position < len(pattern) and pattern[position] != "]":
        position += 2 if pattern[position] == "\\" else 1
    return position + 1


def _is_ambiguous(body: str) -> bool:
    """True when some short text is one round of the group and several rounds as well.

    Then a long text has exponentially many readings, and a backtracking matcher tries them all.
    Alternatives that share a text are the other way to the same end.
    """
    once = re.compile(body)
    several = re.compile(f"(?:{body}){{2,}}")
    branches = [re.compile(branch) for branch in _branches(body)]
    for sample in _samples(body):
        if once.fullmatch(sample) is None:
            continue
        if several.fullmatch(sample) or sum(b.fullmatch(sample) is not None for b in branches) > 1:
            return True
    return False


def _branches(body: str) -> list[str]:
    """The alternatives at the top of a group, when each of them compiles on its own."""
    parts = body.split("|")
    if "(" in body or "[" in body or "\\|" in body:
        return []
    return parts if len(parts) > 1 else []


def _samples(body: str) -> Iterator[str]:
    letters = dict.fromkeys([*(ch for ch in body if ch.isalnum()), *"a0", *body, *" -."])
    alphabet = [ch for ch in letters if ch not in "\\()[]{}*+?|^$"][:_MOST_LETTERS]
    for length in range(1, LONGEST_SAMPLE + 1):
        for chosen in itertools.product(alphabet, repeat=length):
            yield "".join(chosen)
