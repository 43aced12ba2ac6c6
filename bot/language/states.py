"""On and off by where a thing is put: `put north into cleaning`, `take it out of cleaning`."""

# ruff: noqa: SIM905  a list of words reads best as words
from bot.domain.parameters import Kind, Parameter
from bot.language.claims import Claims

_VERBS = frozenset({"put", "place", "take", "bring", "switch", "move", "get", "pull"})

_LEADS = frozenset(
    "please pls plz kindly hey hi hello ok okay so can could would will you u someone now just "
    "lets , : !".split()
)


def fill_state(claims: Claims) -> None:
    """A switch that the job must have, of which neither side was said."""
    place = claims.places.get("job")
    switch = next((p for p in claims.open_of(Kind.ENUM) if p.required and _is_switch(p)), None)
    if place is None or switch is None:
        return
    said = [atom.text for atom in claims.atoms[: place[0]]]
    if said[-1:] == ["the"]:
        said.pop()
    if not _is_asked(said) or {"and", "or"} & set(said):
        return
    if said[-2:] == ["out", "of"] and claims.is_free(len(said) - 2, len(said) - 1):
        claims.put(switch, "off", len(said) - 2, len(said) - 1)
    elif said[-1] in {"in", "into"} and claims.is_free(len(said) - 1, len(said) - 1):
        claims.put(switch, "on", len(said) - 1, len(said) - 1)


def _is_asked(said: list[str]) -> bool:
    """The sentence begins with the verb: `they put it into …` tells."""
    verb = next((at for at, word in enumerate(said) if word in _VERBS), len(said))
    before = set(said[:verb])
    is_told = before & {"you", "u", "someone"} and not before & {"can", "could", "would", "will"}
    return verb + 1 < len(said) and before <= _LEADS and not is_told


def _is_switch(parameter: Parameter) -> bool:
    return {choice.value for choice in parameter.choices} == {"on", "off"}
