"""Two values in one breath, `web-01 and web-02`, of which a parameter takes only one."""

from bot.domain.parameters import Kind
from bot.language.claims import Claims
from bot.language.lexicons import phrase_key
from bot.language.sentences import Shape

_AND = frozenset({"and", "&", "+", "or", "和", "与", "及", "跟", "或", "、"})
_LISTS = frozenset({Kind.MULTI_ENUM, Kind.LIST, Kind.TEXT})


def said_with(claims: Claims) -> list[str]:
    """Parameters (and `target`) beside whose value another of the kind is joined."""
    found: dict[str, None] = {}
    for at in range(1, len(claims.atoms) - 1):
        if claims.atoms[at].text not in _AND:
            continue
        for here, there in ((at - 1, at + 1), (at + 1, at - 1)):
            owner = claims.owner[here]
            if claims.owner[there] != "job" and _takes(claims, owner, there):
                found[owner] = None
    return list(found)


def _takes(claims: Claims, owner: str, at: int) -> bool:
    """Whether what stands there is another value of the kind."""
    atom = claims.atoms[at]
    if atom.shape is Shape.PAIR or atom.shape is Shape.FLAG:
        return False
    if owner == "target":
        return any(
            atom.text in {phrase_key(said) for said in (each.name, *each.aliases)}
            and each.name != claims.target
            for each in claims.around.targets
        )
    parameter = claims.job.parameter(owner)
    if parameter is None or parameter.kind in _LISTS or claims.owner[at] == owner:
        return False
    if parameter.choices:
        said = claims.words.choices.get(phrase_key(atom.text), ())
        return any(name == owner and value != claims.given.get(owner) for name, value in said)
    is_formed = bool(parameter.pattern) and not atom.text.isalpha() and atom.shape is Shape.WORD
    return is_formed and claims.holds(parameter, atom.raw)
