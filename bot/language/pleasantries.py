"""What people say around a request and mean nothing by: thanks, apologies, no hurry, base forms."""

# ruff: noqa: E501, SIM905  patterns read best on one line
import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from bot.language.claims import Claims
from bot.language.lexicons import stem
from bot.language.sentences import Sentence, Shape

_ENGLISH = (
    r"(?:many )?(?:thanks|thank you|thx|ty|cheers)(?: (?:a (?:lot|bunch|ton|million)|(?:so|very) much|in advance|again|for (?:your|the) help))?",
    r"much appreciated|(?:i(?:'d| would)? )?(?:really )?appreciate (?:it|that)",
    r"if (?:you (?:can|could|don't mind|dont mind|have (?:a|some) (?:minute|moment|sec|second|time))|possible|that's ok(?:ay)?)",
    r"when(?:ever)? you (?:can|get|have|find)(?: (?:a|the|some) (?:chance|minute|moment|sec|second|time))?",
    r"you(?:'re| are) (?:the best|a (?:star|legend|lifesaver)|awesome|great)|(?:that|it)(?:'d| would) be (?:great|nice|awesome|lovely)",
    r"(?:do not|don't|dont|no need to) wait(?= *(?:$|[,.;!]))|no matter what|no (?:questions asked|excuses|worries|problem)(?= *(?:$|[,.;!]))",
    r"(?:as soon as|the soonest|if) (?:humanly )?possible|as (?:soon|quickly|fast) as you can",
    r"(?:(?:it's|its|it is|this is) )?(?:(?:really|very|kinda|super) )?urgent(?:ly)?|rn|pl[sz]{2,}|k(?= (?:thx|thanks|bye))",
    r"good (?:morning|afternoon|evening|day)(?: (?:all|everyone|everybody|team|folks|there))?|(?:morning|evening)(?=[!,.])",
    r"(?:would|could) you be so (?:kind|nice|good)(?: as)?(?: to| and)?|if you would be so kind|be so kind (?:as to|to|and)",
    r"(?:is there |there's )?any chance (?:that )?(?:you|someone|somebody|we) (?:could|can|might)",
    r"no (?:rush|hurry)|at your (?:earliest )?convenience|sorry to bother(?: you)?|do me a favou?r(?: and)?",
    r"(?:we're|we are|i'm|i am) (?:all set|all ready|ready|good to go|good)",
)  # fmt: skip
_CHINESE = (
    r"(?:有空|方便|可以|如果方便|如果可以|有时间)的话|不着?急|不好意思|打扰(?:一下|了)?|拜托(?:了|大家)?|感谢|[多谢]谢[了啦]?|谢啦|辛苦(?:了|啦|一下)?|"
    r"急急急|十万火急|老铁|大佬|兄弟|亲(?=[，,\s]|$)"
)  # fmt: skip
_SAID = re.compile(rf"(?<![\w-])(?:{'|'.join(_ENGLISH)})(?![\w-])|{_CHINESE}")
_BOT = re.compile(r"\s*@?(?:[\w-]{0,20}bot|jobthread)(?=[\s,:，]|$)")


def claim_pleasantries(claims: Claims) -> None:
    """Taken as a whole, so that `no rush` denies nothing and `good morning` is no time."""
    for begin, end in _spans(claims.sentence.folded):
        covered = claims.sentence.within(begin, end)
        if covered and claims.is_free(covered[0], covered[-1]):
            claims.claim(covered[0], covered[-1], "courtesy")


def _spans(text: str) -> Iterator[tuple[int, int]]:
    if called := _BOT.match(text):
        yield called.span()
    yield from (found.span() for found in _SAID.finditer(text))


_SHORT = {"w/": "with", "w/o": "without", "b4": "before", "til": "until"}
_BEFORE_GERUND = frozenset("mind without no not skip avoid".split())
_BEFORE_TRY = frozenset({"please", "pls", "to", "and", "just", ","})


def in_base_form(sentence: Sentence, known: Collection[str]) -> Sentence:
    """`Would you mind restarting`, `without rebooting`: the words of the catalogue behind them.

    Anywhere else such a form tells what somebody does, and stays.
    """
    atoms = [replace(a, text=_SHORT.get(a.text, a.text)) for a in sentence.atoms]
    for at in range(1, len(atoms)):
        if atoms[at].shape is Shape.WORD and _is_cue(sentence, at - 1):
            base = next((b for b in _bases(atoms[at].text) if stem(b) in known), None)
            if base is not None:
                atoms[at] = replace(atoms[at], text=base)
    for at, atom in enumerate(atoms):
        if atom.text.endswith("ly") and len(atom.text) > 4 and stem(atom.text) not in known:
            base = next((b for b in _adjectives(atom.text) if stem(b) in known), None)
            atoms[at] = replace(atom, text=base) if base is not None else atom
    return replace(sentence, atoms=tuple(atoms))


_NO_ADVERBS = frozenset("apply reply supply multiply comply rely imply only early family".split())
_RHYTHMS = frozenset("daily nightly weekly monthly hourly yearly quarterly".split())


def _adjectives(word: str) -> tuple[str, ...]:
    """`Incrementally` for `incremental`, `fully` for `full`."""
    if word in _RHYTHMS | _NO_ADVERBS:
        return ()
    return (word[:-2],) if len(word) > 7 else (word[:-2] + "l", word[:-2])


def _is_cue(sentence: Sentence, at: int) -> bool:
    """`Try restarting it` asks, `you could try restarting it` does not."""
    atoms = sentence.atoms
    if atoms[at].text == "of":
        return at > 0 and atoms[at - 1].text in {"run", "test", "simulation"}
    if atoms[at].text in {"a", "any"}:
        return at > 0 and atoms[at - 1].text in {"send", "sending"}
    if atoms[at].text == "try":
        return at == 0 or atoms[at - 1].text in _BEFORE_TRY
    return atoms[at].text in _BEFORE_GERUND


def _bases(word: str) -> tuple[str, ...]:
    if word.removesuffix("s").endswith("ification"):
        return (word.removesuffix("s").removesuffix("ication") + "y",)
    if len(word) < 6 or not word.endswith("ing"):
        return ()
    bare = word[:-3]
    return (bare, bare + "e", bare[:-1]) if bare[-1] == bare[-2] else (bare, bare + "e")
