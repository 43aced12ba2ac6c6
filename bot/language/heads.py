"""What a text begins with: a command word, or the name of a job."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.language.matching import has_cjk, misspelt
from bot.language.names import Found, Names, glued_to_start, named_at_start
from bot.language.normalising import folded
from bot.language.tokens import Token
from bot.language.vocabulary import COMMANDS, SYNONYMS, Verb

_LONGEST_PHRASE = 3
_SPOKEN = {**SYNONYMS, **COMMANDS}
_CHINESE_WORDS = sorted((word for word in _SPOKEN if has_cjk(word)), key=len)
_ENGLISH_WORDS = tuple(verb.value for verb in Verb)


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The command, what follows it, and the job when its name stood for `run`.

    `official` words are those of the manual; a synonym may as well be a word of a sentence.
    """

    verb: Verb
    rest: tuple[Token, ...]
    found: Found | None = None
    official: bool = False


def head_of(names: Names, tokens: Sequence[Token]) -> Head | None:
    """The longest command phrase, else a job's name, else a synonym, else Chinese run together."""
    if (phrase := _command(tokens)) is not None and phrase.official:
        again = phrase.verb is Verb.RUN and _synonym(tokens)
        is_name = named_at_start(names, phrase.rest) is not None
        return again if again and again.verb is Verb.RERUN and not is_name else phrase
    if (found := named_at_start(names, tokens)) is not None:
        return Head(verb=Verb.RUN, rest=found.rest, found=found)
    return _synonym(tokens) or _glued(names, tokens)


def misspelt_command(token: Token) -> Verb | None:
    """The command that the word was probably meant to be."""
    word = misspelt(token.text, _ENGLISH_WORDS) if token.is_bare_word else None
    return Verb(word) if word is not None else None


def _command(tokens: Sequence[Token]) -> Head | None:
    if not tokens or not tokens[0].is_bare_word:
        return None
    verb = COMMANDS.get(folded(tokens[0].text))
    return Head(verb=verb, rest=tuple(tokens[1:]), official=True) if verb else None


def _synonym(tokens: Sequence[Token]) -> Head | None:
    for count in range(_LONGEST_PHRASE, 0, -1):
        words = tokens[:count]
        if len(words) == count and all(token.is_bare_word for token in words):
            verb = SYNONYMS.get(folded(" ".join(token.text for token in words)))
            if verb is not None:
                return Head(verb=verb, rest=tuple(tokens[count:]))
    return None


def _glued(names: Names, tokens: Sequence[Token]) -> Head | None:
    """`取消1042`, `部署api`: the longer of command and name wins."""
    if not tokens or not tokens[0].is_bare_word:
        return None
    first = tokens[0]
    word = next((w for w in reversed(_CHINESE_WORDS) if first.text.startswith(w)), "")
    found = glued_to_start(names, tokens)
    if found is not None and found.rest[0].start - first.start > len(word):
        return Head(verb=Verb.RUN, rest=found.rest, found=found)
    if not word:
        return None
    rest = replace(first, text=first.text[len(word) :], start=first.start + len(word))
    verb = _SPOKEN[word]
    return Head(verb=verb, rest=(rest, *tokens[1:]), official=word in COMMANDS)
