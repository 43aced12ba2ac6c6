"""A refusal that the owner of a schedule was told, as others read it: the owner may not, not they.

The kept sentence begins with words of its own, so that it is known again behind another one.
"""

_YOU_MAY_NOT, _BY_YOU, _RUNS = "You may not ", " by you", " run"
_LONGEST_NAME = 80

WHOM = rf"(?:You|Its owner, (?P<who>\S.{{0,{_LONGEST_NAME - 1}}}?),)"
"""How a kept refusal begins, in a pattern: said to whoever reads it, or of the owner `who`."""


def retold(said: str, owner: str) -> str:
    """`Its owner, Ana, may not run deploy in prod: why.`, of a refusal as it is kept, in English.

    What does not speak to its reader stays as it is.
    """
    name = " ".join(owner.split())[:_LONGEST_NAME].rstrip()
    if not name or not said.startswith(_YOU_MAY_NOT):
        return said
    return f"Its owner, {name}, may not {_of_them(said.removeprefix(_YOU_MAY_NOT))}"


def _of_them(rest: str) -> str:
    """Whose runs a limit counts stands right behind their number, and nowhere in a reason."""
    head, yet, tail = rest.partition(" yet: at most ")
    number, run, behind = tail.partition(_RUNS)
    plural = "s" if behind.startswith("s") else ""
    whose = behind.removeprefix("s")
    if not yet or ":" in head or not whose.startswith(_BY_YOU):
        return rest
    return f"{head}{yet}{number}{run}{plural} by them{whose.removeprefix(_BY_YOU)}"
