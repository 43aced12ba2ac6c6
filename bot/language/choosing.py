"""Choices, yes and no, people and places, by what people call them, also denied or corrected."""

# ruff: noqa: E501, SIM905  lists of words read best as they are
from collections import defaultdict
from collections.abc import Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.parameters import Kind, Parameter
from bot.language.claims import Claims
from bot.language.colloquial import ORDINARY
from bot.language.corrections import is_corrected, is_ruled_out
from bot.language.lexicons import phrase_key
from bot.language.phrases import Phrases, windows
from bot.language.sentences import Shape
from bot.language.shortened import SHORTEST, wholes
from bot.language.stopwords import CLUSTERS, FILLERS, ON

DENIALS = frozenset(
    "not no dont never without wont cannot cant doesnt didnt isnt arent wasnt shouldnt mustnt "
    "neednt skip skipping cancel abort halt stop pause hold except excluding exclude avoid disable nor neither 不 别 勿 非 没 未 无 除 免".split()
)
_NO_DENIALS = frozenset(
    "解除 清除 移除 删除 消除 排除 拆除 分别 级别 类别 特别 区别 识别 别名 非常 未来 免费 不同 不过".split()
)
"""Words of which such a character is only a part."""
_EXCEPTIONS = frozenset({"except", "excluding", "exclude", "without", "除", "除了"})
"""What they leave out was never in: nobody knows what is meant."""

MOST_CHOICES = 60
"""Places of a sentence where a choice is looked for; the rest stays without a meaning."""
REACH = 4
"""Atoms between a denial and what it denies."""


def fill_choices(claims: Claims) -> None:
    """The longest phrases first; the same parameter said twice must be a correction."""
    hits = [
        (first, last, name, value)
        for first, last, key in windows(
            claims.atoms, claims.words.choices, plural=False, quoted=True
        )
        if first != last or not (_is_preposition(claims, first) or _is_within_word(claims, first))
        for name, value in claims.words.choices[key]
    ]
    hits.sort(key=lambda hit: (-(hit[1] - hit[0]), hit[0]))
    options: defaultdict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
    for first, last, name, value in hits:
        options[first, last].append((name, value))
    for (first, last), fitting in [*options.items()][:MOST_CHOICES]:
        if claims.is_free(first, last):
            _choose(claims, first, last, fitting)
    _settle(claims)


_SWITCHES = frozenset({"turn", "turned", "switch", "put", "set", "to", "is", "go", "=", ":", "be"})


def _is_within_word(claims: Claims, at: int) -> bool:
    """The 关 of 关于 and the 开 of 开始 switch nothing."""
    atoms = claims.atoms
    before = atoms[at - 1].text if at else ""
    after = atoms[at + 1].text if at + 1 < len(atoms) else ""
    return bool({before + atoms[at].text, atoms[at].text + after} & ORDINARY)


def _is_preposition(claims: Claims, at: int) -> bool:
    """`on` before a value is no switch; after `turn` or before another tie it is one."""
    if claims.atoms[at].text not in {"on", "in", "at", "to", "up"}:
        return False
    before = claims.atoms[at - 1].text if at else ""
    after = claims.atoms[at + 1] if at + 1 < len(claims.atoms) else None
    is_end = after is None or after.shape is Shape.MARK or after.text in ON | {"for", "of"}
    return before not in _SWITCHES and not is_end


def _choose(claims: Claims, first: int, last: int, options: Sequence[tuple[str, str]]) -> None:
    parameters = [(claims.job.parameter(name), value) for name, value in options]
    open_ones = [
        (p, v) for p, v in parameters if p and (claims.is_open(p) or p.kind is Kind.MULTI_ENUM)
    ]
    named = [(p, v) for p, v in open_ones if _is_named_near(claims, p, first, last)]
    required = [(p, v) for p, v in open_ones if p.required]
    fitting = named or required or open_ones
    if not fitting:
        claims.mistaken.append(first)
        claims.claim(first, last, "again:" + options[0][0])
        if (again := parameters[0][0]) is not None:
            _again(claims, again, parameters[0][1], first, last)
        return
    if len(fitting) > 1 and len({p.name for p, _ in fitting}) > 1 and not named:
        # The same word for two parameters, as in `from … to …`: nobody should guess.
        claims.unsure += [p.name for p, _ in fitting]
    parameter, value = fitting[0]
    if is_denied(claims, first):
        claims.claim(first, last, "denied:" + parameter.name)
        claims.mistaken.append(first)
        return
    claims.put(parameter, value, first, last)
    if first and value in {"on", "off"} and claims.atoms[first - 1].text in {"switch", "flip"}:
        claims.claim(first - 1, first - 1, parameter.name)


def _again(claims: Claims, parameter: Parameter, value: str, first: int, last: int) -> None:
    before = claims.given.get(parameter.name)
    if before is None or before == value:
        claims.mistaken.remove(first)
        return
    deny = _denial_before(claims, first)
    if deny is not None and claims.atoms[deny].text in _EXCEPTIONS:
        return
    if deny is not None:
        claims.claim(deny, first, "denial")
        claims.mistaken.remove(first)
        return
    start, _ = claims.places[parameter.name]
    low, high = sorted((start, first))
    later, earlier = (value, before) if first > start else (before, value)
    if is_ruled_out(claims, low, high):
        claims.given[parameter.name] = earlier
        claims.places[parameter.name] = (low, low)
        claims.mistaken.remove(first)
        return
    if is_corrected(claims, low, high) or is_denied(claims, low):
        claims.given[parameter.name] = later
        claims.places[parameter.name] = (first, last) if later == value else (start, start)
        claims.mistaken.remove(first)
        return
    claims.unsure.append(parameter.name)


def _is_named_near(claims: Claims, parameter: Parameter, first: int, last: int) -> bool:
    """`from staging`, `prod env`, `env prod`, `环境 预发`."""
    keys = {phrase_key(n) for n in parameter.names}
    before = claims.atoms[first - 1].text if first else ""
    after = claims.atoms[last + 1].text if last + 1 < len(claims.atoms) else ""
    return before in keys or after in keys


def _settle(claims: Claims) -> None:
    """A choice that was only denied leaves its parameter open."""
    for at in [*claims.mistaken]:
        owner = claims.owner[at]
        if owner.startswith("denied:") and owner.removeprefix("denied:") in claims.given:
            claims.mistaken.remove(at)
            deny = _denial_before(claims, at)
            if deny is not None:
                claims.claim(deny, at, "denial")


def is_denied(claims: Claims, at: int) -> bool:
    return _denial_before(claims, at) is not None


def _denial_before(claims: Claims, at: int) -> int | None:
    """`not in prod`, `不是 prod`: a denial with nothing but ties between it and the value."""
    for place in range(at - 1, max(at - REACH, -1), -1):
        atom = claims.atoms[place]
        if claims.owner[place] == "job" or claims.job.parameter(claims.owner[place]) is not None:
            # 解除 before 前端 leaves nothing out.
            return None
        if is_denial(claims, place):
            return place
        ties = atom.text in ON or atom.text in FILLERS or atom.text in "是要在到去用"
        if not ties or atom.shape is Shape.MARK:
            return None
    return None


def is_denial(claims: Claims, at: int) -> bool:
    """Whether this atom denies; the 除 of 解除 and the 别 of 分别 do not."""
    atoms = claims.atoms
    if atoms[at].text not in DENIALS:
        return False
    before = atoms[at - 1].text if at else ""
    after = atoms[at + 1].text if at + 1 < len(atoms) else ""
    return not {before + atoms[at].text, atoms[at].text + after} & _NO_DENIALS


def fill_people(claims: Claims) -> None:
    """`<@U…>`, `@name`, a name or a full name of somebody known."""
    parameters = claims.open_of(Kind.USER)
    if not parameters:
        return
    by_key = Phrases(
        {
            phrase_key(name): person.id
            for person in claims.around.people
            for name in (person.id, *person.names)
        }
    )
    hits: list[tuple[int, int, str]] = [
        (at, at, atom.raw[2:-1].partition("|")[0])
        for at, atom in enumerate(claims.atoms)
        if atom.shape is Shape.REFERENCE and atom.raw.startswith("<@")
    ]
    hits += [
        (at, at, by_key[atom.text[1:]])
        for at, atom in enumerate(claims.atoms)
        if atom.text.startswith("@") and atom.text[1:] in by_key
    ]
    hits += [(f, e, by_key[key]) for f, e, key in windows(claims.atoms, by_key, quoted=True)]
    hits.sort(key=lambda hit: (-(hit[1] - hit[0]), hit[0]))
    for first, last, person in hits:
        if claims.is_free(first, last):
            claims.put(parameters[0], person, first, last)


_BEFORE_US = frozenset("let lets for to with of give tell help get show make do by us from".split())


def fill_target(claims: Claims) -> None:
    """A place is meant by its full name, or by an alias after `on` or before `cluster`."""
    by_key = Phrases(
        {
            phrase_key(said): target.name
            for target in claims.around.targets
            for said in (target.name, *target.aliases)
        }
    )
    hits = sorted(windows(claims.atoms, by_key), key=lambda h: (h[0] - h[1], h[0]))
    hits += [
        (at, at, key)
        for at, atom in enumerate(claims.atoms)
        if atom.text.startswith("@") and (key := phrase_key(atom.text[1:])) in by_key
    ]
    for first, last, key in hits:
        if not claims.is_free(first, last):
            continue
        before = _word_before(claims, first)
        after = claims.atoms[last + 1].text if last + 1 < len(claims.atoms) else ""
        pair = "".join(a.text for a in claims.atoms[last + 1 : last + 3])
        is_said = before == "target" or before in CLUSTERS
        is_cued = before in ON or is_said or after in CLUSTERS or pair in CLUSTERS
        if not (is_cued or not key.isascii() or key == phrase_key(by_key[key])):
            if key in FILLERS and before not in _BEFORE_US:
                # `Restart us payments`: us, or the us?
                claims.unsure.append("target")
            continue
        if claims.target and claims.target != by_key[key]:
            claims.unsure.append("target")
        claims.target = by_key[key]
        claims.places["target"] = (first, last)
        claims.claim(first, last, "target")
        if after in CLUSTERS:
            claims.claim(last + 1, last + 1, "target")
        if is_said and claims.atoms[first - 1].text == before:
            claims.claim(first - 1, first - 1, "target")


def _word_before(claims: Claims, first: int) -> str:
    at = first - 1
    while at >= 0 and claims.atoms[at].text in {"the", "our"}:
        at -= 1
    return claims.atoms[at].text if at >= 0 else ""


def guess_misspelt(claims: Claims) -> None:
    """A word one letter from a choice is offered as that choice, and not taken for it."""
    open_keys = {
        key: options
        for key, options in claims.words.choices.items()
        if len(key) >= 4 and key.isascii()
    }
    for at in [*claims.free()]:
        word = claims.atoms[at].text
        if claims.atoms[at].shape is not Shape.WORD or len(word) < 3 or not word.isalpha():
            continue
        if word in FILLERS or word in DENIALS:
            continue
        near = _nearest(word, open_keys)
        for name, value in open_keys.get(near, ()):
            parameter = claims.job.parameter(name)
            if parameter is not None and claims.is_open(parameter):
                claims.guessed[name] = value


def _nearest(word: str, known: Mapping[str, object]) -> str:
    """A choice that was mistyped, or shortened: `stagng`, `pymnts`, `inv`; empty when none is."""
    begun = [key for key in known if len(word) >= SHORTEST and key.startswith(word)]
    short = next(wholes(word, known), "")
    if short or (begun and all(known[key] == known[begun[0]] for key in begun)):
        return short or begun[0]
    if len(word) < 4:
        return ""
    cutoff = 1 if len(word) < 8 else 2
    near = process.extractOne(word, known.keys(), scorer=OSA.distance, score_cutoff=cutoff)
    return near[0] if near and near[0][0] == word[0] else ""
